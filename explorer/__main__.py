"""Start Softmax Explorer: ``python -m explorer``."""

from explorer.cli import main

if __name__ == "__main__":
    raise SystemExit(main())

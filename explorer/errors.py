"""The one error that ends the command with status 2."""


class UsageError(Exception):
    """Something on the command line cannot be used: one sentence."""

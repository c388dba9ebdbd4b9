"""Trial: runs other people's code in a process of its own, within limits, and says in a sentence what came of it."""

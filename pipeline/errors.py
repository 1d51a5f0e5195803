"""How a command can end: its exit codes, and the error of wrong usage."""

DONE, FAILED, WRONG_USAGE, TOO_MANY_REJECTS = 0, 1, 2, 3


class UsageError(Exception):
    """Wrong settings or inputs; the message says what to change. Exit code 2."""

"""What can end a run before or after its work, by exit code."""


class UsageError(Exception):
    """Wrong settings or inputs; the message says what to change. Exit code 2."""

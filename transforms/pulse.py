"""The pulse of this process: what works beats, and what watches looks when it last did."""

import time

_last = time.monotonic()


def beat() -> None:
    """Tells that some work has come forward."""
    global _last
    _last = time.monotonic()


def last_beat() -> float:
    """Returns when some work last came forward, by time.monotonic()."""
    return _last

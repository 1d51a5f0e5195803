"""A line on standard error that says how far something is."""

import logging
import sys
import time

from pipeline.logs import has_terminal

_TERMINAL_SECONDS = 1.0
_LOG_SECONDS = 30.0

_LOGGER = logging.getLogger(__name__)


class StatusLine:
    """On a terminal the line is rewritten in place; in a log, a line is added now and then.

    Attributes:
      on_terminal: whether a person watches.
      pause_seconds: how long the last line stands before it makes sense to show another.
    """

    def __init__(self) -> None:
        self.on_terminal = has_terminal()
        self.pause_seconds = _TERMINAL_SECONDS if self.on_terminal else _LOG_SECONDS
        self._shown = time.monotonic()

    @property
    def is_due(self) -> bool:
        """Whether the last line has stood long enough; the first is due after a pause, too."""
        return time.monotonic() >= self._shown + self.pause_seconds

    def show(self, line: str) -> None:
        self._shown = time.monotonic()
        if self.on_terminal:
            print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
        else:
            _LOGGER.info("%s", line)

    def clear(self) -> None:
        if self.on_terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

"""Says on standard error how far something is: for a person, or in a log."""

import logging
import time

from pipeline import live
from pipeline.live import Status
from pipeline.logs import has_terminal

_TERMINAL_SECONDS = 1.0
_LOG_SECONDS = 30.0

_LOGGER = logging.getLogger(__name__)


class StatusLine:
    """On a terminal its last line is kept up to date; in a log, a line is added now and then.

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

    def show(self, line: str, status: Status | None = None) -> None:
        """Shows a status to a person, or else adds a line to the log."""
        self._shown = time.monotonic()
        if self.on_terminal:
            live.show(status or Status(doing=line))
        else:
            _LOGGER.info("%s", line)

    def clear(self) -> None:
        live.clear()


def tell(doing: str) -> None:
    """Says on a terminal what is being done from now on; a log has no line of it."""
    if has_terminal():
        live.show(Status(doing=doing))

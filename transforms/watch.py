"""Watches the work of this process, and ends the process when the work hangs."""

import contextlib
import faulthandler
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator

from transforms.pulse import begin_block, end_block, last_beat

# While nothing comes forward, the log tells so as many times before the end.
_TELLS = 6
_MOST_SECONDS_A_LOOK = 5.0
_LOOKS = 10
# What hangs inside C and keeps Python's lock is ended so much later, without our words.
_FAULTHANDLER_FACTOR = 1.1
_STDERR = 2

_LOGGER = logging.getLogger(__name__)


class StalledError(Exception):
    """Some work made no progress for too long."""


def end_process(error: StalledError) -> None:
    """Ends this process, with the words and the exit code that its main program has for it."""
    here = threading.current_thread()
    try:
        # A launcher sums up and ends the process itself; a worker only prints the error.
        threading.excepthook(threading.ExceptHookArgs((type(error), error, None, here)))
    finally:
        os._exit(1)


class Watch:
    """Ends this process when what it has in hand makes no progress.

    Progress is a beat (transforms/pulse.py) of anything in the process. A thread looks; a timer in
    C, which the thread winds up at each look, ends the process when no thread can run any more.

    Args:
      seconds: after so long without progress, the process ends.
      now: the clock, in seconds.
      end: what ends the process.
    """

    def __init__(
        self,
        seconds: float,
        now: Callable[[], float] = time.monotonic,
        end: Callable[[StalledError], None] = end_process,
    ) -> None:
        self._seconds = seconds
        self._now = now
        self._end = end
        self._in_hand = ""
        self._begun = now()
        self._told = 0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @contextlib.contextmanager
    def over(self, what: str) -> Iterator[None]:
        """Watches some work, which is called `what` in messages."""
        self._begun, self._told, self._in_hand = self._now(), 0, what
        begin_block()
        self._wind_up()
        if self._thread is None:
            self._thread = threading.Thread(target=self._look_often, name="watch", daemon=True)
            self._thread.start()
        try:
            yield
        finally:
            self._in_hand = ""
            end_block()
            faulthandler.cancel_dump_traceback_later()

    def close(self) -> None:
        """Watches no more."""
        self._in_hand = ""
        self._stop.set()

    def look(self) -> None:
        """Looks once: tells that nothing comes forward, or ends the process."""
        what = self._in_hand
        if not what:
            return
        self._wind_up()
        still = self._now() - max(self._begun, last_beat())
        if still >= self._seconds:
            self._end(StalledError(f"no progress for {_minutes(still)} with {what}"))
            return
        tells = int(still * _TELLS / self._seconds)
        if tells > self._told:
            limit = _minutes(self._seconds)
            message = "no progress for %s with %s; after %s the process ends"
            _LOGGER.warning(message, _minutes(still), what, limit)
        self._told = tells

    def _wind_up(self) -> None:
        seconds = self._seconds * _FAULTHANDLER_FACTOR
        faulthandler.dump_traceback_later(seconds, exit=True, file=_STDERR)

    def _look_often(self) -> None:
        while not self._stop.wait(min(_MOST_SECONDS_A_LOOK, self._seconds / _LOOKS)):
            self.look()


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.3g} minutes"

"""Tells how far a running job is, from the receipts that its workers leave."""

import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType

from pipeline.status_line import StatusLine
from pipeline.wording import amount, clock
from transforms.files.places import is_local
from transforms.output.layout import receipts_folder
from transforms.output.output import Output
from transforms.output.receipts import parse_receipt

_LOCAL_SECONDS = 1.0
# A bucket is not asked every second, and a place that fails is left alone for as long.
_BUCKET_SECONDS = 30.0
# A pause is so many times as long as a look: listing 300,000 receipts takes half a second.
_PAUSE_PER_LOOK = 20
# The time left counts down between looks.
_TICK_SECONDS = 1.0
# A receipt in a bucket costs about 0.1 s to read; these many tell the speed well enough.
_READ_AT_ONCE = 20
# A bucket may hang: the job does not wait for its progress longer than this.
_PATIENCE_SECONDS = 5.0

_LOGGER = logging.getLogger(__name__)


class Progress:
    """A line on standard error while a job runs: rewritten on a terminal, added in a log.

    Blocks are counted by the names of their receipts; of those that come while the job runs,
    some are read for the speed. The speed is that up to the last receipt, since nobody sees how
    far the blocks are that workers have in hand. All of it is done on a thread of its own, whose
    failures are not the job's.
    """

    def __init__(
        self,
        output: Output,
        plan_id: str,
        blocks: int,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._output = output
        self._folder = receipts_folder(plan_id)
        self._blocks = blocks
        self._now = now
        self._done = 0
        self._resumed: frozenset[str] | None = None  # what the first look found
        self._read: set[str] = set()
        self._words = 0  # in the receipts that were read
        self._start = self._last = now()  # of the job, and when the last receipt was seen
        self._look_at = self._start
        self._has_shown = False  # the first line comes at once, in a log too
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="progress", daemon=True)
        self._status = StatusLine()

    def __enter__(self) -> "Progress":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join(_PATIENCE_SECONDS)
        self._status.clear()

    def look(self) -> None:
        """Counts the receipts, and reads some of the new ones.

        Raises:
          Exception: of the file system; the next look counts what this one missed.
        """
        names = self._output.names(self._folder)
        if self._resumed is None:
            self._resumed = frozenset(names)
        elif len(names) > self._done:
            self._last = self._now()
        self._done = len(names)
        unread = [n for n in names if n not in self._resumed and n not in self._read]
        for name in unread[:_READ_AT_ONCE]:
            if self._stop.is_set():
                return
            data = self._output.get(f"{self._folder}/{name}")
            if data is not None:
                self._words += parse_receipt(data).words
                self._read.add(name)

    def line(self) -> str:
        """Says where the job is."""
        # The number of blocks of compressed inputs is a guess until they are read.
        total = max(self._blocks, self._done)
        text = f"{self._done:,} of about {amount(total, 'block')}"
        if not self._read:
            since = self._now() - self._start
            return f"{text}, {f'begun {clock(since)} ago' if since >= 1 else 'just begun'}"
        fresh = self._done - len(self._resumed or ())
        took = self._last - self._start
        speed = self._words / len(self._read) * fresh / took
        left = took / fresh * (total - self._done) - (self._now() - self._last)
        return (
            f"{text}, {speed:,.0f} words/s, {f'{clock(left)} left' if left >= 1 else 'soon done'}"
        )

    def report(self) -> float:
        """Looks, and says where the job is, each if it is time; a failure is a warning.

        Returns:
          How many seconds to wait with the next report.
        """
        try:
            if self._now() >= self._look_at:
                self._look_at = self._now() + self._pause_after_look()
            if (not self._has_shown or self._status.is_due) and not self._stop.is_set():
                self._status.show(self.line())
                self._has_shown = True
            return _TICK_SECONDS
        except Exception as error:
            # It may be a hiccup of a bucket, and the job itself may be well.
            _LOGGER.warning("no progress to be seen: %s: %s", type(error).__name__, error)
            return _BUCKET_SECONDS

    def _pause_after_look(self) -> float:
        """Looks; returns how long to wait with the next look."""
        start = self._now()
        self.look()
        least = _LOCAL_SECONDS if is_local(self._output.root) else _BUCKET_SECONDS
        return max(least, _PAUSE_PER_LOOK * (self._now() - start))

    def _watch(self) -> None:
        wait = 0.0
        while not self._stop.wait(wait):
            wait = self.report()

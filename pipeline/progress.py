"""Tells how far a running job is, from the receipts that its workers leave."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

from pipeline.live import Status
from pipeline.status_line import StatusLine
from pipeline.wording import amount, clock
from transforms import pulse
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
# The speed of a shorter time tells little.
_TELLING_SECONDS = 2.0

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Pulse:
    """How much this process has done at a time."""

    seconds: float
    blocks: float
    words: float

    @classmethod
    def at(cls, seconds: float) -> "_Pulse":
        return cls(seconds, pulse.blocks(), pulse.words())


class Progress:
    """A line on standard error while a job runs: rewritten on a terminal, added in a log.

    Blocks are counted by the names of their receipts; of those that come while the job runs,
    some are read for the speed. The speed is that up to the last receipt, since nobody sees how
    far the blocks are that workers have in hand; only those of this very process have a pulse,
    which a terminal shows. All of it is done on a thread of its own, whose failures are not the
    job's.
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
        self._line = StatusLine()
        self._before = _Pulse.at(self._start)
        self._begun: _Pulse | None = None  # when the first words in this process were seen

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
        self._line.clear()

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
        """Says where the job is, for a log."""
        told, rate = self._amount(self._done), self._rate_of_receipts()
        if rate is None:
            since = self._now() - self._start
            return f"{told}, {f'begun {clock(since)} ago' if since >= 1 else 'just begun'}"
        speed, left = rate
        return f"{told}, {speed:,.0f} words/s, {_left(left)}"

    def status(self) -> Status:
        """Says where the job is, for a terminal; of a block of this process, how far it is."""
        done = self._done_here()
        rate = self._rate_of_process() or self._rate_of_receipts()
        is_over = done >= self._total and not pulse.is_in_hand()
        return Status(
            doing="publishing" if is_over else "tagging",
            share=done / self._total if self._total else 1.0,
            amount=self._amount(int(done)),
            speed=f"{rate[0]:,.0f} words/s" if rate and not is_over else "",
            left=_left(rate[1]) if rate and not is_over else "",
        )

    @property
    def _total(self) -> int:
        # The number of blocks of compressed inputs is a guess until they are read.
        return max(self._blocks, self._done)

    def _amount(self, done: int) -> str:
        return f"{done:,} of about {amount(self._total, 'block')}"

    def _rate_of_receipts(self) -> tuple[float, float] | None:
        """Returns the words a second, and the seconds left; None before a receipt was read."""
        if not self._read:
            return None
        fresh = self._done - len(self._resumed or ())
        took = self._last - self._start
        speed = self._words / len(self._read) * fresh / took
        return speed, took / fresh * (self._total - self._done) - (self._now() - self._last)

    def _done_here(self) -> float:
        """Returns how many blocks are done, with what is done of those of this process."""
        here = len(self._resumed or ()) + pulse.blocks() - self._before.blocks
        return min(max(self._done, here), self._total)

    def _rate_of_process(self) -> tuple[float, float] | None:
        """Returns the same as `_rate_of_receipts` of the words tagged in this process, if any."""
        now = _Pulse.at(self._now())
        if now.words == self._before.words:
            return None
        if self._begun is None:
            self._begun = now
        took, blocks = now.seconds - self._begun.seconds, now.blocks - self._begun.blocks
        if took < _TELLING_SECONDS or blocks <= 0:
            return None
        left = took / blocks * (self._total - self._done_here())
        return (now.words - self._begun.words) / took, left

    def report(self) -> float:
        """Looks, and says where the job is, each if it is time; a failure is a warning.

        Returns:
          How many seconds to wait with the next report.
        """
        try:
            if self._now() >= self._look_at:
                self._look_at = self._now() + self._pause_after_look()
            if (not self._has_shown or self._line.is_due) and not self._stop.is_set():
                self._line.show(self.line(), self.status())
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


def _left(seconds: float) -> str:
    return f"{clock(seconds)} left" if seconds >= 1 else "soon done"

"""Tells how far a running job is, from the receipts that its workers leave."""

import logging
import threading
import time
from types import TracebackType

from pipeline.status_line import StatusLine
from pipeline.wording import amount, clock
from transforms.files.places import is_local
from transforms.output.layout import receipts_folder
from transforms.output.output import Output
from transforms.output.receipts import parse_receipt

_BUCKET_SECONDS = 30.0
# A pause is so many times as long as a look: listing 300,000 receipts takes half a second.
_PAUSE_PER_LOOK = 20
# A receipt in a bucket costs about 0.1 s to read; these many tell the speed well enough.
_READ_AT_ONCE = 20
# A bucket may hang: the job does not wait for its progress longer than this.
_PATIENCE_SECONDS = 5.0

_LOGGER = logging.getLogger(__name__)


class Progress:
    """A line on standard error while a job runs: rewritten on a terminal, added in a log.

    Blocks are counted by the names of their receipts; of those that come while the job runs,
    some are read for the speed. All of it is done on a thread of its own, whose failures are
    not the job's.
    """

    def __init__(self, output: Output, plan_id: str, blocks: int) -> None:
        self._output = output
        self._folder = receipts_folder(plan_id)
        self._blocks = blocks
        self._done = 0
        self._resumed: frozenset[str] | None = None  # what the first look found
        self._read: set[str] = set()
        self._words = 0  # in the receipts that were read
        self._start = time.monotonic()
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
            self._resumed, self._start = frozenset(names), time.monotonic()
        self._done = len(names)
        unread = [n for n in names if n not in self._resumed and n not in self._read]
        for name in unread[:_READ_AT_ONCE]:
            if self._stop.is_set():
                return
            data = self._output.get(f"{self._folder}/{name}")
            if data is not None:
                self._words += parse_receipt(data).words
                self._read.add(name)

    def line(self, elapsed: float) -> str:
        """Says where the job is, `elapsed` seconds after the first look."""
        # The number of blocks of compressed inputs is a guess until they are read.
        total = max(self._blocks, self._done)
        text = f"{self._done:,} of about {amount(total, 'block')}"
        if not self._read:
            return text
        fresh = self._done - len(self._resumed or ())
        speed = self._words / len(self._read) * fresh / elapsed
        left = elapsed / fresh * (total - self._done)
        return f"{text}, {speed:,.0f} words/s, {clock(left)} left"

    def _watch(self) -> None:
        # A bucket is not asked every second.
        least = 0.0 if is_local(self._output.root) else _BUCKET_SECONDS
        pause = max(self._status.pause_seconds, least)
        wait = 0.0
        while not self._stop.wait(wait):
            start = time.monotonic()
            self.report()
            wait = max(pause, _PAUSE_PER_LOOK * (time.monotonic() - start))

    def report(self) -> None:
        """Looks, and says where the job is; a look that fails is a warning."""
        try:
            self.look()
            line = self.line(time.monotonic() - self._start)
            if not self._stop.is_set():
                self._status.show(line)
        except Exception as error:
            # It may be a hiccup of a bucket, and the job itself may be well.
            _LOGGER.warning("no progress to be seen: %s: %s", type(error).__name__, error)

"""Tells how far a running job is, from the receipts that its workers leave."""

import sys
import threading
import time
from types import TracebackType

from transforms.receipts import FOLDER, parse_receipt
from transforms.storage import Output, is_local

_TERMINAL_SECONDS = 1.0
_LOG_SECONDS = 30.0


class Progress:
    """A line on standard error while a job runs: rewritten on a terminal, added in a log."""

    def __init__(self, output: Output, blocks: int) -> None:
        self._output = output
        self._blocks = blocks
        self._seen: set[str] = set()
        self._documents = 0
        self._words = 0  # of the blocks done since the start, for the speed
        self._resumed = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="progress", daemon=True)
        self._on_terminal = sys.stderr.isatty()

    def __enter__(self) -> "Progress":
        self._read_receipts()
        self._resumed, self._words = len(self._seen), 0
        self._start = time.monotonic()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()
        if self._on_terminal:
            print("\r\x1b[K", end="", file=sys.stderr)

    def line(self, elapsed: float) -> str:
        """Says where the job is, `elapsed` seconds after it began or went on."""
        done, fresh = len(self._seen), len(self._seen) - self._resumed
        # The number of blocks of compressed inputs is a guess until they are read.
        total = max(self._blocks, done)
        text = f"{self._documents:,} documents, {done} of about {total} blocks"
        if not fresh:
            return text
        left = elapsed / fresh * (total - done)
        return f"{text}, {self._words / elapsed:,.0f} words/s, {clock(left)} left"

    def _watch(self) -> None:
        local = is_local(self._output.root)
        pause = _TERMINAL_SECONDS if self._on_terminal and local else _LOG_SECONDS
        while not self._stop.wait(pause):
            self._read_receipts()
            line = self.line(time.monotonic() - self._start)
            if self._on_terminal:
                print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
            else:
                print(line, file=sys.stderr, flush=True)

    def _read_receipts(self) -> None:
        for name in self._output.names(FOLDER):
            data = None if name in self._seen else self._output.get(f"{FOLDER}/{name}")
            if data is not None:
                receipt = parse_receipt(data)
                self._seen.add(name)
                self._documents += receipt.documents
                self._words += receipt.words


def clock(seconds: float) -> str:
    """Writes a duration as a person would say it.

    >>> clock(3725), clock(59.6)
    ('1:02:05', '1:00')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

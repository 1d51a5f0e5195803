"""Cuts a stream into lines with their places, in time that its bytes bound."""

import io
import re
from collections.abc import Iterator

from transforms.files.found import RecordError, too_long

_CHUNK_BYTES = 128 << 10
EMPTY = re.compile(rb"(?:\r?\n)*+")
BLANK = re.compile(rb"(?:[ \t\r\x0b\x0c]*+\n)*+")


class Lines:
    """Yields each line with its offset.

    A line of more than `limit` bytes comes as a RecordError that keeps only its beginning.
    """

    def __init__(self, stream: io.BufferedReader, position: int, limit: int, end: int = -1) -> None:
        """Begins where the stream is.

        Args:
          position: the offset of the stream's next byte.
          end: only lines that begin before it are yielded; -1 for all.
        """
        self._stream = stream
        self._position = position
        self._limit = limit
        self._end = end

    def __iter__(self) -> Iterator[tuple[int, bytes | RecordError]]:
        return self

    def __next__(self) -> tuple[int, bytes | RecordError]:
        position = self._position
        line = b"" if 0 <= self._end <= position else self._stream.readline(self._limit)
        if not line:
            raise StopIteration
        self._position += len(line)
        if len(line) == self._limit and not line.endswith(b"\n"):
            self.skip_line()
            return position, too_long(line, self._limit)
        return position, line

    def skip_line(self) -> None:
        """Passes over the rest of a line, but not further than to where no line is wanted.

        So a line that is longer than many extents is not read to its end in each of them.
        """
        while not 0 <= self._end <= self._position:
            rest = self._stream.readline(_CHUNK_BYTES)
            self._position += len(rest)
            if not rest or rest.endswith(b"\n"):
                return

    def skip_all(self, kind: re.Pattern[bytes]) -> None:
        """Passes over all lines of a kind that come next, EMPTY or BLANK.

        One by one, a million of them would take a second, and they compress a thousandfold.
        """
        while True:
            ahead = self._stream.peek()
            found = kind.match(ahead)
            size = found.end() if found else 0
            self._position += len(self._stream.read(size))
            if size == 0 or size < len(ahead):
                return

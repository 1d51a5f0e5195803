"""Finds the values in a stream of JSON: the elements of an array, or what stands one after another.

Only brackets and quotes are looked at. So the memory is bounded by one value, a value is found with
its place and its bytes, and one that is broken within its brackets costs itself alone. A library
that parses events (ijson) tells neither, and ends at the first break.
"""

import io
import re
from collections.abc import Iterator

from transforms.files.found import NotJsonError, RecordError, excerpt, too_long

_CHUNK_BYTES = 128 << 10
_MARK = b"\xef\xbb\xbf"
_SPACE = re.compile(rb"[ \t\r\n]*+")
_OUTSIDE_STRINGS = re.compile(rb'["{}\[\]]')
_REST_OF_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_SCALAR = re.compile(rb'[^ \t\r\n,\[\]{}":]*+')
_SCALARS = re.compile(rb"-?\d+(\.\d+)?([eE][-+]?\d+)?|true|false|null|NaN|-?Infinity")


def holds_array(head: bytes) -> bool:
    """Tells whether text that begins like this is an array of JSON.

    >>> holds_array(b' [{"text": "a"}, ')
    True
    """
    return head.removeprefix(_MARK).lstrip().startswith(b"[")


def find_values(stream: io.BufferedReader, limit: int) -> Iterator[tuple[int, bytes | RecordError]]:
    """Yields each value with the byte at which it begins, in arrays and beside them.

    A value of more than `limit` bytes comes as a RecordError that keeps only its beginning.

    Raises:
      NotJsonError: what stands between values is no JSON, or the stream ends within one.
    """
    window = _Window(stream, limit)
    window.skip_mark()
    while byte := window.next_byte():
        if byte == b"[":
            yield from _elements(window)
        else:
            yield window.take_value()


def _elements(window: "_Window") -> Iterator[tuple[int, bytes | RecordError]]:
    window.skip_byte()
    if window.next_byte() == b"]":
        window.skip_byte()
        return
    while window.next_byte():
        yield window.take_value()
        end = window.next_byte()
        if end not in (b",", b"]"):
            raise window.unexpected("a comma or the end of the array")
        window.skip_byte()
        if end == b"]":
            return
    raise window.unexpected("a value")


class _Window:
    """The part of a stream that is being looked at, and how far that is."""

    def __init__(self, stream: io.BufferedReader, limit: int) -> None:
        self._stream = stream
        self._limit = limit
        self._data = b""
        self._at = 0
        self._before = 0  # how many bytes of the stream came before the data
        self._begun = 0  # where the value begins that is being taken
        self._parts: list[bytes] | None = None  # what of it came before the data, up to the limit

    @property
    def position(self) -> int:
        return self._before + self._at

    def skip_mark(self) -> None:
        """Passes over a byte order mark at the beginning."""
        self._data = self._stream.read(len(_MARK))
        if self._data == _MARK:
            self._at = len(_MARK)

    def next_byte(self) -> bytes:
        """Passes over white space; returns the byte behind it, none at the end of the stream."""
        self._skip(_SPACE)
        return self._data[self._at : self._at + 1]

    def skip_byte(self) -> None:
        self._at += 1

    def take_value(self) -> tuple[int, bytes | RecordError]:
        """Takes the value that begins here; returns where that is, and its bytes."""
        self._begun, self._parts = self.position, []
        if self._data[self._at : self._at + 1] in (b"{", b"[", b'"'):
            self._skip_brackets()
            return self._begun, self._value()
        self._skip(_SCALAR)
        value = self._value()
        if isinstance(value, RecordError) or not _SCALARS.fullmatch(value):
            raise NotJsonError(f"expected a value at {self._begun}")
        return self._begun, value

    def unexpected(self, expected: str) -> NotJsonError:
        """Makes the error of what comes next, which should have been something else."""
        found = excerpt(self._data[self._at : self._at + 20]) or "the end"
        return NotJsonError(f"expected {expected} at {self.position}, found {found}")

    def _value(self) -> bytes | RecordError:
        self._keep()
        data, self._parts = b"".join(self._parts or ()), None
        is_long = self.position - self._begun > self._limit
        return too_long(data, self._limit) if is_long else data

    def _keep(self) -> None:
        """Keeps what the data has of the value, if one is being taken."""
        if self._parts is not None and self._before - self._begun <= self._limit:
            self._parts.append(self._data[max(0, self._begun - self._before) : self._at])

    def _skip_brackets(self) -> None:
        """Passes over all up to where every bracket and quote is closed."""
        depth = 0
        while True:
            byte = self._seek(_OUTSIDE_STRINGS)
            if byte == b'"':
                self._skip_string()
            else:
                depth += 1 if byte in b"{[" else -1
            if depth == 0:
                return

    def _skip_string(self) -> None:
        while not (found := _REST_OF_STRING.match(self._data, self._at)):
            rest = self._data[self._at :]
            backslashes = len(rest) - len(rest.rstrip(b"\\"))
            self._go_on()
            self._at = backslashes % 2  # the last one escapes the first byte of what comes next
        self._at = found.end()

    def _skip(self, pattern: re.Pattern[bytes]) -> None:
        """Passes over all that matches, which may be nothing."""
        while found := pattern.match(self._data, self._at):
            self._at = found.end()
            if self._at < len(self._data) or not self._fill():
                return

    def _seek(self, pattern: re.Pattern[bytes]) -> bytes:
        """Goes on to behind the next byte that matches, and returns it."""
        while not (found := pattern.search(self._data, self._at)):
            self._go_on()
        self._at = found.end()
        return found[0]

    def _go_on(self) -> None:
        """Goes on to the next bytes of the stream, since the value does not end in these."""
        self._at = len(self._data)
        if not self._fill():
            raise NotJsonError(f"the file ends within the value that begins at {self._begun}")

    def _fill(self) -> bool:
        """Goes on to the next bytes of the stream; returns False at its end."""
        data = self._stream.read1(_CHUNK_BYTES)
        if not data:
            return False
        self._keep()
        self._before += len(self._data)
        self._data, self._at = data, 0
        return True

"""Finds the pages in the records of a crawl (WARC), and tells what else it holds by its kind.

The libraries for WARC end at a record that is broken, load what nobody wants, and know no place in
a stream: so records are found here. What one holds is decoded by FastWARC, in http_bodies.py.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from transforms.files.fields import DocumentFields
from transforms.files.found import (
    READ_ERRORS,
    Found,
    PassedOver,
    RecordError,
    Values,
    WrongFormatError,
    excerpt,
)
from transforms.files.gzip_members import BROKEN, MAGIC, Piece, decompress_members
from transforms.files.http_bodies import decode_body, kind_of, media_kind
from transforms.files.pages import MAX_PAGE_BYTES, read_page
from transforms.files.storage import open_input
from transforms.files.text_streams import bounded, chunks_of, open_bytes
from transforms.records import Extent

_VERSION = re.compile(rb"WARC/\d\.\d+[ \t]*\r?\n")
_RECORD = re.compile(rb"WARC/\d\.\d+[ \t]*\r?\n[A-Za-z-]+:")
_LONGEST_START = 64  # bytes, of what _RECORD finds
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_FIELD = re.compile(rb"^([A-Za-z-]+):[ \t]*(.*?)[ \t]*\r?$", re.MULTILINE)
_MAX_HEADER_BYTES = 64 << 10
_SPACE = b"\r\n"
# These are the crawler's own notes, and of no use to a reader of pages.
_NOTES = ("warcinfo", "request", "metadata")


class Captured(NamedTuple):
    """What was fetched for a page.

    Attributes:
      body: an HTTP response, or the page itself for a record of the type `resource`.
    """

    url: str | None
    body: bytes
    is_http: bool
    otherwise: str  # the encoding of pages that tell none


def scan_warc(extent: Extent, columns: Sequence[str], fields: DocumentFields) -> Iterator[Found]:
    """Yields the pages of a crawl, and what is passed over; see `formats.scan`."""
    if extent.compression in ("", ".gz"):
        # The name may be wrong, and of gzip each record is a member.
        with open_input(extent.uri) as stored:
            chunks = chunks_of(stored)
            head = next(chunks, b"")
            chunks = chain([head], chunks)
            is_gzip = head.startswith(MAGIC)
            pieces = decompress_members(chunks) if is_gzip else map(Piece, chunks)
            yield from _scan(_bounded(pieces, extent, fields), extent, fields)
    else:
        with open_bytes(extent, fields) as stream:
            yield from _scan(map(Piece, chunks_of(stream)), extent, fields)


def _bounded(pieces: Iterable[Piece], extent: Extent, fields: DocumentFields) -> Iterator[Piece]:
    return bounded(pieces, extent.size, fields.max_expansion, lambda piece: len(piece.data))


def parse_warc(captured: Captured) -> Values:
    """Returns the fields of a page that was crawled; see `formats.parse`."""
    data, charset = captured.body, None
    if captured.is_http:
        data, charset = decode_body(captured.body, MAX_PAGE_BYTES)
    if len(data) > MAX_PAGE_BYTES:
        raise RecordError("too_long", f"more than {MAX_PAGE_BYTES} bytes", captured.url)
    try:
        return read_page(data, captured.url, charset, captured.otherwise)
    except RecordError as error:
        # What helps to find a page among thousands is its address.
        raise RecordError(error.reason, error.message, captured.url or error.excerpt) from error


def _scan(pieces: Iterable[Piece], extent: Extent, fields: DocumentFields) -> Iterator[Found]:
    window = _Window(pieces)
    is_lost = False
    while window.skip_space():
        begun = window.position
        if 0 <= extent.end <= begun:
            return
        start = window.ahead(_LONGEST_START)
        if not _VERSION.match(start):
            if len(start) < _LONGEST_START:  # a store that failed may give the rest
                window.check()
            if begun == 0:
                raise WrongFormatError("looks like no WARC, whose first line is WARC/1.0")
            if not is_lost:
                yield Found(begun, _no_record(window.ahead(100)))
            is_lost = True
            window.skip_to_record()
            continue
        content = _take_record(window, fields)
        is_lost = isinstance(content, RecordError)
        if content is not None:
            yield Found(begun, content)
    window.check()


def _take_record(
    window: "_Window", fields: DocumentFields
) -> Captured | PassedOver | RecordError | None:
    """Takes the record that begins here; returns None if it is a note of the crawler."""
    begun = window.position
    header = window.take_header()
    told = {name.lower().decode(): value for name, value in _FIELD.findall(header)}
    length = told.get("content-length", b"")
    if not length.isdigit() or len(length) > 18:
        # What follows is passed over up to the next record.
        return _broken("no header with a Content-Length", header)
    kind = told.get("warc-type", b"").decode("utf-8", "replace").lower()
    url = told.get("warc-target-uri", b"").strip(b"<>").decode("utf-8", "replace") or None
    is_wanted = kind in ("response", "resource")
    body, missing = window.take(int(length), MAX_PAGE_BYTES + _MAX_HEADER_BYTES if is_wanted else 0)
    if missing and not window.ahead(1):
        window.check()
        raise EOFError(f"the file ends within the record that begins at {begun}")
    if missing:
        return _broken(f"{missing:,} of its {int(length):,} bytes are missing", header, url)
    if kind in _NOTES or (url or "").startswith(("dns:", "whois:")):
        return None
    if not is_wanted:
        return PassedOver(kind if kind in ("revisit", "conversion", "continuation") else "other")
    return _judge(kind, url, told.get("content-type", b""), body, fields)


def _judge(
    kind: str, url: str | None, media: bytes, body: bytes, fields: DocumentFields
) -> Captured | PassedOver:
    is_http = kind == "response" and (not media or b"http" in media.lower())
    other = kind_of(body, url) if is_http else media_kind(media.decode("ascii", "replace"), url)
    return PassedOver(other) if other else Captured(url, body, is_http, fields.encoding)


def _no_record(data: bytes) -> RecordError:
    if data.startswith(BROKEN):
        return RecordError("bad_warc", "a gzip member is broken")
    return _broken("no record begins here", data)


def _broken(message: str, data: bytes, url: str | None = None) -> RecordError:
    return RecordError("bad_warc", message, url or excerpt(data[:400]))


class _Window:
    """The part of a stream that is being looked at.

    A gzip member that begins with a record is a fence: what comes before it belongs to no later
    record, however much is said to be missing.
    """

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self._pieces = iter(pieces)
        self._data = bytearray()
        self._before = 0  # bytes of the stream that came before the data
        self._fences: list[int] = []
        self._failure: Exception | None = None

    @property
    def position(self) -> int:
        return self._before

    def ahead(self, size: int) -> bytes:
        """Returns the next bytes, up to a number, without taking them."""
        while len(self._data) < size and self._fill():
            pass
        return bytes(self._data[:size])

    def check(self) -> None:
        """Raises what ended the stream, if that was a failure."""
        if self._failure:
            raise self._failure

    def skip_space(self) -> bool:
        """Passes over line ends; returns False at the end of the stream."""
        while self.ahead(1):
            size = len(self._data) - len(self._data.lstrip(_SPACE))
            if not size:
                return True
            self._drop(size)
        return False

    def skip_to_record(self) -> None:
        """Passes over at least a byte, and all up to where a record begins."""
        self._drop(1)
        while self.ahead(_LONGEST_START):
            found = _RECORD.search(self._data)
            fence = self._fence()
            if found or fence is not None:
                at = [found.start()] if found else []
                self._drop(min([*at, *([fence] if fence is not None else [])]))
                return
            self._drop(max(1, len(self._data) - _LONGEST_START))

    def take_header(self) -> bytes:
        """Takes the lines of a record's header; what has no end in sight is taken as it is."""
        self._fences = [fence for fence in self._fences if fence > self._before]
        head = self.ahead(_MAX_HEADER_BYTES)[: self._fence()]
        found = _HEADER_END.search(head)
        if not found and len(head) < _MAX_HEADER_BYTES and self._fence() is None:
            self.check()  # a store that failed may give the rest
        size = found.end() if found else _VERSION.match(head).end()  # type: ignore[union-attr]
        header = head[: found.start()] if found else b""
        self._drop(size)
        return header

    def take(self, size: int, kept: int) -> tuple[bytes, int]:
        """Takes bytes; returns the first of them, up to `kept`, and how many are missing."""
        parts: list[bytes] = []
        while size:
            there = self.ahead(1) and self._data[: self._fence()]
            if not there:
                break
            part = bytes(there[:size])
            if kept > 0:
                parts.append(part[:kept])
                kept -= len(part)
            size -= len(part)
            self._drop(len(part))
        return b"".join(parts), size

    def _fence(self) -> int | None:
        """Returns how far ahead the next fence is."""
        while self._fences and self._fences[0] < self._before:
            del self._fences[0]
        return self._fences[0] - self._before if self._fences else None

    def _drop(self, size: int) -> None:
        size = min(size, len(self._data))
        del self._data[:size]
        self._before += size

    def _fill(self) -> bool:
        try:
            piece = next(self._pieces, None)
        except READ_ERRORS as error:
            # The records in what could be read come out before the failure.
            self._failure = error
            piece = None
        if piece is None:
            return False
        if piece.begins and _VERSION.match(piece.data):
            self._fences.append(self._before + len(self._data))
        self._data += piece.data
        return True

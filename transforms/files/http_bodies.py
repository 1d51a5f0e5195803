"""Tells what a fetched response is, and decodes the body of a page."""

import io
import re
from typing import Literal
from urllib.parse import urlsplit

from transforms.files.found import RecordError, excerpt
from transforms.files.signatures import HEAD_BYTES, look

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_MEDIA = re.compile(rb"^content-type:[ \t]*([^\r\n]*)", re.IGNORECASE | re.MULTILINE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_HEAD_BYTES = 64 << 10
_LINE_END = re.compile(rb"\r?\n")
_X_GZIP = re.compile(rb"^(content-encoding:[ \t]*)x-gzip", re.IGNORECASE | re.MULTILINE)
_PART_BYTES = 64 << 10
# What is passed over is told by these words; the first that begins a media type is taken.
_KINDS = {
    "text/html": "",
    "application/xhtml": "",
    "image/": "image",
    "audio/": "audio",
    "video/": "video",
    "font/": "font",
    "application/font": "font",
    "application/x-font": "font",
    "application/vnd.ms-fontobject": "font",
    "text/css": "style",
    "text/javascript": "script",
    "application/javascript": "script",
    "application/x-javascript": "script",
    "application/ecmascript": "script",
    "application/json": "json",
    "application/ld+json": "json",
    "text/json": "json",
    "application/pdf": "pdf",
    "application/rss": "feed",
    "application/atom": "feed",
    "application/rdf": "feed",
    "text/xml": "xml",
    "application/xml": "xml",
    "text/plain": "plain text",
}
_OTHER = "other media"
# Those who store a body decoded may keep the headers that said how it was encoded.
_Way = Literal["all", "content", "transfer", "none"]
_WAYS: tuple[_Way, ...] = ("all", "content", "transfer", "none")
_RECORD = (
    b"WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http; msgtype=response\r\n"
    b"Content-Length: %d\r\n\r\n%b\r\n\r\n"
)


def kind_of(response: bytes, url: str | None) -> str:
    """Says what an HTTP response is, "" if it is a page."""
    status = _STATUS.match(response)
    if not status:
        return "no HTTP response"
    if status[1].startswith(b"3"):
        return "redirect"
    if not status[1].startswith(b"2"):
        return "error page"
    end = _HEAD_END.search(response, 0, _HEAD_BYTES)
    head = response[: end.start()] if end else response[:_HEAD_BYTES]
    media = _MEDIA.search(head)
    if media and media[1].strip():
        return media_kind(media[1].decode("latin-1"), url)
    body = response[end.end() :] if end else b""
    return "" if look(body[:HEAD_BYTES]) == "HTML" else _OTHER


def media_kind(media: str, url: str | None) -> str:
    """Says what is of a media type, "" if it is a page.

    >>> media_kind("image/png", None), media_kind("text/html; charset=utf-8", None)
    ('image', '')
    """
    name = media.strip().lower()
    kind = next((kind for start, kind in _KINDS.items() if name.startswith(start)), _OTHER)
    return "robots.txt" if kind and _path(url) == "/robots.txt" else kind


def decode_body(response: bytes, limit: int) -> tuple[bytes, str | None]:
    """Returns a body that may have been sent in chunks and compressed, and its charset.

    Args:
      limit: the most bytes that are wanted; a longer body comes with one more.

    Raises:
      RecordError: the body cannot be decoded.
    """
    why = ""
    for way in _WAYS:
        try:
            body, charset = _decode(response, way, limit)
        except OSError as error:
            why = why or str(error)
            continue
        if way == _WAYS[0] or b"<" in body[:HEAD_BYTES]:
            return body, charset
    raise RecordError("bad_warc", f"the body cannot be decoded: {why}", excerpt(response[:400]))


def _decode(response: bytes, way: _Way, limit: int) -> tuple[bytes, str | None]:
    from fastwarc.warc import ArchiveIterator

    response = _usual(response)
    stream = io.BytesIO(_RECORD % (len(response), response))
    record = next(iter(ArchiveIterator(stream, parse_http=True, auto_decode=way)))
    media = record.http_headers.get("Content-Type") if record.http_headers else None
    charset = _CHARSET.search(media or "")
    parts: list[bytes] = []
    size = 0
    try:
        while size <= limit and (part := record.reader.read(_PART_BYTES)):
            parts.append(part)
            size += len(part)
    except OSError:
        # A crawler may have cut it off; what came until then counts.
        if not parts:
            raise
    return b"".join(parts)[: limit + 1], charset[1] if charset else None


def _usual(response: bytes) -> bytes:
    """Returns a response with the line ends and the name of gzip that FastWARC knows."""
    end = _HEAD_END.search(response, 0, _HEAD_BYTES)
    if end is None:
        return response
    head = _LINE_END.sub(b"\r\n", response[: end.end()])
    return _X_GZIP.sub(rb"\1gzip", head) + response[end.end() :]


def _path(url: str | None) -> str:
    try:
        return urlsplit(url or "").path
    except ValueError:
        return ""

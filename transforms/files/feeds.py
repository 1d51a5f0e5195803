"""Reads the entries of a feed: RSS, Atom or JSON Feed."""

import io
import json
import re
import time
from collections.abc import Iterator, Sequence
from typing import Any

from transforms.files.dates import parse_date
from transforms.files.fields import DocumentFields
from transforms.files.found import (
    Found,
    RecordError,
    Values,
    WrongFormatError,
    excerpt,
    too_long,
)
from transforms.files.fragments import plain_text
from transforms.files.page_guard import is_suspicious
from transforms.files.signatures import advice
from transforms.files.text_streams import open_bytes
from transforms.records import Extent

# A feed is read as a whole, and then entry by entry.
MAX_FEED_BYTES = 32 << 20
_HEAD_BYTES = 4096
_JSON_VERSION = "https://jsonfeed.org/version/"
_JSON_FEED = re.compile(rb'^\s*\{[^{}\[]*"version"\s*:\s*"https://jsonfeed\.org/version/')
_CLOSING = re.compile(rb"</(?:[\w.-]+:)?(?:rss|feed|RDF)\s*>", re.IGNORECASE)
_TAIL_BYTES = 64 << 10


def scan_feed(extent: Extent, columns: Sequence[str], fields: DocumentFields) -> Iterator[Found]:
    """Yields the entries of a feed, in its order; a position is an entry's number.

    See `formats.scan`.
    """
    with open_bytes(extent, fields) as stream:
        data = stream.read(MAX_FEED_BYTES + 1)
    if len(data) > MAX_FEED_BYTES:
        yield Found(0, too_long(data, MAX_FEED_BYTES))
        return
    entries = _json_entries(data) if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" else None
    is_whole = entries is not None or bool(_CLOSING.search(_ascii(data[-_TAIL_BYTES:])))
    for position, entry in enumerate(_xml_entries(data) if entries is None else entries):
        if 0 <= extent.end <= position:
            return
        yield Found(position, entry)
    if not is_whole:
        raise EOFError("the feed is cut off")


def parse_feed(entry: dict[str, Any]) -> Values:
    """Returns the fields of an entry, main_text.PAGE_FIELDS; see `formats.parse`."""
    html = entry["html"]
    if is_suspicious(html):
        raise RecordError("too_long", "the entry has more markup than text", excerpt(html))
    text = plain_text(html) if html else entry["plain"].strip()
    title = " ".join(plain_text(entry["title"]).split())
    if not text and not title:
        raise RecordError("no_text", "the entry has neither text nor title", entry["url"])
    return {
        "title": title or None,
        "text": text or None,
        "date": entry["date"],
        "author": entry["author"] or None,
        "url": entry["url"] or None,
        "site": " ".join(plain_text(entry["site"]).split()) or None,
    }


def _ascii(data: bytes) -> bytes:
    """Returns bytes in which markup stands as in ASCII, of UTF-16 and UTF-32 as well."""
    return data.replace(b"\0", b"")


def is_json_feed(head: bytes) -> bool:
    """Tells whether JSON that begins like this is a JSON Feed.

    >>> is_json_feed(b'{"version": "https://jsonfeed.org/version/1.1", "title": ')
    True
    """
    # An address in JSON may have its slashes escaped.
    return bool(_JSON_FEED.search(head.replace(b"\\/", b"/")))


def _xml_entries(data: bytes) -> Iterator[dict[str, Any]]:
    import feedparser

    try:
        # Nothing is shown in a browser here, so that markup need not be made harmless.
        feed = feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    except MemoryError:
        raise
    except Exception as error:  # KeyError, TypeError and others, by what odd feeds hold
        message = f"the feed cannot be parsed: {type(error).__name__}: {error}"
        raise WrongFormatError(message) from error
    if not feed.get("version") and not feed.entries:
        raise WrongFormatError(
            f"looks like no feed (RSS, Atom, JSON Feed){advice(data[:_HEAD_BYTES])}"
        )
    site = _text(feed.feed.get("title"))
    for entry in feed.entries:
        html, plain = _longest(entry)
        yield {
            "title": _text(entry.get("title")),
            "html": html,
            "plain": plain,
            "date": _day(entry.get("published") or entry.get("updated"), entry),
            "author": "; ".join(_names(entry)),
            "url": _url(entry.get("link"), entry.get("id")),
            "site": _text((entry.get("source") or {}).get("title")) or site,
        }


def _longest(entry: Any) -> tuple[str, str]:
    """Returns the text of an entry as HTML or as plain text: its content, else its summary."""
    contents = [*entry.get("content", ())] or [entry.get("summary_detail") or {}]
    best = max(contents, key=lambda one: len(one.get("value") or ""))
    value = _text(best.get("value"))
    is_plain = best.get("type") == "text/plain" and "<" not in value
    return ("", value) if is_plain else (value, "")


def _names(entry: Any) -> Iterator[str]:
    names = [_text(one.get("name")) for one in entry.get("authors", ())]
    yield from dict.fromkeys(name for name in (*names, _text(entry.get("author"))) if name)


def _day(written: Any, entry: Any = None) -> str | None:
    """Returns the day of a date as it is written, else as the library reads it, else as it is."""
    if not isinstance(written, str) or not written.strip():
        return None
    try:
        return parse_date(written, ["auto"]).isoformat()
    except ValueError:
        parsed = entry and (entry.get("published_parsed") or entry.get("updated_parsed"))
        return time.strftime("%Y-%m-%d", parsed) if parsed else written


def _url(link: Any, identifier: Any) -> str:
    link, identifier = _text(link), _text(identifier)
    return link or (identifier if identifier.startswith(("http://", "https://")) else "")


def _json_entries(data: bytes) -> list[dict[str, Any]]:
    """Returns the entries of a JSON Feed.

    Raises:
      WrongFormatError: it is none.
    """
    try:
        feed = json.loads(data)
        is_feed = _text(feed.get("version")).startswith(_JSON_VERSION)
    except (ValueError, RecursionError) as error:
        raise WrongFormatError(f"begins like a JSON Feed, but is no JSON: {error}") from error
    if not is_feed:
        raise WrongFormatError(f"is JSON, but no JSON Feed, whose version is {_JSON_VERSION}1.1")
    items = feed.get("items")
    authors = _json_authors(feed)
    return [
        _json_entry(item, _text(feed.get("title")), authors)
        for item in (items if isinstance(items, list) else ())
        if isinstance(item, dict)
    ]


def _json_entry(item: dict[str, Any], site: str, authors: str) -> dict[str, Any]:
    html, plain = _text(item.get("content_html")), _text(item.get("content_text"))
    return {
        "title": _text(item.get("title")),
        "html": html,
        "plain": plain or _text(item.get("summary")),
        "date": _day(item.get("date_published") or item.get("date_modified")),
        "author": _json_authors(item) or authors,
        "url": _url(item.get("url") or item.get("external_url"), item.get("id")),
        "site": site,
    }


def _json_authors(holder: dict[str, Any]) -> str:
    authors = holder.get("authors") or [holder.get("author")]
    names = (_text(one.get("name")) for one in authors if isinstance(one, dict))
    return "; ".join(name for name in names if name)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""

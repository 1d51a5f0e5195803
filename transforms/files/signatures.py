"""Tells by its first bytes what a file is that is given as text, but is none."""

import re

# So much of a file is looked at. Comments may stand before the first tag of HTML.
HEAD_BYTES = 4096

_BINARY = (
    (rb"%PDF-\d", "PDF"),
    (rb"PK\x03\x04", "a zip file (as .docx, .xlsx, .odt and .epub are)"),
    (rb"\x89PNG\r\n|\xff\xd8\xff[\xc0-\xfe]|GIF8[79]a|II\*\x00|MM\x00\*|RIFF.{4}WEBP", "an image"),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old file of Word or Excel"),
    (rb"\{\\rtf1", "RTF"),
    (rb"\x1f\x8b\x08", "gzip (.gz)"),
    (rb"BZh[1-9]1AY&SY", "bzip2 (.bz2)"),
    (rb"\xfd7zXZ\x00", "xz (.xz)"),
    (rb"\x28\xb5\x2f\xfd", "Zstandard (.zst)"),
    (rb"PAR1[\x00-\x1f]", "Parquet"),
    (rb"WARC/1\.\d\r?\n", "WARC"),
)
_BEFORE_TAGS = rb"(?:\xef\xbb\xbf)?(?:\s|<!--.*?-->)*+"
# A text may begin with a word in angle brackets: only these tags are taken for markup.
_MARKUP = (
    (_BEFORE_TAGS + rb"<(?:!doctype\s+html|html[\s>])", "HTML"),
    (_BEFORE_TAGS + rb"<\?xml\s", "XML"),
)
_BINARY_SIGNATURES, _MARKUP_SIGNATURES = (
    [(re.compile(pattern, re.DOTALL | flags), what) for pattern, what in signatures]
    for signatures, flags in ((_BINARY, 0), (_MARKUP, re.IGNORECASE))
)
# What begins like this is read by another format.
_ADVICE = (
    (re.compile(rb"\AWARC/1\.\d\r?\n"), "warc"),
    (re.compile(rb"<(?:rss|feed|rdf:RDF)[\s>]"), "feed"),
    (re.compile(rb"<(?:!doctype\s+html|html[\s>])", re.IGNORECASE), "html"),
)


def look(head: bytes) -> str | None:
    """Returns what a file is that begins like this, None if it may be text.

    >>> look(b"<!DOCTYPE html><html>")
    'HTML'
    >>> look(b"<REUTERS> Wheat prices rose.") is None
    True
    """
    found = look_binary(head)
    return found or next((what for one, what in _MARKUP_SIGNATURES if one.match(head)), None)


def look_binary(head: bytes) -> str | None:
    """Returns what a file is that begins like this, None if it may be text or markup."""
    return next((what for pattern, what in _BINARY_SIGNATURES if pattern.match(head)), None)


def advice(head: bytes) -> str:
    """Says which format reads a file that begins like this, "" if none does.

    >>> advice(b"<!DOCTYPE html><html>")
    '; --format html reads it'
    """
    name = next((name for pattern, name in _ADVICE if pattern.search(head)), None)
    return f"; --format {name} reads it" if name else ""

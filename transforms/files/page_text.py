"""Decodes a web page as browsers do, and takes out what is no text: scripts, styles, comments."""

import codecs
import json
import re
from dataclasses import dataclass
from typing import Any

from transforms.files.encodings import UTF8, canonical, marked

# A page's own word for its encoding stands within so many bytes.
_META_BYTES = 4096
_META = re.compile(rb"<meta[^<>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_XML = re.compile(rb"<\?xml[^<>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})", re.IGNORECASE)
# Pages that name the first of each pair are written in the second, and browsers read them so.
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "utf-16-le": UTF8,  # a page that could be read as far as this word is not in UTF-16
    "utf-16-be": UTF8,
}
_DETECTED_BYTES = 64 << 10
# Of these one is guessed for a page that tells none. With more of them the guess would be less
# sure: Western and Polish texts look alike.
_WORDS = "cp1252 cp1251 cp1253 cp1255 cp1256 cp874 koi8_r cp932 euc_jp gb18030 big5 cp949"
_GUESSED = _WORDS.split()
_ESCAPE = b"\x1b"  # begins what is no ASCII in encodings of seven bits, such as ISO-2022-JP

# XML has none of these, and with one of them the library finds no text at all in a page.
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]"
    r"|&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|[xX]0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F]));"
)
_HIDDEN = re.compile(r"<!--|<(script|style)\b([^<>]*)>", re.IGNORECASE)
_ENDS = {
    "!": re.compile("-->"),
    "script": re.compile(r"</script[^<>]{0,100}>", re.IGNORECASE),
    "style": re.compile(r"</style[^<>]{0,100}>", re.IGNORECASE),
}
_LINKED_DATA = re.compile(r"application/ld\+json", re.IGNORECASE)
# What a page says of itself is short, and is looked through with more than one pass.
_MAX_LINKED_CHARS = 200_000
_MAX_LINKED = 50


@dataclass(frozen=True, slots=True)
class PageText:
    """A page without its scripts, styles and comments.

    Attributes:
      html: what is left; it has the linked data that could be read as JSON.
      linked: these linked data (JSON-LD), as they came.
    """

    html: str
    linked: list[Any]


def decode_page(data: bytes, declared: str | None, otherwise: str = UTF8) -> str:
    """Returns a page as text; bytes that are none become U+FFFD.

    Args:
      declared: the encoding that the server told, by any name.
      otherwise: that of a page that neither tells its encoding nor is UTF-8. If this is UTF-8
        too, the encoding is guessed.
    """
    told = marked(data[:4])
    if told:
        return data.decode(told, "replace").removeprefix("\ufeff")
    if _ESCAPE not in data:
        try:
            return data.decode()  # nearly nothing else looks like UTF-8, whatever was declared
        except UnicodeDecodeError:
            pass
    names = (_known(name) for name in (declared, _named(data[:_META_BYTES])))
    encoding = next(filter(None, names), None) or _fallback(data, otherwise)
    return data.decode(encoding, "replace")


def _named(head: bytes) -> str | None:
    found = _META.search(head) or _XML.search(head)
    return found[1].decode("ascii", "replace") if found else None


def _known(name: str | None) -> str | None:
    """Returns Python's name of a declared encoding, None if it is unknown."""
    try:
        plain = canonical(name.strip().strip("\"'")) if name else None
    except LookupError:
        return None
    return _WIDER.get(plain, plain) if plain else None


def _fallback(data: bytes, otherwise: str) -> str:
    if otherwise != UTF8:
        return otherwise
    from charset_normalizer import from_bytes  # only workers need it, and seldom

    found = from_bytes(data[:_DETECTED_BYTES], cp_isolation=_GUESSED).best()
    try:
        return codecs.lookup(found.encoding).name if found else UTF8
    except LookupError:
        return UTF8


def strip_page(html: str) -> PageText:
    """Takes out what is no text, in time that the length of the page bounds."""
    html = _CONTROLS.sub(" ", html)
    kept: list[str] = []
    linked: list[Any] = []
    at = 0
    while opening := _HIDDEN.search(html, at):
        kept.append(html[at : opening.start()])
        end = _ENDS[(opening[1] or "!").lower()].search(html, opening.end())
        if end is None:
            # Browsers take all the rest for a script, but not for a comment.
            at = len(html) if opening[1] else opening.end()
            if not opening[1]:
                break
            continue
        if opening[1] and _LINKED_DATA.search(opening[2]):
            values = _read_linked(html[opening.end() : end.start()])
            if values is not None and len(linked) < _MAX_LINKED:
                linked.append(values)
                kept.append(html[opening.start() : end.end()])
        at = end.end()
    return PageText("".join([*kept, html[at:]]), linked)


def _read_linked(text: str) -> Any:
    if len(text) > _MAX_LINKED_CHARS:
        return None
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None

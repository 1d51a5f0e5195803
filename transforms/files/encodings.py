"""Brings text of any encoding into UTF-8, and lets bad bytes through to where records are made.

A byte that is no text becomes the lone surrogate U+DC00 + byte, which no UTF-8 holds. So the record
that has it becomes a reject, and the others of its file are read.
"""

import codecs
import re
from collections.abc import Iterable, Iterator

UTF8 = "utf-8"

_PASS_ON = "news-entities-pass-on"
_PASSED_ON = re.compile(rb"\xed[\xb0-\xb3][\x80-\xbf]")
_MARKS = {
    codecs.BOM_UTF8: UTF8,
    # That of UTF-32 begins with that of UTF-16.
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


# A file's own mark is heeded before any encoding. Python's decoders of the first names want one.
_UNMARKED = {"utf-8-sig": UTF8, "utf-16": "utf-16-le", "utf-32": "utf-32-le"}


def _pass_on(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return "".join(chr(0xDC00 + byte) for byte in bad), error.end


codecs.register_error(_PASS_ON, _pass_on)


def canonical(encoding: str) -> str:
    """Returns the one name of an encoding, by any of the names that Python knows.

    >>> canonical("Windows-1252")
    'cp1252'

    Raises:
      LookupError: it is unknown, or no encoding of text.
    """
    try:
        name = codecs.lookup(encoding).name
        name = _UNMARKED.get(name, name)
        b"text".decode(name, "replace")  # an encoding that is none of text is refused here
        _decoder(name).decode(b"text", True)
    except ValueError as error:
        raise LookupError(f"{encoding!r} does not decode files") from error
    return name


def marked(head: bytes) -> str | None:
    """Returns the encoding that the byte order mark at the beginning of a file tells, if any."""
    return next((name for mark, name in _MARKS.items() if head.startswith(mark)), None)


def has_plain_lines(encoding: str) -> bool:
    r"""Tells whether the byte \n ends a line, and nothing else has it, so that bytes cut lines."""
    every = bytes(range(256)).decode(encoding, _PASS_ON)
    return encoding == UTF8 or (len(every) == 256 and every[ord("\n")] == "\n")


def to_utf8(data: bytes, encoding: str) -> bytes:
    r"""Returns whole text as UTF-8, and its bad bytes as what is none.

    >>> to_utf8(b"caf\xe9", "cp1252").decode()
    'café'
    """
    if encoding == UTF8:
        return data
    return _encode(data.decode(encoding, _PASS_ON))


def stream_to_utf8(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Yields text that is cut anywhere as UTF-8, and its bad bytes as what is none."""
    decoder = _decoder(encoding)
    for chunk in chunks:
        yield _encode(decoder.decode(chunk))
    yield _encode(decoder.decode(b"", True))


def first_bad_byte(data: bytes) -> tuple[int, int] | None:
    """Returns a bad byte that was let through into data, and the character at which it is."""
    found = _PASSED_ON.search(data)
    if not found:
        return None
    return _bad_byte(found)[0], len(data[: found.start()].decode(errors="replace"))


def bring_back(data: bytes) -> bytes:
    r"""Returns data in which the bad bytes that were let through are themselves again.

    >>> bring_back(to_utf8(b"caf\x81", "cp1252"))
    b'caf\x81'
    """
    return _PASSED_ON.sub(_bad_byte, data)


def _bad_byte(found: re.Match[bytes]) -> bytes:
    return bytes([ord(found[0].decode(UTF8, "surrogatepass")) - 0xDC00])


def _decoder(encoding: str) -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder(encoding)(_PASS_ON)


def _encode(text: str) -> bytes:
    return text.encode(UTF8, "surrogatepass")

"""Keeps what texts, names and headers hold from steering a terminal.

Control characters can write over what stands there, change its title or fill a clipboard
(ECMA-48, and xterm's control sequences); those that turn the direction of text can make a line read
as another one (Unicode Standard Annex 9).
"""

_KEPT = "\n\t"
_CONTROLS = [*range(0x20), *range(0x7F, 0xA0)]
_DIRECTIONS = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_ESCAPES = {
    code: ascii(chr(code))[1:-1] for code in (*_CONTROLS, *_DIRECTIONS) if chr(code) not in _KEPT
}


def printable(text: str) -> str:
    r"""Returns a text in which such characters are told and have no effect.

    >>> printable("Ann\x1b[2J\r met\tBob")
    'Ann\\x1b[2J\\r met\tBob'
    """
    return text.translate(_ESCAPES)


def say(*lines: str) -> None:
    """Prints lines to standard output."""
    print(*map(printable, lines), sep="\n", flush=True)

"""What a person reads on a terminal: nothing that steers it, and no more than it shows at once.

What texts, names and headers hold is not to be trusted there. Control characters can write over
what stands there, change its title or fill a clipboard (ECMA-48, and xterm's control sequences);
those that turn the direction of text can make a line read as another (Unicode Standard Annex 9).
"""

import math
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline import live

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
    """Prints lines to standard output; above the line that says what is being done."""
    text = "\n".join(map(printable, lines))
    if not (sys.stdout.isatty() and live.print_above(text)):
        print(text, flush=True)


@dataclass(frozen=True, slots=True)
class Screen:
    """How much a terminal shows, in characters."""

    width: int
    height: int

    @classmethod
    def of_output(cls) -> "Screen | None":
        """Returns that of standard output; None where that is no terminal."""
        if not sys.stdout.isatty():
            return None
        size = shutil.get_terminal_size()
        return cls(size.columns, size.lines)


# A screen has these rows, too: of what was said before, and the prompt that follows.
_OTHER_ROWS = 4
_MOST_ROWS = 3
_INDENT = "    "


def fold(lines: Sequence[str], screen: Screen, keep_free: Sequence[str] = ()) -> list[str]:
    """Folds lines for a screen: each has one row, and the first ones more while there is room.

    Args:
      keep_free: lines that will follow, which the terminal folds.
    """
    taken = len(lines) + sum(_rows(line, screen.width) for line in keep_free)
    left = max(0, screen.height - _OTHER_ROWS - taken)
    rows: list[str] = []
    for line in lines:
        folded = [*_fold_line(printable(line), screen.width, min(_MOST_ROWS, 1 + left))]
        left -= len(folded) - 1
        rows += folded
    return rows


def _rows(line: str, width: int) -> int:
    # It takes longer to load than some commands take to answer.
    from rich.cells import cell_len

    return max(1, math.ceil(cell_len(line) / width))


def _fold_line(line: str, width: int, most: int) -> Iterator[str]:
    """Yields at most so many rows of a line; the last one ends in three dots if there are more."""
    from rich.console import Console
    from rich.text import Text

    line = line.replace("\n", " ").replace("\t", " ")
    if _rows(line, width) == 1:
        yield line
        return
    inner, console = max(1, width - len(_INDENT)), Console(width=width)
    first = Text(line).wrap(console, width)[0].plain
    others = Text(line[len(first) :].lstrip()).wrap(console, inner)
    rows = [first.rstrip(), *(row.plain.rstrip() for row in others if row.plain)]
    if len(rows) > most:
        rest = Text(" ".join(rows[most - 1 :]))
        rest.truncate(width if most == 1 else inner, overflow="ellipsis")
        rows = [*rows[: most - 1], rest.plain]
    for number, row in enumerate(rows):
        yield (_INDENT if number else "") + row

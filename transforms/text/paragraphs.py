"""Splits a text into paragraphs, in which sentences are then looked for.

A sentence never goes past the end of its paragraph. A blank line, a form feed
and a paragraph separator (U+2029) always end one. Whether a single newline
does depends on the text: news on the web has a paragraph a line; wire copy
and plain text are hard-wrapped, and there a name may go on in the next line.

All lines together tell whether a text is hard-wrapped, and then each newline
is judged by itself:

- the *margin* is the smallest indentation after the first line;
- a line is *flush* if it is indented less than margin + 2;
- a line that is not flush, after the first, *opens* a paragraph;
- a text is *wrapped* if no line is longer than 100 characters and at least
  40 % (25 % if lines open paragraphs) of the flush lines that follow another
  line and start with a letter start in lower case;
- the *width* is that of the longest line that a flush line follows.

In a text that is not wrapped, every newline ends a paragraph. In a wrapped
text, a paragraph goes on after a newline if the next line is flush and (a) it
starts in lower case, or (b) its first word would not have fitted into the
width, or (c) the line before fills at least 75 % of the width and does not end
as sentences, headings and quotations do, or (d) the line before is the first
and does not end so, the next one ends so or fills 75 % of the width, and later
lines open paragraphs. The last is for wire copy: its first line is short,
because a dateline stood there.

An abbreviation's period (`U.S.`) does not end a line.

Lines end at a newline, a carriage return, both together, a vertical tab, NEL
or U+2028. A tab in an indentation goes to the next multiple of 8.
"""

import re
from itertools import pairwise
from typing import NamedTuple

from transforms.choices import LINE_BREAKS
from transforms.text.abbreviations import kind_of
from transforms.text.characters import HIDDEN_CHARACTERS, WHITE_SPACE

MAX_WRAPPED_COLUMNS = 100
MIN_LOWER_CASE_SHARE = 0.40
MIN_LOWER_CASE_SHARE_INDENTED = 0.25
MIN_FILLED_SHARE = 0.75
INDENT_COLUMNS = 2  # a line indented this much more than the margin opens a paragraph

_TAB_COLUMNS = 8
_ENDS_OF_TEXT = tuple(".!?:\"”’')")

_PARAGRAPH_ENDS = frozenset("\f\x1c\x1d\x1e\u2029")
# A line counts from its first visible character to its last.
_INVISIBLE = WHITE_SPACE + HIDDEN_CHARACTERS
_FIRST_WORD = re.compile(r"\S+")


class _Line(NamedTuple):
    """A line with something to see on it.

    Attributes:
      start, end: the span of its visible part in the text.
      indent: the number of columns before that.
      follows: whether only a single newline separates it from the line before.
    """

    start: int
    end: int
    indent: int
    follows: bool

    @property
    def columns(self) -> int:
        return self.indent + self.end - self.start


def split_paragraphs(text: str, line_breaks: str = "auto") -> list[tuple[int, int]]:
    """Splits a text into its paragraphs.

    Args:
      text: any text.
      line_breaks: what a single newline means. With `paragraph`, each ends a paragraph; with
        `wrapped`, the text counts as hard-wrapped; `auto` looks at the text.

    Returns:
      (paragraph,), spans of `text` (code points, half-open), in order. Each begins and ends with
      a visible character; only white space and hidden characters lie between them. Newlines
      inside a span are to be read as spaces.

    Raises:
      ValueError: `line_breaks` has another value.

    >>> split_paragraphs("One line.\\nTwo lines.")
    [(0, 9), (10, 20)]
    """
    if line_breaks not in LINE_BREAKS:
        raise ValueError(
            f"line_breaks must be one of {', '.join(LINE_BREAKS)}, got {line_breaks!r}"
        )
    lines = _lines(text)
    if line_breaks == "paragraph" or (line_breaks == "auto" and not _is_wrapped(text, lines)):
        return [(line.start, line.end) for line in lines]
    return _join_lines(text, lines)


def _lines(text: str) -> list[_Line]:
    lines: list[_Line] = []
    place = 0
    follows = False
    for line in text.splitlines(keepends=True):
        visible = line.strip(_INVISIBLE)
        if visible:
            margin = line[: line.index(visible)]
            start = place + len(margin)
            indent = len(margin.expandtabs(_TAB_COLUMNS))
            lines.append(_Line(start, start + len(visible), indent, follows))
        follows = bool(visible) and line[-1] not in _PARAGRAPH_ENDS
        place += len(line)
    return lines


def _flush_columns(lines: list[_Line]) -> int:
    """Returns the number of columns; a line that is indented less is flush."""
    return min((line.indent for line in lines[1:]), default=0) + INDENT_COLUMNS


def _opens_by_indentation(lines: list[_Line]) -> bool:
    """Tells whether a line after the first opens a paragraph by its indentation."""
    flush_columns = _flush_columns(lines)
    return any(line.indent >= flush_columns for line in lines[1:])


def _is_wrapped(text: str, lines: list[_Line]) -> bool:
    if max((line.columns for line in lines), default=0) > MAX_WRAPPED_COLUMNS:
        return False
    flush_columns = _flush_columns(lines)
    starts = [text[line.start] for line in lines if line.follows and line.indent < flush_columns]
    letters = [start for start in starts if start.isalpha()]
    lower_case_starts = sum(start.islower() for start in letters)
    indented = _opens_by_indentation(lines)
    share = MIN_LOWER_CASE_SHARE_INDENTED if indented else MIN_LOWER_CASE_SHARE
    return bool(letters) and lower_case_starts >= share * len(letters)


def _join_lines(text: str, lines: list[_Line]) -> list[tuple[int, int]]:
    """Returns the paragraphs of a hard-wrapped text."""
    flush_columns = _flush_columns(lines)
    pairs = [
        (line, next_line)
        for line, next_line in pairwise(lines)
        if next_line.follows and next_line.indent < flush_columns
    ]
    width = max((line.columns for line, _ in pairs), default=0)
    joined = {
        next_line.start for line, next_line in pairs if _goes_on(text, line, next_line, width)
    }
    if _lacks_dateline(text, lines, width):
        joined.add(lines[1].start)
    paragraphs: list[tuple[int, int]] = []
    for line in lines:
        start = paragraphs.pop()[0] if line.start in joined else line.start
        paragraphs.append((start, line.end))
    return paragraphs


def _lacks_dateline(text: str, lines: list[_Line], width: int) -> bool:
    """Tells whether the first line goes on in the next though it is short."""
    if len(lines) < 2 or not _opens_by_indentation(lines):
        return False
    first, second = lines[:2]
    if not second.follows or second.indent >= _flush_columns(lines) or _has_ended(text, first):
        return False
    return second.columns >= MIN_FILLED_SHARE * width or _has_ended(text, second)


def _goes_on(text: str, line: _Line, next_line: _Line, width: int) -> bool:
    """Tells whether the paragraph of a line goes on in the next, flush line of a wrapped text."""
    if text[next_line.start].islower():
        return True
    first_word = _FIRST_WORD.match(text, next_line.start, next_line.end)
    assert first_word is not None  # a line begins with a visible character
    if line.columns + 1 + len(first_word.group()) > width:
        return True
    return line.columns >= MIN_FILLED_SHARE * width and not _has_ended(text, line)


def _has_ended(text: str, line: _Line) -> bool:
    """Tells whether a line ends as sentences, headings and quotations do."""
    if not text.endswith(_ENDS_OF_TEXT, line.start, line.end):
        return False
    last_word = text[line.start : line.end].rpartition(" ")[2]
    return not (last_word.endswith(".") and kind_of(last_word[:-1].lstrip('(<"“'), ""))

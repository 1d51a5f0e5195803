"""Gives the text that a reader sees: without hidden characters, and with HTML's escapes undone.

Soft hyphens, zero-width characters and the marks that steer the direction of
writing are left out before sentences and words are looked for, and escapes such
as `&amp;` stand for one character. They stay in the text itself, so offsets
always count them.
"""

import html
import re
from collections.abc import Sequence
from typing import NamedTuple

# They are the soft hyphen; the zero-width space, non-joiner and joiner; the left-to-right and
# right-to-left marks, embeddings and isolates; the word joiner; and the byte order mark.
HIDDEN_CHARACTERS = (
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060"
    "\u2066\u2067\u2068\u2069\ufeff"
)

# They are all that `\s` of `re`, `str.split` and `str.isspace` take for white space.
WHITE_SPACE = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())

_HIDDEN = re.compile(f"[{HIDDEN_CHARACTERS}]")
# Text that was escaped twice has `&amp;nbsp;`. The longest name of HTML has 31 letters.
_UNSEEN = re.compile(
    f"[{HIDDEN_CHARACTERS}]"
    r"|(?P<ampersand>&(?:(?:amp|AMP|#0*38|#[xX]0*26);)*)"
    r"(?P<name>#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});"
)


class VisibleText(NamedTuple):
    """A text as a reader sees it.

    Attributes:
      text: the characters that are seen.
      starts, ends: (character,), the original span of each (code points, half-open). They are
        ranges if the text is the original one.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Returns the original span of the non-empty `text[start:end]`.

        Hidden characters inside belong to it, and those around it do not.
        """
        return self.starts[start], self.ends[end - 1]


def has_hidden(text: str) -> bool:
    """Tells whether `hide` changes a text."""
    # Nearly all of the news is plain: all hidden characters lie beyond ASCII.
    return ("&" in text or not text.isascii()) and _UNSEEN.search(text) is not None


def hide(text: str) -> VisibleText:
    """Returns a text without its hidden characters, and with its escapes undone.

    >>> hide("Lis\\u00adbon &amp; Porto").text
    'Lisbon & Porto'
    """
    if not has_hidden(text):
        return VisibleText(text, range(len(text)), range(1, len(text) + 1))
    seen: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    place = 0
    for match in _UNSEEN.finditer(text):
        start = match.start()
        character, end = _see(match)
        seen += [text[place:start], character]
        starts += [*range(place, start), *([start] * len(character))]
        ends += [*range(place + 1, start + 1), *([end] * len(character))]
        place = end
    seen.append(text[place:])
    starts += range(place, len(text))
    ends += range(place + 1, len(text) + 1)
    return VisibleText("".join(seen), starts, ends)


def _see(match: re.Match[str]) -> tuple[str, int]:
    """Returns what is seen of a match of _UNSEEN, at most one character, and where that ends."""
    if not match["name"]:
        return "", match.end()
    character = html.unescape(f"&{match['name']};")
    if len(character) == 1:
        return "" if _HIDDEN.match(character) else character, match.end()
    # A name without a meaning is text, and so are the few that stand for two characters.
    return "&", match.end("ampersand")

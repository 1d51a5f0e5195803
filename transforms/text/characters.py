"""Leaves out hidden characters, which a reader does not see and the model is not given.

Soft hyphens, zero-width characters and the marks that steer the direction of
writing are left out before sentences and words are looked for. They stay in
the text itself, so offsets always count them.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

# They are the soft hyphen; the zero-width space, non-joiner and joiner; the left-to-right and
# right-to-left marks, embeddings and isolates; the word joiner; and the byte order mark.
HIDDEN_CHARACTERS = "\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
"""The hidden characters, as the inside of a character class of `re`."""

_HIDDEN = re.compile(f"[{HIDDEN_CHARACTERS}]")


class VisibleText(NamedTuple):
    """A text without its hidden characters.

    Attributes:
      text: the characters that are left.
      offsets: (character,), where each of them was (code points). It is a `range` if nothing was
        hidden.
    """

    text: str
    offsets: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Returns the original span of the non-empty `text[start:end]`.

        Hidden characters inside belong to it, and those around it do not.
        """
        return self.offsets[start], self.offsets[end - 1] + 1


def hide(text: str) -> VisibleText:
    """Returns a text without its hidden characters.

    >>> hide("Lis\\u00adbon").text
    'Lisbon'
    """
    if not _HIDDEN.search(text):
        return VisibleText(text, range(len(text)))
    hidden = {match.start() for match in _HIDDEN.finditer(text)}
    return VisibleText(
        _HIDDEN.sub("", text), [offset for offset in range(len(text)) if offset not in hidden]
    )


def plain_name(text: str) -> str:
    """Returns the form of a name to group by.

    In it, every run of white space is one space, none is at the ends, and hidden characters are
    gone.

    >>> plain_name("New\\n  York\\u200b")
    'New York'
    """
    return " ".join(_HIDDEN.sub("", text).split())

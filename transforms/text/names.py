"""Makes the name to group by of the text of an entity."""

from functools import lru_cache

from transforms.text.characters import has_hidden, hide

# News names the same things again and again.
_CACHED_NAMES = 1 << 13


@lru_cache(_CACHED_NAMES)
def plain_name(text: str) -> str:
    """Returns the form of a name to group by.

    In it, every run of white space is one space, none is at the ends, hidden characters are gone
    and escapes undone.

    >>> plain_name("AT&amp;T\\n  Inc\\u200b.")
    'AT&T Inc.'
    """
    return " ".join((hide(text).text if has_hidden(text) else text).split())

"""Makes the name to group by of the text of an entity."""

from transforms.text.characters import hide


def plain_name(text: str) -> str:
    """Returns the form of a name to group by.

    In it, every run of white space is one space, none is at the ends, hidden characters are gone
    and escapes undone.

    >>> plain_name("AT&amp;T\\n  Inc\\u200b.")
    'AT&T Inc.'
    """
    return " ".join(hide(text).text.split())

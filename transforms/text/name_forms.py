"""Gives a name the form that does not depend on how a text writes it.

What one name alone tells is done here; what takes the other names of its document is in
`transforms/text/resolved_names.py`.
"""

import re
from functools import lru_cache

from transforms.text.name_words import BODY, PERSON, is_title

# News names the same things again and again.
_CACHED_NAMES = 1 << 13

_POSSESSIVE = re.compile(r"(?<=\w)'s?$")
_ARTICLE = re.compile(r"the (?=\S)", re.IGNORECASE)
# U.S., U.S.A. and U.S, but not St. or J. alone.
_ACRONYM = re.compile(r"(?<![\w.])((?:[^\W\d_]\.)+[^\W\d_])\.?(?![\w.])")
_SPACED_INITIALS = re.compile(r"(?<!\w)([^\W\d_]\.) (?=[^\W\d_]\.(?!\w))")


@lru_cache(_CACHED_NAMES)
def bare_form(name: str, label: str) -> str:
    """Returns a name without what is no part of it.

    Curly apostrophes are straight in it, and acronyms and initials side by side have no dots. A
    person has no title and no possessive, and an organisation no "The" before it.

    >>> bare_form("Sen. John McCain", "PER"), bare_form("The U.N.", "ORG")
    ('John McCain', 'UN')
    """
    name = name.replace("\u2019", "'")
    if label == PERSON:
        name = _POSSESSIVE.sub("", name)
        name = _SPACED_INITIALS.sub(r"\1", _without_titles(name))
    elif label == BODY:
        name = _ARTICLE.sub("", name, 1) if _ARTICLE.match(name) else name
    return _ACRONYM.sub(_without_dots, name) if "." in name else name


def _without_titles(name: str) -> str:
    """Leaves out the titles before a name, as long as a name is left."""
    first, _, rest = name.partition(" ")
    while rest and is_title(first.capitalize(), PERSON):
        name = rest
        first, _, rest = name.partition(" ")
    return name


def _without_dots(acronym: re.Match[str]) -> str:
    return acronym[1].replace(".", "")

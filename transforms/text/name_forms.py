"""Gives a name the form that does not depend on how a text writes it.

What one name alone tells is done here; what takes the other names of its document is in
`transforms/text/resolved_names.py`.
"""

import re
from functools import lru_cache

from transforms.text.abbreviations import closed_list

PERSON, ORGANISATION = "PER", "ORG"

# News names the same things again and again.
_CACHED_NAMES = 1 << 13

# They stand before a person's name and are no part of it; here they are without their periods.
_TITLES = closed_list(
    """
    adm adv ambassador amb bishop brig capt captain cardinal chairman chancellor col colonel
    congressman congresswoman councilman councilwoman det dr drs gen general gov governor imam insp
    judge justice lieutenant lt ltc maj major mayor messrs minister mme mr mrs ms pope pres
    president prime prof professor rabbi rep representative rev reverend secretary sen senator sens
    sergeant sgt sheikh sheriff sir spc supt
    """
)
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
    elif label == ORGANISATION:
        name = _ARTICLE.sub("", name, 1) if _ARTICLE.match(name) else name
    return _ACRONYM.sub(_without_dots, name) if "." in name else name


def _without_titles(name: str) -> str:
    """Leaves out the titles before a name, as long as a name is left."""
    first, _, rest = name.partition(" ")
    while rest and first.rstrip(".").lower() in _TITLES:
        name = rest
        first, _, rest = name.partition(" ")
    return name


def _without_dots(acronym: re.Match[str]) -> str:
    return acronym[1].replace(".", "")

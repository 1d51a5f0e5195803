"""Chooses the title of a page among those that it gives itself."""

import html
import re
from collections.abc import Iterator, Sequence
from typing import Any

# The types of schema.org that are articles end in these words.
_ARTICLES = ("Article", "Posting", "Report", "Review")
_SEPARATOR = re.compile(r"\s+(?:[|*•·«»—–-]|::)\s+")
# A name of a site has at most so many words; a longer end of a title is part of it.
_MAX_SITE_WORDS = 5
_MIN_SITE_LETTERS = 3
_MAX_DEPTH = 12


def choose_title(
    linked: Sequence[Any], told: str | None, headings: Sequence[str], site: Sequence[str | None]
) -> str | None:
    """Returns the title of an article without the name of its site, None if there is none.

    Args:
      linked: the page's JSON-LD, in which the headline of an article comes first.
      told: the title of its metadata.
      headings: its first headings. A title that goes on behind one of them is cut to it.
      site: the name of the site and of its host.

    >>> choose_title([], "Ferry fares rise | Meridian Wire", [], ["Meridian Wire"])
    'Ferry fares rise'
    """
    title = next(_headlines(linked), None) or told
    if not title:
        return next(filter(None, map(clean, headings)), None)
    title = clean(title)
    return _cut(title, [clean(heading) for heading in headings], [name for name in site if name])


def clean(text: str) -> str:
    """Returns a text of one line, in which character references are characters."""
    return " ".join(html.unescape(text).split())


def _headlines(linked: Sequence[Any]) -> Iterator[str]:
    for node in _nodes(list(linked), 0):
        kinds = node.get("@type")
        names = kinds if isinstance(kinds, list) else [kinds]
        headline = node.get("headline")
        is_article = any(isinstance(name, str) and name.endswith(_ARTICLES) for name in names)
        if is_article and isinstance(headline, str) and headline.strip():
            yield headline


def _nodes(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """Yields the objects in JSON, outer ones first."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _nodes(item, depth + 1)


def _cut(title: str, headings: Sequence[str], site: Sequence[str]) -> str:
    """Takes the name of the site, and what comes behind it, from the end of a title."""
    names = [name for name in map(letters, site) if len(name) >= _MIN_SITE_LETTERS]
    places = list(_SEPARATOR.finditer(title))
    for index, place in enumerate(places):
        head = title[: place.start()]
        end = places[index + 1].start() if index + 1 < len(places) else len(title)
        part = title[place.end() : end]
        if any(letters(head) == letters(heading) for heading in headings if heading):
            return head
        if len(part.split()) <= _MAX_SITE_WORDS and _is_site(letters(part), names):
            return head
    return title


def _is_site(part: str, names: Sequence[str]) -> bool:
    if len(part) < _MIN_SITE_LETTERS:
        return False
    return any(part == name or part.startswith(name) or name.startswith(part) for name in names)


def letters(text: str) -> str:
    """Returns the letters and digits of a text in small letters, by which texts are compared."""
    return "".join(filter(str.isalnum, text.lower().removeprefix("the ")))

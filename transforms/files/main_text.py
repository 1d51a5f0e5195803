"""Finds the main text of a web page, in paragraphs, and what the page says of itself.

A process that reads one page imports this, so it imports little.
"""

import logging
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from transforms.files.encodings import UTF8
from transforms.files.page_text import PageText
from transforms.files.page_titles import choose_title, letters

# Fields of a page, in this order; each is a string or None.
PAGE_FIELDS = ("title", "text", "date", "author", "url", "site")

_HEADINGS = 5
# With less the library has found a label or a button.
_MIN_CHARS = 25
# A day as far as this may be told by a page. With the library's own limit, which is today, a page
# could have another date on another day.
_LAST_DAY = "2100-12-31"
_FIRST_DAY = "1990-01-01"
_MARKS = re.compile(r"^(?:[-*•] +|\| ?)|(?: \||\|)$")
# These words stand alone where an advertisement was.
_LABELS = ("advertisement", "advertisements")
_RULE = re.compile(r"[\s|:-]*")


def find_main_text(page: PageText, url: str | None) -> dict[str, str | None] | None:
    """Returns the fields of a page, PAGE_FIELDS; None if it has no main text.

    Args:
      url: where it was fetched; what the page itself calls its address comes first.
    """
    tree = _parse(page.html)
    found = _extract(tree, url) if tree is not None else None
    paragraphs = list(_paragraphs(found.text or "")) if found else []
    if found is None or len("".join(paragraphs)) < _MIN_CHARS:
        return None
    names = [found.sitename, _host(found.url or url)]
    headings = [one.text_content() for one in _first_headings(tree)]
    title = choose_title(page.linked, found.title, headings, names)
    if len(paragraphs) > 1 and letters(paragraphs[0]) in map(letters, (title or "", *headings)):
        # Every name in it would be counted twice.
        del paragraphs[0]
    return {
        "title": title,
        "text": "\n\n".join(paragraphs),
        "date": found.date,
        "author": found.author,
        "url": found.url or url,
        "site": found.sitename or _host(found.url or url),
    }


def _parse(html: str) -> Any:
    """Returns the tree of a page, None if there is nothing in it."""
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    parser = HTMLParser(encoding=UTF8, remove_comments=True, remove_pis=True)
    try:
        return document_fromstring(html.encode(UTF8, "replace"), parser=parser)
    except etree.LxmlError:
        return None


def _extract(tree: Any, url: str | None) -> Any:
    from trafilatura import bare_extraction

    # These say on every page without text that it has none.
    for name in ("trafilatura", "htmldate"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    dates = {
        "original_date": True,
        "extensive_search": True,
        "min_date": _FIRST_DAY,
        "max_date": _LAST_DAY,
    }
    return bare_extraction(
        tree,
        url=url,
        with_metadata=True,
        include_comments=False,
        date_extraction_params=dates,
    )


def _paragraphs(text: str) -> Iterator[str]:
    """Yields the lines that the library makes of paragraphs, without its marks of lists."""
    for line in text.splitlines():
        line = _MARKS.sub("", line.strip()).strip()
        if line and not _RULE.fullmatch(line) and letters(line) not in _LABELS:
            yield line


def _first_headings(tree: Any) -> list[Any]:
    return [heading for heading, _ in zip(tree.iter("h1"), range(_HEADINGS), strict=False)]


def _host(url: str | None) -> str | None:
    try:
        return (urlsplit(url or "").hostname or "").removeprefix("www.") or None
    except ValueError:
        return None

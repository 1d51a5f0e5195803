"""Makes plain text of a piece of HTML that is all text, as the entries of feeds have it."""

import re
from collections.abc import Iterator
from typing import Any

from transforms.files.page_text import strip_page

_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_SILENT = frozenset(("script", "style", "head", "template", "noscript", "iframe", "svg", "form"))
_BREAK = "\n"
_BETWEEN_LINES = re.compile(r"\s*\n\s*")


def plain_text(html: str) -> str:
    r"""Returns the text of HTML, its paragraphs with a blank line between them.

    >>> plain_text("<p>Rain fell.</p><p>Then <b>snow</b> came<br>down.</p>")
    'Rain fell.\n\nThen snow came\ndown.'
    """
    if "<" not in html and "&" not in html:
        return _join([html])
    from lxml import etree
    from lxml.html import fragment_fromstring

    try:
        tree = fragment_fromstring(strip_page(html).html, create_parent="div")
    except (etree.LxmlError, ValueError):  # a ValueError for characters that XML does not have
        return _join([re.sub(r"<[^<>]*>", " ", html)])
    return _join("".join(_pieces(tree)).split(2 * _BREAK))


def _join(paragraphs: list[str]) -> str:
    lines = (
        "\n".join(" ".join(line.split()) for line in _BETWEEN_LINES.split(paragraph.strip()))
        for paragraph in paragraphs
    )
    return "\n\n".join(line for line in lines if line)


def _pieces(tree: Any) -> Iterator[str]:
    """Yields the text of a tree; line ends in it come from the tags alone."""
    # Not by calls within calls, since tags may be nested deep.
    for event, element in _walk(tree):
        is_block = element.tag in _BLOCKS
        if event == "start":
            yield 2 * _BREAK if is_block else _BREAK if element.tag == "br" else ""
            yield _one_line(element.text)
        else:
            yield 2 * _BREAK if is_block else ""
            yield _one_line(element.tail)


def _walk(tree: Any) -> Iterator[tuple[str, Any]]:
    """Yields the beginnings and ends of elements, but of those that show no text the ends only."""
    stack = [(False, tree)]
    while stack:
        is_end, element = stack.pop()
        if is_end or not isinstance(element.tag, str) or element.tag in _SILENT:
            yield "end", element
            continue
        yield "start", element
        stack.append((True, element))
        stack += [(False, child) for child in reversed(element)]


def _one_line(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")

"""Links between pages lead somewhere, and so does every path that a page or the code names."""

import re
from pathlib import Path

import pytest

from tests.places import ROOT

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
ROOMS = ("news_entities", "pipeline", "transforms")
CODE = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
FENCE = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
# A file or folder of the checkout, in backticks; none with a star, an ellipsis or a placeholder.
ROOM = "benchmarks|deploy|docs|examples|pipeline|tests|training|transforms"
NAMED = re.compile(rf"`((?:{ROOM})/[\w./-]*)`")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def prose(path: Path) -> str:
    return FENCE.sub("", path.read_text())


def anchors(path: Path) -> set[str]:
    """Returns the anchors of a page's headings, as GitHub and MkDocs make them."""
    return {anchor(heading) for heading in HEADING.findall(prose(path))}


def anchor(heading: str) -> str:
    """Returns the anchor of a heading.

    >>> anchor("The job's own work")
    'the-jobs-own-work'
    """
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower())


def broken_link(page: Path, target: str) -> str | None:
    """Says why a link leads nowhere; None where it does."""
    if "://" in target:
        return None
    place, _, fragment = target.partition("#")
    path = (page.parent / place).resolve() if place else page
    if not path.exists():
        return f"{target}: there is no {place}"
    if fragment and fragment not in anchors(path):
        return f"{target}: there is no such heading"
    return None


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_of_a_page_leads_somewhere(page):
    found = (broken_link(page, target) for target in LINK.findall(prose(page)))
    assert [why for why in found if why] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_path_that_a_page_names_is_there(page):
    assert [path for path in NAMED.findall(prose(page)) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("path", CODE, ids=name)
def test_every_page_that_the_code_names_is_there(path):
    named = re.findall(r"\bdocs/[\w/-]+\.md", path.read_text())
    assert [page for page in named if not (ROOT / page).exists()] == []

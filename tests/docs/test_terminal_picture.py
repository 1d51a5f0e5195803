"""The picture of a terminal shows what the command says now, and needs nothing from elsewhere."""

import html
import re
import runpy
from xml.etree import ElementTree

import pytest

from tests.places import ROOT

PICTURE = ROOT / "docs" / "assets" / "terminal.svg"
ERASE, BACK = "\r\x1b[2K", "\r\n\r\x1b[1A\x1b[2K"


@pytest.fixture(scope="module")
def script() -> dict:
    return runpy.run_path(str(ROOT / "docs" / "terminal_picture.py"))


def shown() -> str:
    """Returns the text in the picture."""
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", PICTURE.read_text(encoding="utf-8"))
    return html.unescape("".join(texts)).replace("\xa0", " ")


def test_the_flags_are_those_of_the_script(script):
    flags = script["flags_of_script"]((ROOT / "run_local.sh").read_text())
    assert flags[:4] == ["--input", "examples/news", "--output", "out"]
    assert "--precision" in flags


def test_the_lines_that_stay_are_told_from_those_that_are_drawn_over(script):
    written = (
        f"loading{ERASE}loading{BACK}planning{ERASE}2 files\r\nplanning{BACK}"
        f"tagging 10%{ERASE}tagging 55%{ERASE}tagging 90%{BACK}"
        f"summing up{ERASE}done\r\nsumming up{BACK}1 document\r\n"
    )
    assert script["lines_of"](written) == [
        "2 files",
        "tagging 55%",
        "done",
        "1 document",
    ]


def test_a_line_is_folded_as_a_terminal_does_it(script):
    picture = script["draw"](["x" * 100])
    rows = re.findall(r"<text[^>]*>(x+)</text>", picture)
    assert [len(row) for row in rows] == [80, 20]


def test_the_picture_is_whole_and_fetches_nothing():
    tree = ElementTree.parse(PICTURE)
    assert tree.getroot().tag.endswith("svg")
    text = PICTURE.read_text(encoding="utf-8")
    assert not re.search(r"@import|@font-face|url\((?!#)|href|<script", text)
    assert re.findall(r"https?://[^\"]+", text) == ["http://www.w3.org/2000/svg"]


def test_the_picture_shows_what_the_tutorial_shows():
    """`python docs/terminal_picture.py` draws it anew."""
    tutorial = (ROOT / "docs" / "tutorial.md").read_text()
    [summary] = re.findall(r"^(58 documents of .*), \d+ rejects$", tutorial, re.MULTILINE)
    [labels] = re.findall(r"^(entities by label: LOC .*)$", tutorial, re.MULTILINE)
    assert summary in shown()
    assert labels in shown()
    assert "$ ./run_local.sh" in shown()
    assert "%" in shown()

"""The main text of a page is found, and what the page says of itself."""

import subprocess
import sys

import pytest

from tests.pages import PARAGRAPHS, TITLE, URL, page
from tests.places import ROOT
from transforms.files.main_text import PAGE_FIELDS, find_main_text
from transforms.files.page_text import PageText, strip_page


def find(html: str, url: str | None = None) -> dict[str, str | None]:
    found = find_main_text(strip_page(html), url)
    assert found
    return found


def test_a_page_gives_its_fields():
    assert find(page(), URL) == {
        "title": TITLE,
        "text": "\n\n".join(PARAGRAPHS),
        "date": "2024-01-09",
        "author": "Nora Ilves",
        "url": URL,
        "site": "Meridian Wire",
    }


def test_the_fields_are_always_the_same_and_in_order():
    assert tuple(find(page())) == PAGE_FIELDS
    assert tuple(find("".join(f"<p>{text}</p>" for text in PARAGRAPHS))) == PAGE_FIELDS


def test_the_page_itself_tells_its_address():
    canonical = "https://meridian-wire.test/harbour"
    html = page(head=f'<link rel="canonical" href="{canonical}">')
    assert find(html, "https://mirror.test/x?ref=1")["url"] == canonical


def test_a_page_without_an_address_has_none():
    found = find("".join(f"<p>{text}</p>" for text in PARAGRAPHS))
    assert (found["url"], found["date"], found["author"]) == (None, None, None)


def test_where_advertisements_were_is_no_text():
    html = page([PARAGRAPHS[0], "Advertisement", *PARAGRAPHS[1:], "ADVERTISEMENT"])
    assert find(html)["text"] == "\n\n".join(PARAGRAPHS)


def test_list_marks_are_no_text():
    html = page([*PARAGRAPHS, "<ul><li>Ada Lindqvist, mayor</li><li>Tom Reed, engineer</li></ul>"])
    assert "\n\nAda Lindqvist, mayor\n\nTom Reed, engineer" in str(find(html)["text"])


@pytest.mark.parametrize("html", ["", " ", "<html>", "<!DOCTYPE html><html><body></body></html>"])
def test_a_page_without_text_has_no_main_text(html):
    assert find_main_text(PageText(html, []), None) is None


def test_a_date_to_come_is_a_date():
    html = page().replace("2024-01-09T23:30:00-05:00", "2071-03-04T10:00:00Z")
    assert find(html)["date"] == "2071-03-04"


def test_another_process_finds_the_same():
    code = (
        "import sys; from transforms.files.main_text import find_main_text as f; "
        "from transforms.files.page_text import strip_page; "
        "sys.stdout.write(repr(f(strip_page(sys.stdin.read()), None)))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            input=page(),
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert outputs == {repr(find(page()))}

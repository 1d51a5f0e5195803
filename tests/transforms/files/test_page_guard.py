"""A page that may take minutes is read in a process that has limits."""

import pytest

from tests.pages import PARAGRAPHS, page
from transforms.files import page_guard
from transforms.files.main_text import find_main_text
from transforms.files.page_guard import GuardError, find_guarded, is_suspicious
from transforms.files.page_text import PageText


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 30_000,
        "<p>" + "word " * 500_000,
        "<div " + " ".join(f"a{number}=1" for number in range(3_000)) + ">",
        "<p title='>" + ">" * 30_000,
    ],
)
def test_odd_pages_are_suspicious(html):
    assert is_suspicious(html)


def test_usual_pages_are_not():
    picture = f'<img src="data:image/png;base64,{"A" * 200_000}">'
    assert not is_suspicious(page([*PARAGRAPHS * 300, picture]))


def test_the_process_finds_the_same(monkeypatch):
    monkeypatch.setattr(page_guard, "_MAX_BRACKETS", 3)
    for html in (page(), "<p></p><p></p>"):
        assert is_suspicious(html)
        assert find_guarded(PageText(html, []), None) == find_main_text(PageText(html, []), None)


def test_what_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(page_guard, "_PROGRAM", page_guard._PROGRAM.replace("serve()", LIMITED))
    with pytest.raises(GuardError, match="the page takes over"):
        find_guarded(PageText(f"<article><p>{'<span>word </span>' * 60_000}", []), None)


def test_our_own_mistakes_are_not_the_pages(monkeypatch):
    monkeypatch.setattr(page_guard, "_PROGRAM", "raise SystemError('ours')")
    with pytest.raises(RuntimeError, match="SystemError: ours"):
        find_guarded(PageText("<p>" * 30_000, []), None)


LIMITED = "import transforms.files.page_guard as guard; guard.CPU_SECONDS = 1; guard.serve()"

"""The last line of a terminal fits it, stays below what is printed, and leaves no trace."""

import re
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from pipeline import live
from pipeline.live import Status, choose_parts

FULL = Status(
    doing="tagging",
    share=0.5,
    amount="3 of about 10 blocks",
    speed="2,345 words/s",
    left="1:05 left",
)
ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class Terminal(StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True

    @property
    def rows(self) -> list[str]:
        """What was written into each row, one after the other, without colours."""
        return [row.rstrip() for row in re.split(r"[\r\n]+", ESCAPES.sub("", self.getvalue()))]


@pytest.fixture
def open_terminal(monkeypatch):
    """Makes a terminal of standard error, which pytest takes for itself until a test begins."""

    def open_it(encoding: str = "utf-8") -> Terminal:
        made = Terminal()
        made.encoding = encoding
        monkeypatch.setattr("sys.stderr", made)
        return made

    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm-256color")
    yield open_it
    live.clear()


def test_a_wide_line_has_all_parts():
    assert choose_parts(FULL, 120) == (
        [" 50%", "3 of about 10 blocks", "2,345 words/s", "1:05 left"],
        40,
    )


@pytest.mark.parametrize(
    ("width", "parts", "bar"),
    [
        (80, [" 50%", "3 of about 10 blocks", "2,345 words/s", "1:05 left"], 14),
        (64, [" 50%", "3 of about 10 blocks", "1:05 left"], 13),
        (40, [" 50%", "1:05 left"], 11),
        (30, [" 50%"], 12),
        (20, [" 50%"], 0),
    ],
)
def test_a_narrow_line_has_what_matters_most(width, parts, bar):
    assert choose_parts(FULL, width) == (parts, bar)


def test_what_nobody_knows_has_no_bar():
    assert choose_parts(Status(doing="planning"), 80) == ([], 0)


@given(st.integers(1, 200))
def test_the_parts_fit_the_width(width):
    parts, bar = choose_parts(FULL, width)
    taken = len(FULL.doing) + sum(2 + cell_len(part) for part in parts) + (2 + bar if bar else 0)
    assert taken <= width or (parts, bar) == ([" 50%"], 0)


def test_the_line_is_shown_and_removed(open_terminal):
    terminal = open_terminal()
    live.show(FULL)
    live.clear()
    assert any(re.match(r"tagging +\S.* 50%  3 of about 10 blocks", row) for row in terminal.rows)
    assert terminal.getvalue().endswith("\x1b[2K")


def test_the_cursor_is_never_hidden(open_terminal):
    terminal = open_terminal()
    live.show(FULL)
    live.clear()
    assert "\x1b[?25l" not in terminal.getvalue()


def test_without_colours_there_is_none(open_terminal, monkeypatch):
    terminal = open_terminal()
    monkeypatch.setenv("NO_COLOR", "1")
    live.show(FULL)
    live.clear()
    assert "tagging" in terminal.getvalue()
    assert not re.search(r"\x1b\[[0-9;]*m", terminal.getvalue())


def test_what_is_printed_meanwhile_stands_above_as_it_is(open_terminal):
    terminal = open_terminal()
    assert not live.print_above("too early")
    live.show(FULL)
    long = "[bold]error[/bold]: :smile: " + "x" * 200
    assert live.print_above(long)
    live.clear()
    assert not live.print_above("too late")
    assert long in terminal.rows
    assert terminal.rows.index(long) < len(terminal.rows) - 1


def test_a_terminal_of_plain_letters_gets_them(open_terminal):
    terminal = open_terminal(encoding="ascii")
    live.show(FULL)
    live.show(Status(doing="planning"))
    live.clear()
    assert terminal.getvalue().isascii()

"""No text that is printed can steer a terminal."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from pipeline.terminal import Screen, fold, printable, say


@given(st.text())
def test_no_control_character_is_left(text):
    shown = printable(text)
    kept = {unicodedata.category(char) for char in shown if char not in "\n\t"}
    assert "Cc" not in kept
    if all(unicodedata.category(char) not in ("Cc", "Cf") for char in text):
        assert shown == text


def test_marks_that_turn_text_around_are_told():
    assert printable("abc\u202egpj.exe") == r"abc\u202egpj.exe"


def test_lines_are_said_one_by_one(capsys):
    say("Ann\x1b]52;c;aGk=\x07", "Bob\x9b2J")
    assert capsys.readouterr().out == "Ann\\x1b]52;c;aGk=\\x07\nBob\\x9b2J\n"


WORDS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"


def test_a_line_that_fits_is_not_folded():
    assert fold(["one", "", WORDS], Screen(100, 24)) == ["one", "", WORDS]


def test_a_long_line_is_folded_at_its_words():
    rows = fold([WORDS], Screen(40, 24))
    assert rows == [
        "one two three four five six seven eight",
        "    nine ten eleven twelve thirteen",
        "    fourteen fifteen",
    ]


def test_the_first_lines_have_more_rows_while_there_is_room():
    first = [
        "one two three four five six seven eight",
        "    nine ten eleven twelve thirteen fou…",
    ]
    cut = "one two three four five six seven eight…"
    assert fold([WORDS, "short", WORDS], Screen(40, 8)) == [*first, "short", cut]
    assert fold([WORDS, "short", WORDS], Screen(40, 9))[3:] == ["short", cut]
    assert fold([WORDS, "short"], Screen(40, 9), keep_free=["x" * 90]) == [cut, "short"]


@given(st.lists(st.text(), max_size=5), st.integers(1, 100), st.integers(1, 30))
def test_whatever_is_said_no_row_is_wider_than_the_screen(lines, width, height):
    rows = fold(lines, Screen(max(width, 10), height))
    assert len(rows) >= len(lines)
    assert all(cell_len(row) <= max(width, 10) for row in "\n".join(rows).splitlines())


def test_only_a_terminal_has_a_screen(monkeypatch):
    assert Screen.of_output() is None
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "72")
    monkeypatch.setenv("LINES", "20")
    assert Screen.of_output() == Screen(72, 20)

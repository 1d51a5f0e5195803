"""No text that is printed can steer a terminal."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from pipeline.terminal import printable, say


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

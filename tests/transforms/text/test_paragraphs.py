"""Line breaks end paragraphs on the web, and are spaces in hard-wrapped text."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.characters import hide
from transforms.text.paragraphs import split_paragraphs

WRAPPED = """\
The harbour board of Port Ellis said on Monday that
ships may enter again after a week of storms, and
the ferries to North Ronan are to sail as planned."""

LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "\n",
                "\r\n",
                "\n\n",
                "\f",
                "\u2029",
                "\t",
                "  ",
                "\u200b",
                "\u00ad",
                "lower ",
                "Upper ",
            ]
        ),
        st.text(max_size=20),
    ),
    max_size=40,
).map("".join)
MODES = st.sampled_from(["auto", "paragraph", "wrapped"])


def paragraphs(text: str, line_breaks: str = "auto") -> list[str]:
    return [text[start:end] for start, end in split_paragraphs(text, line_breaks)]


def wrapped(*lines: str) -> list[str]:
    """The paragraphs of lines taken as wrapped, each newline as a bar."""
    return [found.replace("\n", "|") for found in paragraphs("\n".join(lines), "wrapped")]


def test_a_text_with_long_lines_has_a_paragraph_a_line():
    text = "It rained in Bonn.\nand " + "so on " * 20 + "\nit went."
    assert len(paragraphs(text)) == 3


def test_a_line_of_100_columns_may_be_wrapped_and_one_of_101_not():
    assert len(paragraphs("a" * 100 + "\nb")) == 1
    assert len(paragraphs("a" * 101 + "\nb")) == 2


def test_a_text_is_wrapped_from_two_lower_case_starts_in_five():
    lines = ["Aaaa.", "b.", "c.", "D.", "E.", "F."]
    assert paragraphs("\n".join(lines)) == ["Aaaa.\nb.\nc.", "D.", "E.", "F."]
    assert len(paragraphs("\n".join([*lines, "G."]))) == 7


def test_hard_wrapped_lines_are_one_paragraph():
    assert paragraphs(WRAPPED) == [WRAPPED]


def test_the_setting_overrules_the_look_of_a_text():
    assert len(paragraphs(WRAPPED, "paragraph")) == 3
    assert paragraphs("Rain\nin Bonn " + "x" * 100, "wrapped") == ["Rain\nin Bonn " + "x" * 100]


def test_an_unknown_setting_is_an_error_that_names_the_known_ones():
    with pytest.raises(ValueError, match="auto, paragraph, wrapped, got 'never'"):
        split_paragraphs("", "never")


def test_a_lower_case_start_goes_on_even_after_a_short_ended_line():
    assert wrapped("A line that sets the width", "It ended.", "so it did.", "It did.") == [
        "A line that sets the width|It ended.|so it did.",
        "It did.",
    ]


def test_a_word_that_would_not_have_fitted_goes_on_after_a_full_stop():
    # The width is 20: the line of 13 has room for " Berlin" and not for " Hamburg".
    width = "a line of 20 columns"
    assert wrapped(width, "It was Munich", "Hamburg won.")[-1].endswith("Munich|Hamburg won.")
    assert wrapped(width, "It was Rome..", "Berlin won.")[-1] == "Berlin won."
    assert wrapped(width, "It was Rome..", "Hamburg won.")[-1].endswith("..|Hamburg won.")


@pytest.mark.parametrize("end", ".!?:\"”’')")
def test_a_filled_line_goes_on_unless_it_ends_as_text_ends(end):
    width = "a line of 20 columns"
    assert wrapped(width, "He came to New Y", "Ork")[-1].endswith("Y|Ork")  # 16 columns
    assert wrapped(width, f"He came to New {end}", "Ork")[-1] == "Ork"


def test_three_quarters_of_the_width_are_filled_and_less_is_not():
    width = "a line of 20 columns"
    assert wrapped(width, "fifteen columns", "Bonn")[-1].endswith("columns|Bonn")
    assert wrapped(width, "just 14 column", "Bonn")[-1] == "Bonn"


def test_an_indented_line_opens_a_paragraph():
    assert wrapped("the first line", "goes on", "  and this opens one", "which goes on") == [
        "the first line|goes on",
        "and this opens one|which goes on",
    ]


WIRE = """\
Deputy Treasury Secretary Ann
Diaz said the harbour board of Port Ellis may let ships enter
again after a week of storms.
    The board meets on Monday."""


def test_wire_copy_without_its_dateline_has_a_short_first_line():
    assert len(paragraphs(WIRE)) == 2
    assert paragraphs(WIRE)[0].startswith("Deputy Treasury Secretary Ann\nDiaz said")


def test_a_short_first_line_that_ended_or_whose_next_is_short_too_is_a_paragraph():
    assert len(paragraphs(WIRE.replace("Ann", "won."))) == 3
    note = ["    Note: all figures are for the year", "which ended in March."]
    assert wrapped("Share 16 cents", "Net 566,000", *note)[0] == "Share 16 cents"


def test_a_short_first_line_is_a_paragraph_where_none_is_indented():
    assert len(paragraphs(WIRE.replace("    The board meets on Monday.", ""))) == 2


def test_the_period_of_an_abbreviation_ends_no_line():
    assert len(paragraphs(WIRE.replace("Secretary Ann", "of the U.S."))) == 2
    assert wrapped("a line of 20 columns", "He is from the U.S.", "No")[-1].endswith("U.S.|No")


def test_lines_that_open_paragraphs_tell_more_of_wrapping_than_lower_case_does():
    lines = ["Aaaa.", "b.", "C.", "D.", "7."]
    assert len(paragraphs("\n".join(lines))) == 5
    assert paragraphs("\n".join([*lines, "    E."]))[0] == "Aaaa.\nb."


def test_one_more_column_than_the_margin_is_flush():
    assert len(wrapped("the first line", " goes on", "  and on")) == 1


def test_the_margin_does_not_count_the_first_line():
    assert len(wrapped("first", "    second", "    third", "      fourth")) == 2


def test_a_tab_indents_to_the_next_multiple_of_8():
    assert len(wrapped("first", "        second", "\tthird")) == 1
    assert len(wrapped("first", "      second", "\tthird")) == 2


@pytest.mark.parametrize("blank", ["\n\n", "\r\n\r\n", "\n \t\n", "\n\u200b\n", "\f", "\u2029"])
def test_a_blank_line_always_ends_a_paragraph(blank):
    assert paragraphs(f"one{blank}two", "wrapped") == ["one", "two"]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\u2028", "\x85"])
def test_every_kind_of_newline_is_one_break(newline):
    assert len(paragraphs(f"one{newline}two", "wrapped")) == 1
    assert paragraphs(f"one{newline}two", "paragraph") == ["one", "two"]


@pytest.mark.parametrize("text", ["", " \n\t\r\n", "\u200b\n\ufeff"])
def test_a_text_with_nothing_to_see_has_no_paragraph(text):
    assert split_paragraphs(text) == []


@given(LINES, MODES)
def test_paragraphs_hold_all_that_is_visible_in_order(text, mode):
    spans = split_paragraphs(text, mode)
    assert all(start < end for start, end in spans)
    edges = [(0, 0), *spans, (len(text), len(text))]
    for (_, end), (start, _) in pairwise(edges):
        assert end <= start
        assert not hide(text[end:start]).text.strip()
    for start, end in spans:
        assert all(hide(text[at]).text.strip() for at in (start, end - 1))


@given(LINES, MODES)
def test_no_paragraph_has_a_blank_line_inside(text, mode):
    for paragraph in paragraphs(text, mode):
        assert all(hide(line).text.strip() for line in paragraph.splitlines())
        assert mode != "paragraph" or len(paragraph.splitlines()) == 1


@given(LINES)
def test_a_text_is_read_in_one_of_the_two_ways(text):
    ways = [split_paragraphs(text, "paragraph"), split_paragraphs(text, "wrapped")]
    assert split_paragraphs(text) in ways


@given(LINES, MODES)
def test_crlf_is_read_as_a_newline(text, mode):
    text = text.replace("\r", "")
    windows = paragraphs(text.replace("\n", "\r\n"), mode)
    assert [found.replace("\r\n", "\n") for found in windows] == paragraphs(text, mode)


@pytest.mark.parametrize("unit", ["a\n", "\n", "A  ", " \u200b", "\r"])
def test_long_runs_are_split_too(unit):
    text = unit * (100_000 // len(unit))
    expected = {"a\n": 50_000, "A  ": 1}
    assert len(split_paragraphs(text, "paragraph")) == expected.get(unit, 0)

"""Hidden characters and escapes leave the visible text, and every offset still counts them."""

import html
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.characters import hide

HIDDEN = "\u00ad\u200b\u200e\u202a\u2060\u2066\ufeff"
ESCAPES = ["&amp;", "&nbsp;", "&#39;", "&#x2019;", "&shy;", "&amp;nbsp;", "&unknown;", "&", ";"]
PARTS = st.one_of(st.sampled_from([*HIDDEN, *ESCAPES, "New", "lt", " ", "\n"]), st.text())
TEXTS = st.lists(PARTS).map("".join)


@pytest.mark.parametrize("character", HIDDEN)
def test_a_hidden_character_is_left_out_and_counted(character):
    visible = hide(f"{character}Lis{character}bon{character}")
    assert visible.text == "Lisbon"
    assert visible.span(0, 6) == (1, 8)


def test_a_text_without_hidden_characters_keeps_its_offsets():
    assert hide("Lisbon").span(2, 4) == (2, 4)


@given(TEXTS)
def test_every_visible_character_stands_in_its_span(text):
    visible = hide(text)
    spans = list(zip(visible.starts, visible.ends, strict=True))
    for character, (start, end) in zip(visible.text, spans, strict=True):
        slice_of_text = text[start:end]
        assert slice_of_text == character or unescape_fully(slice_of_text) == character
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(spans))
    assert set(HIDDEN).isdisjoint(visible.text)


def unescape_fully(text):
    while (once := html.unescape(text)) != text:
        text = once
    return text


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Johnson &amp; Johnson", "Johnson & Johnson"),
        ("AT&amp;T", "AT&T"),
        ("Angela&nbsp;Merkel", "Angela\u00a0Merkel"),
        ("Merkel&#39;s", "Merkel's"),
        ("Merkel&#x2019;s", "Merkel’s"),
        ("Caf&eacute;", "Café"),
        ("Lis&shy;bon&#8203;", "Lisbon"),
        ("Angela&amp;nbsp;Merkel", "Angela\u00a0Merkel"),
        ("a &#038;amp; b", "a & b"),
        ("AT&amp;T; it", "AT&T; it"),
        ("AT&T; R&D, Q&A;", "AT&T; R&D, Q&A;"),
        ("&notaname; &#; &#xg; &amp", "&notaname; &#; &#xg; &amp"),
    ],
)
def test_escapes_are_seen_as_what_they_stand_for(text, seen):
    assert hide(text).text == seen


def test_an_escape_belongs_whole_to_a_span():
    text = "Johnson &amp; Johnson&#39;s"
    assert hide(text).span(0, 17) == (0, 21)
    assert hide(text).span(8, 9) == (8, 13)
    assert hide(text).span(17, 19) == (21, 27)

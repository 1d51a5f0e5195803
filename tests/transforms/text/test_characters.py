"""Hidden characters leave the visible text, and every offset still counts them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.characters import hide, plain_name

HIDDEN = "\u00ad\u200b\u200e\u202a\u2060\u2066\ufeff"
TEXTS = st.lists(st.one_of(st.sampled_from([*HIDDEN, "New", " ", "\n"]), st.text())).map("".join)


@pytest.mark.parametrize("character", HIDDEN)
def test_a_hidden_character_is_left_out_and_counted(character):
    visible = hide(f"{character}Lis{character}bon{character}")
    assert visible.text == "Lisbon"
    assert visible.span(0, 6) == (1, 8)


def test_a_text_without_hidden_characters_keeps_its_offsets():
    assert hide("Lisbon").span(2, 4) == (2, 4)


@given(TEXTS)
def test_every_visible_character_stands_at_its_offset(text):
    visible = hide(text)
    assert [text[offset] for offset in visible.offsets] == list(visible.text)
    assert set(HIDDEN).isdisjoint(visible.text)


@given(TEXTS)
def test_hiding_twice_hides_nothing_more(text):
    once = hide(text).text
    assert hide(once).text == once


def test_a_plain_name_has_single_spaces_and_nothing_hidden():
    assert plain_name(" New\r\n\u00a0 Yo\u00adrk\u200b\t") == "New York"


@given(TEXTS)
def test_a_plain_name_is_its_own_plain_name(text):
    assert plain_name(plain_name(text)) == plain_name(text)

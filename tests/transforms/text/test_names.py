"""A plain name is what all forms of a name on the page have in common."""

from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.text.test_characters import HIDDEN
from transforms.text.names import plain_name


def test_a_plain_name_has_single_spaces_and_nothing_hidden():
    assert plain_name(" New\r\n\u00a0 Yo\u00adrk\u200b\t") == "New York"


def test_a_plain_name_has_no_escapes():
    assert plain_name("Johnson &amp;&nbsp;Johnson") == "Johnson & Johnson"


@given(st.lists(st.one_of(st.sampled_from([*HIDDEN, "New", " ", "\n"]), st.text())).map("".join))
def test_a_plain_name_is_its_own_plain_name(text):
    assert plain_name(plain_name(text)) == plain_name(text)

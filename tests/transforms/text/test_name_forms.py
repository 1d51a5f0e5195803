"""A name by itself has a form without titles, possessives, dots and articles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.name_forms import bare_form


@pytest.mark.parametrize(
    ("name", "label", "form"),
    [
        ("U.S.", "LOC", "US"),
        ("U.S", "LOC", "US"),
        ("U.S. Senate", "ORG", "US Senate"),
        ("U.S.-led", "MISC", "US-led"),
        ("St. Louis", "LOC", "St. Louis"),
        ("Amazon.com", "ORG", "Amazon.com"),
        ("The New York Times", "ORG", "New York Times"),
        ("The Hague", "LOC", "The Hague"),
        ("McDonald's", "ORG", "McDonald's"),
        ("Ada Lima\u2019s", "PER", "Ada Lima"),
        ("Rhys'", "PER", "Rhys"),
        ("St. Ada's", "LOC", "St. Ada's"),
        ("L.L.Lima", "ORG", "L.L.Lima"),
        ("Bill O\u2019Neil", "PER", "Bill O'Neil"),
        ("Sen. Ada Lima", "PER", "Ada Lima"),
        ("Prime Minister Ada Lima", "PER", "Ada Lima"),
        ("Adv Tšosane", "PER", "Tšosane"),
        ("President", "PER", "President"),
        ("General Lima", "ORG", "General Lima"),
        ("J. K. Lima", "PER", "JK Lima"),
        ("J.K. Lima", "PER", "JK Lima"),
        ("Ada H. W. Lima", "PER", "Ada HW Lima"),
        ("Ada W. Lima", "PER", "Ada W. Lima"),
        ("J. Lima", "PER", "J. Lima"),
    ],
)
def test_forms(name, label, form):
    assert bare_form(name, label) == form


NAMES = st.lists(
    st.sampled_from(
        ["The", "Sen.", "U.S.", "J.", "K.", "Lima's", "O’Neil", "'s", "Ada", ".", "the"]
    ),
    min_size=1,
    max_size=5,
).map(" ".join)


@given(NAMES | st.text(min_size=1), st.sampled_from(["PER", "LOC", "ORG", "MISC"]))
def test_a_form_is_never_empty_and_begins_and_ends_with_no_space(name, label):
    form = bare_form(name, label)
    assert bool(form) == bool(name)

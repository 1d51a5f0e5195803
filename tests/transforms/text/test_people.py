"""Names of people that a document has for one person become one name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.people import parse_name, same_people


@pytest.mark.parametrize(
    ("names", "people"),
    [
        # a part of one full name
        (["Ada Lima", "Lima"], ["Ada Lima", "Ada Lima"]),
        (["Ada Lima", "Ada"], ["Ada Lima", "Ada Lima"]),
        (["Ada Lima", "LIMA"], ["Ada Lima", "Ada Lima"]),
        (["Ada de Lima", "de Lima", "De Lima"], ["Ada de Lima"] * 3),
        (["Ada Maria Lima", "Maria Lima", "Ada Maria"], ["Ada Maria Lima"] * 3),
        (["Ada W. Lima", "Ada W."], ["Ada Lima"] * 2),
        # a part of several, or of none
        (["Ada Lima", "Bo Lima", "Lima"], ["Ada Lima", "Bo Lima", "Lima"]),
        (["Ada Lima", "Ada Okafor", "Ada"], ["Ada Lima", "Ada Okafor", "Ada"]),
        (["Ada Lima", "Bo Ada", "Ada"], ["Ada Lima", "Bo Ada", "Bo Ada"]),
        (["Ada Lima", "Okafor"], ["Ada Lima", "Okafor"]),
        # middle names
        (["Ada W. Lima", "Ada Lima"], ["Ada Lima", "Ada Lima"]),
        (["Ada W. Lima"], ["Ada Lima"]),
        (["Ada Wren Lima", "Ada W. Lima", "Lima"], ["Ada Lima"] * 3),
        (["Ada Wren Lima", "Ada Lima"], ["Ada Lima"] * 2),
        (["Ada Wren Lima"], ["Ada Wren Lima"]),
        (["Ada HW Lima", "Ada W. Lima", "Lima"], ["Ada HW Lima", "Ada W. Lima", "Lima"]),
        (["ADA DE LIMA"], ["ADA DE LIMA"]),
        (["ADA W. LIMA", "Ada Lima"], ["Ada Lima", "Ada Lima"]),
        # suffixes
        (["Ada Lima, Jr.", "Lima"], ["Ada Lima", "Ada Lima"]),
        (["Ada Lima III", "Ada Lima"], ["Ada Lima", "Ada Lima"]),
        (
            ["Ada Lima Jr", "Ada W. Lima", "Lima", "Lima Jr."],
            ["Ada Lima Jr.", "Ada Lima", "Ada Lima", "Ada Lima Jr."],
        ),
        (["Lima Jr.", "Ada"], ["Lima Jr.", "Ada"]),
        # namesakes that are known by them
        (["George W. Bush", "Bush"], ["George W. Bush", "George W. Bush"]),
        (["George W. Bush", "George Bush"], ["George W. Bush", "George W. Bush"]),
        (["Donald J. Trump Jr."], ["Donald J. Trump Jr."]),
    ],
)
def test_people_of_a_document(names, people):
    found = same_people(names)
    assert [found[name] for name in names] == people


def test_a_name_without_a_first_or_a_last_name_is_not_full():
    assert [parse_name(name) for name in ("Ada", "Ada Jr.", "Ada W.")] == [None] * 3


NAMES = st.lists(
    st.lists(
        st.sampled_from(["Ada", "Bo", "Lima", "LIMA", "de", "W.", "H.W.", "DE", "Jr.", "III", ""]),
        min_size=1,
        max_size=4,
    ).map(" ".join),
    max_size=8,
)


@given(NAMES, st.randoms())
def test_the_order_of_the_names_does_not_matter(names, random):
    assert same_people(random.sample(names, len(names))) == same_people(names)


@given(NAMES)
def test_every_name_has_a_person(names):
    people = same_people(set(names))
    assert people.keys() == set(names)
    assert all(people[name] for name in names if name)

"""The words at the edges of names are known."""

import pytest

from transforms.text.name_words import CERTAIN, TYPES, is_title


@pytest.mark.parametrize("word", ["Sen.", "Rep.", "Reps.", "Messrs.", "Sen", "Adv", "President"])
def test_titles_are_no_part_of_a_person(word):
    assert is_title(word, "PER")


@pytest.mark.parametrize("word", ["J.", "U.S.", "St.", "Jr.", "Senate", "Prince", "Lord", "sen"])
def test_initials_and_names_are_no_titles(word):
    assert not is_title(word, "PER")


def test_only_abbreviations_are_titles_outside_people():
    assert [word for word in ("Rep.", "Sen", "Premier", "President") if is_title(word, "MISC")] == [
        "Rep.",
        "Sen",
    ]


def test_certain_labels_are_among_the_types():
    assert set(CERTAIN.values()) <= TYPES

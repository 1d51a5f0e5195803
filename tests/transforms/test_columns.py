"""Columns are lists of lists, laid one after the other."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from transforms.columns import Sentences, Words, starts_of, stretches

LISTS = st.lists(st.lists(st.sampled_from("abc"), max_size=4), max_size=6)


@given(LISTS)
def test_words_come_back_as_lists(sentences):
    words = Words.of(sentences)
    assert words.lists() == sentences
    assert sorted(words.forms) == sorted({word for sentence in sentences for word in sentence})


@given(LISTS, st.randoms())
def test_stretches_are_slices_one_after_the_other(lists, random):
    counts = np.array([len(one) for one in lists], np.int64)
    flat = np.array([value for one in lists for value in one])
    order = random.sample(range(len(lists)), len(lists))
    picked = stretches(starts_of(counts)[order], counts[order])
    assert flat[picked].tolist() == [value for index in order for value in lists[index]]


def test_sentences_are_slices_of_their_texts():
    columns = [np.array(column) for column in ([1, 1], [0, 1], [0, 5], [4, 8])]
    assert Sentences(*columns).strings(["", "Rain fell"]) == ["Rain", "fel"]

"""Windows cover a sentence and show every word's surroundings."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.columns import starts_of
from transforms.model.windows import choose_windows, cut_windows, find_windows

CAPACITY = 64
SMALL_WORDS = st.lists(st.integers(0, 6), min_size=1, max_size=300)
ANY_WORDS = st.lists(st.integers(0, CAPACITY), max_size=120)


def pieces_between(counts: list[int], start: int, end: int) -> int:
    return sum(counts[start:end])


def test_a_sentence_that_fits_is_one_window():
    assert cut_windows([3, 3, 4], 10) == [range(3)]


def test_a_sentence_without_words_has_no_window():
    assert cut_windows([], 10) == []


def test_windows_of_a_long_sentence_share_half():
    assert cut_windows([1] * 10, 4) == [range(4), range(2, 6), range(4, 8), range(6, 10)]


def test_a_word_over_the_capacity_is_an_error():
    with pytest.raises(ValueError, match="a word of 11 pieces is over the window of 10"):
        cut_windows([1, 11], 10)


@given(ANY_WORDS)
def test_windows_cover_every_word_within_the_capacity(counts):
    windows = cut_windows(counts, CAPACITY)
    assert {word for window in windows for word in window} == set(range(len(counts)))
    assert all(pieces_between(counts, w.start, w.stop) <= CAPACITY for w in windows)
    assert all(a.start < b.start and a.stop < b.stop for a, b in pairwise(windows))


@given(ANY_WORDS)
def test_a_word_takes_the_window_with_most_context(counts):
    windows = cut_windows(counts, CAPACITY)

    def context(word: int, window: range) -> int:
        if word not in window:
            return -1
        left = pieces_between(counts, window.start, word)
        return min(left, pieces_between(counts, word + 1, window.stop))

    for word, chosen in enumerate(choose_windows(counts, windows)):
        assert context(word, windows[chosen]) == max(context(word, w) for w in windows)


@given(SMALL_WORDS)
def test_every_word_sees_a_quarter_of_the_window_to_each_side(counts):
    windows = cut_windows(counts, CAPACITY)
    enough = CAPACITY // 4 - 2 * max(counts)
    for word, chosen in enumerate(choose_windows(counts, windows)):
        left = pieces_between(counts, windows[chosen].start, word)
        right = pieces_between(counts, word + 1, windows[chosen].stop)
        assert left >= min(enough, pieces_between(counts, 0, word))
        assert right >= min(enough, pieces_between(counts, word + 1, len(counts)))


@given(st.lists(st.lists(st.integers(0, CAPACITY), max_size=40), max_size=6))
def test_many_sentences_at_once_have_the_windows_of_each_by_itself(sentences):
    counts = np.array([len(one) for one in sentences], np.int64)
    flat = np.array([count for one in sentences for count in one], np.int64)
    found = find_windows(counts, flat, CAPACITY)
    expected = []
    first = 0
    for index, one in enumerate(sentences):
        spans = cut_windows(one, CAPACITY)
        chosen = choose_windows(one, spans)
        for place, span in enumerate(spans):
            takes = [chosen[word] == place and one[word] > 0 for word in span]
            if any(takes):
                expected.append((index, [first + word for word in span], takes))
        first += len(one)
    bounds = starts_of(found.count)[1:]
    rows = zip(
        found.sentence.tolist(),
        np.split(found.words, bounds),
        np.split(found.takes, bounds),
        strict=False,  # nothing is split into one empty stretch
    )
    assert [(index, own.tolist(), take.tolist()) for index, own, take in rows] == expected

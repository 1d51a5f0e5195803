"""Cuts long sentences into windows, which the model can read at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from transforms.columns import Flags, Integers, starts_of, stretches


def cut_windows(piece_counts: Sequence[int], capacity: int) -> list[range]:
    """Cuts a sentence into windows of whole words that the model can read at once.

    A sentence that fits is one window. The windows of a longer one overlap by about half of
    `capacity`, so that a word near the end of one window is well inside another.

    Args:
      piece_counts: (word,), the number of pieces of each word, each at most `capacity`.
      capacity: the most pieces a window may hold.

    Returns:
      The words of each window, as indices; every word is in at least one window.

    Raises:
      ValueError: a word has more pieces than `capacity`.

    >>> cut_windows([2, 2, 2, 2], 4)
    [range(0, 2), range(1, 3), range(2, 4)]
    """
    if max(piece_counts, default=0) > capacity:
        raise ValueError(f"a word of {max(piece_counts)} pieces is over the window of {capacity}")
    before = [0, *accumulate(piece_counts)]
    word_count = len(piece_counts)
    windows: list[range] = []
    start = end = 0
    while end < word_count:
        while end < word_count and before[end + 1] - before[start] <= capacity:
            end += 1
        windows.append(range(start, end))
        start += 1
        # However much they overlap, the next window has to take at least one more word.
        while start < end < word_count and (
            before[end] - before[start] > capacity // 2
            or before[end + 1] - before[start] > capacity
        ):
            start += 1
    return windows


def choose_windows(piece_counts: Sequence[int], windows: Sequence[range]) -> list[int]:
    """Chooses for each word the window that shows most of its surroundings.

    This is the window that has the most pieces on the word's shorter side. If several have, it is
    the first of them.

    Args:
      piece_counts: (word,), as for `cut_windows`.
      windows: (window,), as `cut_windows` returns them.

    Returns:
      (word,), an index into `windows` for each word.

    >>> choose_windows([2, 2, 2, 2], [range(0, 3), range(1, 4)])
    [0, 0, 1, 1]
    """
    before = [0, *accumulate(piece_counts)]
    chosen = [0] * len(piece_counts)
    most = [-1] * len(piece_counts)
    for index, window in enumerate(windows):
        for word in window:
            left = before[word] - before[window.start]
            right = before[window.stop] - before[word + 1]
            if min(left, right) > most[word]:
                chosen[word], most[word] = index, min(left, right)
    return chosen


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """The windows of many sentences, in columns. A slot is a word in a window.

    Attributes:
      sentence: (window,), indices of sentences.
      start: (window,), index of the window's first word among the words of all sentences.
      count: (window,), how many words, and so slots, it has.
      takes: (slot,), whether the word takes its tag from this window. One window of each word
        does, unless the word has no pieces.
    """

    sentence: Integers
    start: Integers
    count: Integers
    takes: Flags

    @property
    def words(self) -> Integers:
        """Returns the word in each slot."""
        return stretches(self.start, self.count)

    def choose(self, windows: Integers) -> "Windows":
        """Returns some windows, in the order of their indices."""
        slots = stretches(starts_of(self.count)[windows], self.count[windows])
        return Windows(
            self.sentence[windows], self.start[windows], self.count[windows], self.takes[slots]
        )


def find_windows(word_counts: Integers, piece_counts: Integers, capacity: int) -> Windows:
    """Returns the windows of many sentences, in order; nearly every sentence is one window.

    Windows from which no word takes its tag are left out.

    Args:
      word_counts: (sentence,).
      piece_counts: (word,), of all sentences, each at most `capacity`.
      capacity: the most pieces a window may hold.
    """
    starts = starts_of(word_counts)
    before = np.concatenate([[0], np.cumsum(piece_counts)])
    pieces = before[starts + word_counts] - before[starts]
    [long] = np.nonzero(pieces > capacity)
    [short] = np.nonzero((pieces > 0) & (pieces <= capacity))
    found = [
        Windows(
            short,
            starts[short],
            word_counts[short],
            piece_counts[stretches(starts[short], word_counts[short])] > 0,
        )
    ]
    for sentence in long.tolist():
        start, count = int(starts[sentence]), int(word_counts[sentence])
        found += _windows_of_long(sentence, start, piece_counts[start : start + count], capacity)
    joined = _join(found)
    return joined.choose(np.argsort(joined.sentence, kind="stable"))


def _windows_of_long(
    sentence: int, start: int, piece_counts: Integers, capacity: int
) -> list[Windows]:
    counts = piece_counts.tolist()
    spans = cut_windows(counts, capacity)
    chosen = np.array(choose_windows(counts, spans))
    windows = []
    for index, span in enumerate(spans):
        inside = slice(span.start, span.stop)
        takes = (chosen[inside] == index) & (piece_counts[inside] > 0)
        if takes.any():
            place = np.array([sentence]), np.array([start + span.start]), np.array([len(span)])
            windows.append(Windows(*place, takes))
    return windows


def _join(windows: Sequence[Windows]) -> Windows:
    return Windows(
        np.concatenate([one.sentence for one in windows]),
        np.concatenate([one.start for one in windows]),
        np.concatenate([one.count for one in windows]),
        np.concatenate([one.takes for one in windows]),
    )

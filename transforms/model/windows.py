"""Cuts long sentences into windows, which the model can read at once."""

from collections.abc import Sequence
from itertools import accumulate


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

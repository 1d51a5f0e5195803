"""Cuts sequences into batches, without any tensors."""

from collections.abc import Sequence


def cut_batches(lengths: Sequence[int], token_budget: int) -> list[list[int]]:
    """Cuts sequences into batches of like length, so that little is computed for padding.

    Args:
      lengths: (sequence,), the pieces of each sequence, special ones included.
      token_budget: the most padded pieces that a batch may have, `longest x sequences`. A
        sequence that is longer than that is a batch by itself.

    Returns:
      (batch, sequence), indices into `lengths`. The longest come first, so that a batch which is
      too large for the memory fails at the start.

    >>> cut_batches([3, 9, 4, 3], 8)
    [[1], [2, 0], [3]]
    """
    order = sorted(range(len(lengths)), key=lambda index: -lengths[index])
    batches = []
    start = 0
    while start < len(order):
        size = max(1, token_budget // max(1, lengths[order[start]]))
        batches.append(order[start : start + size])
        start += size
    return batches

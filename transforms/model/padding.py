"""Lays windows out in padded batches, as the tensors that a network reads."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from transforms.columns import Integers, starts_of, stretches
from transforms.model.pieces import Pieces, WordPieces
from transforms.model.windows import Windows


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Windows that the network reads in one pass, the longest first.

    Attributes:
      words: (tag,), the words that take their tags from this batch.
      pieces: (window, piece), int64 ids, special ones and padding included.
      lengths: (window,), int64, how many pieces each has without padding.
      rows, columns: (tag,), int64, the place in `pieces` of the first piece of each of `words`.
    """

    words: Integers
    pieces: Tensor
    lengths: Tensor
    rows: Tensor
    columns: Tensor

    def __len__(self) -> int:
        return len(self.lengths)

    def __getitem__(self, part: slice) -> "Batch":
        """Returns a part of its windows as a batch, with the padding that this part needs."""
        rows = range(len(self))[part]
        inside = (self.rows >= rows.start) & (self.rows < rows.stop)
        lengths = self.lengths[part]
        return Batch(
            self.words[inside.numpy(force=True)],
            self.pieces[part, : int(lengths.max())],
            lengths,
            self.rows[inside] - rows.start,
            self.columns[inside],
        )

    @property
    def padded(self) -> int:
        """How many pieces the network computes, padding included."""
        return self.pieces.numel()


def window_lengths(windows: Windows, words: WordPieces, special: Pieces) -> Integers:
    """Returns how many pieces each window has, special ones included."""
    before = np.concatenate([[0], np.cumsum(words.counts)])
    inner = before[windows.start + windows.count] - before[windows.start]
    return np.asarray(inner + len(special.prefix) + len(special.suffix))


def round_up(lengths: Integers, multiple: int) -> Integers:
    """Returns the next multiple of each length.

    >>> round_up(np.array([8, 9]), 8).tolist()
    [8, 16]
    """
    return -(-lengths // multiple) * multiple


def pad_batches(
    windows: Windows,
    words: WordPieces,
    special: Pieces,
    sizes: Sequence[int],
    multiple: int,
    device: torch.device,
) -> list[Batch]:
    """Lays windows out in batches. All batches share a few tensors, so each is sent only once.

    Args:
      windows: in the order of the batches, the longest of each batch first.
      words: the pieces of all words.
      special: has the special pieces and that of the padding.
      sizes: (batch,), how many windows each batch has.
      multiple: of which the width of a batch is one.
    """
    if not sizes:
        return []
    slots = windows.words
    counts = words.counts[slots]
    lengths = window_lengths(windows, words, special)
    before = starts_of(counts)
    columns = (
        len(special.prefix) + before - np.repeat(before[starts_of(windows.count)], windows.count)
    )

    of_batch = np.array(sizes)
    firsts = starts_of(of_batch)
    widths = round_up(lengths[firsts], multiple)
    padded = of_batch * widths
    rows = np.arange(len(lengths)) - np.repeat(firsts, of_batch)
    starts = np.repeat(starts_of(padded), of_batch) + rows * np.repeat(widths, of_batch)

    pieces = _special_only(padded.sum(), starts, starts + lengths, special)
    pieces[stretches(np.repeat(starts, windows.count) + columns, counts)] = words.of_words(slots)
    ids = _send(pieces, device).split(padded.tolist())

    tags = np.add.reduceat(windows.takes, starts_of(windows.count), dtype=np.int64)
    tags_of_batch = np.add.reduceat(tags, firsts)
    parts = zip(
        np.split(slots[windows.takes], starts_of(tags_of_batch)[1:]),
        [of_one.view(size, -1) for of_one, size in zip(ids, sizes, strict=True)],
        _send(lengths, device).split(list(sizes)),
        _send(np.repeat(rows, tags), device).split(tags_of_batch.tolist()),
        _send(columns[windows.takes], device).split(tags_of_batch.tolist()),
        strict=True,
    )
    return [Batch(*columns) for columns in parts]


def _special_only(total: int, starts: Integers, ends: Integers, special: Pieces) -> Integers:
    """Returns padding, with the special pieces where each window starts and ends."""
    pieces = np.full(total, special.padding)
    for place, piece in enumerate(special.prefix):
        pieces[starts + place] = piece
    for place, piece in enumerate(reversed(special.suffix), start=1):
        pieces[ends - place] = piece
    return pieces


def _send(column: Integers, device: torch.device) -> Tensor:
    """Copies a column to the device; a GPU goes on while it does."""
    tensor = torch.from_numpy(np.ascontiguousarray(column, np.int64))
    if device.type == "cpu":
        return tensor
    return tensor.pin_memory().to(device, non_blocking=True)

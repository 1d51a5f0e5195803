"""Encodes sentences, with a distribution over the labels for every word: gold or a teacher's."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from pipeline.evaluation.conll import LabelledSentence
from training.shapes import PieceTypes, encode_words

# Sentences with more pieces are left out; news has next to none.
MAX_PIECES = 256


@dataclass(frozen=True, slots=True)
class Example:
    """An encoded sentence, without special pieces.

    Attributes:
      pieces: (piece,) ids, uint16.
      types: (piece,) shapes, uint8.
      first: (piece,) bool, True at the first piece of a word.
      targets: (word, guideline * label) probabilities, float16, all 0 for a guideline that says
        nothing of the sentence; (0, 0) before a teacher has seen it.
    """

    pieces: NDArray[np.uint16]
    types: NDArray[np.uint8]
    first: NDArray[np.bool_]
    targets: NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class Batch:
    """Encoded sentences as padded tensors, with special pieces.

    Attributes:
      pieces, types, mask: (sentence, piece), int64.
      first: (sentence, piece), bool.
      targets: (word, guideline * label), float32, in the order of `first`.
    """

    pieces: Tensor
    types: Tensor
    mask: Tensor
    first: Tensor
    targets: Tensor


def encode_sentences(
    sentences: Iterable[Sequence[str]], tokenizer: PreTrainedTokenizerBase
) -> Iterator[Example | None]:
    """Encodes sentences of words; yields None for too many pieces, or for a word without any."""
    table: dict[str, tuple[list[int], list[int]]] = {}
    for sentence in sentences:
        unseen = [word for word in dict.fromkeys(sentence) if word not in table]
        if unseen:
            table.update(zip(unseen, encode_words(unseen, tokenizer), strict=True))
        words = [table[word] for word in sentence]
        pieces = [piece for word, _ in words for piece in word]
        if not all(word for word, _ in words) or len(pieces) > MAX_PIECES:
            yield None
            continue
        yield Example(
            np.array(pieces, np.uint16),
            np.array([shape for _, types in words for shape in types], np.uint8),
            np.array([index == 0 for word, _ in words for index in range(len(word))], np.bool_),
            np.zeros((0, 0), np.float16),
        )


def gold_examples(
    sentences: Sequence[LabelledSentence],
    labels: Sequence[str],
    tokenizer: PreTrainedTokenizerBase,
    guideline: int = 0,
    guidelines: int = 1,
) -> list[Example]:
    """Encodes sentences; each word's gold label has all of the probability.

    Args:
      guideline: which of the guidelines the labels follow; the others say nothing.
    """
    numbers = {label: number for number, label in enumerate(labels, guideline * len(labels))}
    certain = np.eye(guidelines * len(labels), dtype=np.float16)
    encoded = encode_sentences((sentence.words for sentence in sentences), tokenizer)
    return [
        Example(
            example.pieces,
            example.types,
            example.first,
            certain[[numbers[label] for label in sentence.labels]],
        )
        for sentence, example in zip(sentences, encoded, strict=True)
        if example is not None
    ]


class Collator:
    """Makes batches, and changes the case of some sentences.

    Attributes:
      recased: the share of sentences that are put in capitals, in lower case or into a
        headline's title case, a third each.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, recased: float = 0.0) -> None:
        self._types = PieceTypes(tokenizer)
        self._start, self._end = tokenizer.cls_token_id, tokenizer.sep_token_id
        self._padding = tokenizer.pad_token_id
        self.recased = recased

    def __call__(self, examples: Sequence[Example], random: np.random.Generator) -> Batch:
        longest = max(len(example.pieces) for example in examples) + 2
        pieces = np.full((len(examples), longest), self._padding, np.int64)
        types, mask = np.zeros_like(pieces), np.zeros_like(pieces)
        first = np.zeros(pieces.shape, np.bool_)
        for row, example in enumerate(examples):
            end = len(example.pieces) + 1
            pieces[row, 0], pieces[row, 1:end], pieces[row, end] = (
                self._start,
                example.pieces,
                self._end,
            )
            types[row, 1:end] = self._recase(example, random)
            mask[row, : end + 1] = 1
            first[row, 1:end] = example.first
        targets = np.concatenate([example.targets for example in examples])
        return Batch(
            *map(torch.from_numpy, (pieces, types, mask, first, targets.astype(np.float32)))
        )

    def _recase(self, example: Example, random: np.random.Generator) -> NDArray[np.integer]:
        draw = random.random()
        if draw >= self.recased:
            return example.types
        pieces = example.pieces
        if draw < self.recased / 3:
            return self._types.upper(pieces)
        if draw < self.recased * 2 / 3:
            return np.zeros_like(example.types)
        # Some papers capitalise every word of a headline, others leave the short ones.
        shortest = int(random.choice([1, 4]))
        return self._types.title(pieces, example.types, example.first, shortest)


def batches_of(
    lengths: NDArray[np.integer], size: int, random: np.random.Generator | None
) -> list[NDArray[np.integer]]:
    """Cuts sentences into batches of like length, in random order if `random` is given."""
    order = random.permutation(len(lengths)) if random else np.arange(len(lengths))
    pool = size * 50 if random else len(lengths)
    batches: list[NDArray[np.integer]] = []
    for start in range(0, len(order), pool):
        part = order[start : start + pool]
        part = part[np.argsort(-lengths[part], kind="stable")]
        batches += [part[at : at + size] for at in range(0, len(part), size)]
    if random:
        random.shuffle(batches)
    return batches


def save_examples(path: Path, examples: Sequence[Example]) -> None:
    """Writes a shard of examples, so that it is there whole or not at all."""
    unfinished = path.with_suffix(".tmp.npz")
    np.savez(
        unfinished,
        pieces=np.concatenate([example.pieces for example in examples]),
        types=np.concatenate([example.types for example in examples]),
        first=np.concatenate([example.first for example in examples]),
        targets=np.concatenate([example.targets for example in examples]),
        piece_counts=np.array([len(example.pieces) for example in examples]),
        word_counts=np.array([len(example.targets) for example in examples]),
    )
    unfinished.rename(path)


def load_examples(path: Path, shares: Sequence[float] = (1.0,)) -> list[Example]:
    """Reads a shard as `save_examples` writes it, with one mixture of what the guidelines say.

    Args:
      shares: (guideline,), which add up to 1; the targets become (word, label).
    """
    with np.load(path) as stored:
        by_guideline = stored["targets"].reshape(len(stored["targets"]), len(shares), -1)
        mixed = np.tensordot(by_guideline, np.array(shares, np.float16), (1, 0))
        pieces = np.cumsum(stored["piece_counts"])[:-1]
        words = np.cumsum(stored["word_counts"])[:-1]
        return [
            Example(*columns)
            for columns in zip(
                np.split(stored["pieces"], pieces),
                np.split(stored["types"], pieces),
                np.split(stored["first"], pieces),
                np.split(mixed, words),
                strict=True,
            )
        ]

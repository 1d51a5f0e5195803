"""Loads the networks, and makes batches for them that lie on the device beforehand."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from benchmarks.gpu.figures import Row
from benchmarks.gpu.settings import Setting
from benchmarks.gpu.texts import Sentence, count_words, make_sentences
from benchmarks.gpu.timing import albert_flops, check_time, measure, wait_for
from transforms.model.checkpoint import load_model
from transforms.model.quiet import quiet
from transforms.model.tokenizer import load_tokenizer

_SAMPLE_WORDS = 20_000


@dataclass(frozen=True, slots=True)
class Batch:
    """Sentences that a network reads at once.

    Attributes:
      ids: (sentence, piece), padded to the longest.
      lengths: (sentence,), the pieces of each.
      mask: (sentence, piece), 1 at what is no padding.
    """

    ids: Tensor
    lengths: list[int]
    mask: Tensor

    @property
    def shape(self) -> tuple[int, int]:
        rows, length = self.ids.shape
        return rows, length


# Returns logits, (sentence, piece, class).
Forward = Callable[[Batch], Any]


def load_network(model: str, setting: Setting) -> Any:
    """Loads a network as the tagger has it."""
    return load_model(setting.folder(model), setting.device, setting.precision)


def sample_lengths(model: str, setting: Setting) -> tuple[list[int], float]:
    """Returns the pieces of some sentences, special ones included, and the pieces of a word."""
    words = min(_SAMPLE_WORDS, setting.sizes.pass_pieces)
    sentences = make_sentences(words, seed=0)
    lengths = piece_counts(model, sentences, setting)
    return lengths, (sum(lengths) - 2 * len(lengths)) / count_words(sentences)


def piece_counts(model: str, sentences: list[Sentence], setting: Setting) -> list[int]:
    with quiet():
        encoded = load_tokenizer(setting.folder(model))(sentences, is_split_into_words=True)
    return [len(ids) for ids in encoded["input_ids"]]


def make_batches(
    lengths: list[int], budget: int, setting: Setting, *, multiple: int = 1, pieces: int = 0
) -> list[Batch]:
    """Makes a pass of batches of random ids, cut as the tagger cuts them: the longest first.

    Args:
      lengths: the pieces of sentences, among which the lengths are drawn.
      budget: the most padded pieces of a batch.
      multiple: of this a batch's padded length is a multiple.
      pieces: of the whole pass; 0 takes the setting's.
    """
    drawn = draw_lengths(lengths, pieces or setting.sizes.pass_pieces)
    batches = []
    while drawn:
        longest = -(-drawn[0] // multiple) * multiple
        rows = max(1, budget // longest)
        batches.append(_batch(drawn[:rows], longest, setting))
        drawn = drawn[rows:]
    return batches


def draw_lengths(lengths: list[int], pieces: int) -> list[int]:
    """Draws lengths until they have so many pieces together; the longest come first."""
    choose = random.Random(1)
    drawn: list[int] = []
    total = 0
    while total < pieces:
        drawn.append(choose.choice(lengths))
        total += drawn[-1]
    return sorted(drawn, reverse=True)


def fixed_batches(setting: Setting) -> list[Batch]:
    """Makes a batch for each of a few shapes, whose sentences lack a tenth of their length."""
    sizes = setting.sizes
    return [
        _batch([length - length // 10] * (sizes.budget // length), length, setting)
        for length in sizes.lengths
    ]


def _batch(lengths: list[int], longest: int, setting: Setting) -> Batch:
    # Every vocabulary has so many pieces, and time does not depend on which they are.
    ids = torch.randint(5, 1000, (len(lengths), longest))
    mask = (torch.arange(longest) < torch.tensor(lengths)[:, None]).long()
    return Batch(ids.to(setting.device), lengths, mask.to(setting.device))


def plain(network: Any) -> Forward:
    """Returns the forward pass with a mask of 0 and 1, as a user of transformers writes it."""
    return lambda batch: network(input_ids=batch.ids, attention_mask=batch.mask).logits


def measure_forward(
    forward: Forward, batches: Iterable[Batch], config: Any, words_a_piece: float, setting: Setting
) -> Row:
    """Measures a forward pass over batches.

    Args:
      words_a_piece: words a piece, special pieces included.

    Returns:
      What `measure` does, and `pieces_per_s` without padding, `words_per_s`, `tflops` with padding,
      and `padding`, the share of it.
    """
    batches = list(batches)
    shapes = [batch.shape for batch in batches]
    with torch.inference_mode():
        seconds = _first_pass(forward, batches, setting)
        row = measure(lambda _: [forward(batch) for batch in batches], setting)
    pieces = sum(sum(batch.lengths) for batch in batches)
    padded = sum(rows * length for rows, length in shapes)
    return row | {
        "first_s": seconds,
        "batches": len(batches),
        "pieces_per_s": pieces / row["median_s"],
        "words_per_s": pieces * words_a_piece / row["median_s"],
        "tflops": albert_flops(config, shapes) / row["median_s"] / 1e12,
        "padding": 1 - pieces / padded,
    }


def _first_pass(forward: Forward, batches: list[Batch], setting: Setting) -> float:
    """Passes over the batches once, in which libraries may take long for each new shape.

    Raises:
      NotMeasured: the part's time is over meanwhile.
    """
    left = setting.seconds_left
    for batch in batches:
        forward(batch)
        wait_for(setting.device)
        check_time(setting)
    return left - setting.seconds_left

"""What is learnt has the pieces, shapes and targets of its sentences."""

import numpy as np
import pytest

from tests.training.tiny import WORDS
from training.corpus import (
    MAX_PIECES,
    Collator,
    Example,
    batches_of,
    encode_sentences,
    load_examples,
    save_examples,
)
from training.shapes import encode_words


def test_a_batch_has_what_the_examples_have(tokenizer, examples):
    batch = Collator(tokenizer)(examples, np.random.default_rng(0))
    assert batch.pieces.shape == batch.types.shape == batch.mask.shape == batch.first.shape
    assert batch.first.sum(dim=1).tolist() == [len(WORDS), 1]
    assert batch.targets.argmax(dim=1).tolist() == [1, 2, *[0] * 8, 1]
    assert batch.mask.sum(dim=1).tolist() == [len(examples[0].pieces) + 2, 3]


@pytest.mark.parametrize("change", [str.upper, str.lower])
def test_a_recased_sentence_is_encoded_as_if_it_stood_so_in_the_text(tokenizer, examples, change):
    collate = Collator(tokenizer, recased=1.0)
    seen = {
        tuple(collate(examples[:1], np.random.default_rng(i)).types[0].tolist()) for i in range(20)
    }
    types = [
        shape
        for _, shapes in encode_words([change(w) for w in WORDS], tokenizer)
        for shape in shapes
    ]
    assert (0, *types, 0) in seen


def test_a_sentence_that_is_too_long_is_left_out(tokenizer):
    fits, too_long, empty = encode_sentences(
        [["ann"] * MAX_PIECES, ["ann"] * (MAX_PIECES + 1), ["ann", "\u200b"]], tokenizer
    )
    assert fits is not None
    assert len(fits.pieces) == MAX_PIECES
    assert too_long is None
    assert empty is None


@pytest.mark.parametrize("random", [None, np.random.default_rng(0)], ids=["in order", "at random"])
def test_every_sentence_is_in_one_batch_of_like_lengths(random):
    lengths = np.random.default_rng(1).integers(1, 40, 130)
    batches = batches_of(lengths, 8, random)
    assert sorted(np.concatenate(batches).tolist()) == list(range(130))
    assert sorted(map(len, batches)) == [2, *[8] * 16]
    assert np.mean([np.ptp(lengths[batch]) for batch in batches]) < 5


def test_a_shard_is_read_as_it_was_written(tmp_path, examples):
    save_examples(tmp_path / "0.npz", examples)
    assert [path.name for path in tmp_path.iterdir()] == ["0.npz"]
    for before, after in zip(examples, load_examples(tmp_path / "0.npz"), strict=True):
        for name in Example.__slots__:
            assert np.array_equal(getattr(before, name), getattr(after, name))

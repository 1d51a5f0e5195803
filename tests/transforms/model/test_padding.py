"""Windows lie in batches as a tokenizer would pad them."""

from itertools import chain

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.checkpoints import bert_checkpoint
from transforms.model.padding import pad_batches, window_lengths
from transforms.model.pieces import Pieces, WordPieces
from transforms.model.tokenizer import load_tokenizer
from transforms.model.windows import find_windows

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def special(tmp_path_factory) -> Pieces:
    return Pieces(load_tokenizer(bert_checkpoint(tmp_path_factory.mktemp("bert") / "model")))


# (sentence, word, piece)
SENTENCES = st.lists(
    st.lists(st.lists(st.integers(10, 99), min_size=1, max_size=3), min_size=1, max_size=5),
    min_size=1,
    max_size=6,
)


def batches_of(
    special: Pieces, sentences: list[list[list[int]]], sizes: list[int], multiple: int = 1
):
    """Lays sentences out, the longest first, in batches of some sizes."""
    forms = [word for words in sentences for word in words]
    pieces = WordPieces.of(forms, np.arange(len(forms)), 99)
    windows = find_windows(np.array([len(words) for words in sentences]), pieces.counts, 99)
    order = np.argsort(-window_lengths(windows, pieces, special), kind="stable")
    return order, pad_batches(windows.choose(order), pieces, special, sizes, multiple, CPU)


def padded(special: Pieces, sentences: list[list[list[int]]], multiple: int = 1) -> list[list[int]]:
    rows = [[*special.prefix, *chain.from_iterable(words), *special.suffix] for words in sentences]
    longest = -(-max(map(len, rows)) // multiple) * multiple
    return [row + [special.padding] * (longest - len(row)) for row in rows]


@given(SENTENCES, st.integers(1, 6), st.sampled_from([1, 8]))
def test_a_batch_has_its_sentences_padded_to_the_longest(special, sentences, size, multiple):
    whole, rest = divmod(len(sentences), size)
    order, batches = batches_of(special, sentences, [size] * whole + [rest] * bool(rest), multiple)
    rows = [sentences[index] for index in order]
    start = 0
    for batch in batches:
        own = rows[start : start + len(batch)]
        start += len(batch)
        assert batch.pieces.tolist() == padded(special, own, multiple)
        assert batch.lengths.tolist() == [2 + sum(map(len, words)) for words in own]
        assert batch.padded == batch.pieces.numel()
        firsts = [word[0] for words in own for word in words]
        assert batch.pieces[batch.rows, batch.columns].tolist() == firsts
    forms = [word[0] for words in sentences for word in words]
    words = np.concatenate([batch.words for batch in batches])
    assert [forms[word] for word in words] == [word[0] for words in rows for word in words]


@given(SENTENCES, st.data())
def test_a_part_of_a_batch_is_the_batch_of_that_part(special, sentences, data):
    order, [batch] = batches_of(special, sentences, [len(sentences)])
    start = data.draw(st.integers(0, len(sentences) - 1))
    end = data.draw(st.integers(start + 1, len(sentences)))
    part = batch[start:end]
    own = [sentences[index] for index in order[start:end]]
    assert len(part) == end - start
    assert part.pieces.tolist() == padded(special, own)
    firsts = [word[0] for words in own for word in words]
    assert part.pieces[part.rows, part.columns].tolist() == firsts
    assert len(part.words) == len(firsts)


def test_nothing_is_no_batch(special):
    assert batches_of(special, [[[]]], [])[1] == []

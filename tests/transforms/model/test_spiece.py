"""A `spiece.model` makes the tokenizer that ALBERT checkpoints of before were trained with."""

import json
from pathlib import Path

import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from tests.checkpoints import (
    SENTENCES,
    albert_checkpoint,
    raw_unigram_vocabulary,
    write_sentencepiece,
)
from transforms.model.checkpoint import resolve_checkpoint
from transforms.model.errors import CheckpointError
from transforms.model.spiece import read_sentencepiece
from transforms.model.tokenizer import load_tokenizer


def albert_2022_tokenizer() -> Tokenizer:
    """Builds the tokenizer that Transformers 4.16 made of a `spiece.model`."""
    vocabulary = [
        (piece, score - 100 if piece == "▁1," else score)
        for piece, score in raw_unigram_vocabulary()
    ]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=1))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace("``", '"'),
            normalizers.Replace("''", '"'),
            normalizers.NFKD(),
            normalizers.StripAccents(),
            normalizers.Lowercase(),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]
    )
    return tokenizer


@pytest.fixture
def sentencepiece_only(tmp_path) -> Path:
    folder = albert_checkpoint(tmp_path / "albert")
    (folder / "tokenizer.json").unlink()
    write_sentencepiece(folder / "spiece.model")
    return folder


def test_a_sentencepiece_model_gives_the_pieces_of_2022(sentencepiece_only):
    tokenizer, reference = load_tokenizer(sentencepiece_only), albert_2022_tokenizer()
    for words in [*SENTENCES, ["1,250", "Toronto-based", "U.S.", "-", "''", "É"]]:
        ours = tokenizer(words, is_split_into_words=True, add_special_tokens=False)["input_ids"]
        assert ours == reference.encode(words, is_pretokenized=True).ids


def test_a_sentencepiece_models_own_symbols_do_not_split_words(sentencepiece_only):
    tokens = load_tokenizer(sentencepiece_only).tokenize("Toronto-based")
    assert tokens.index("-") < len(tokens) - 1
    assert "".join(tokens) == "▁toronto-based"


def test_a_sentencepiece_model_keeps_the_options_of_its_config(sentencepiece_only):
    (sentencepiece_only / "tokenizer_config.json").write_text(
        json.dumps({"do_lower_case": False, "model_max_length": 77})
    )
    tokenizer = load_tokenizer(sentencepiece_only)
    assert isinstance(tokenizer, PreTrainedTokenizerFast)
    assert tokenizer.model_max_length == 77
    assert tokenizer.backend_tokenizer.normalizer.normalize_str("Rain") == "Rain"


def test_pieces_and_scores_of_a_sentencepiece_model_are_read(tmp_path):
    write_sentencepiece(tmp_path / "spiece.model")
    pieces, charsmap = read_sentencepiece((tmp_path / "spiece.model").read_bytes())
    expected = raw_unigram_vocabulary()
    assert [piece for piece, _ in pieces] == [piece for piece, _ in expected]
    assert [score for _, score in pieces] == pytest.approx([score for _, score in expected])
    assert charsmap == b""


@pytest.mark.parametrize("content", [b"", b"not a model", b"\x0a\xff", b"\x80"])
def test_what_is_no_sentencepiece_model_is_refused(sentencepiece_only, content):
    (sentencepiece_only / "spiece.model").write_bytes(content)
    with pytest.raises(CheckpointError, match=f"{sentencepiece_only}: it cannot be loaded"):
        resolve_checkpoint(str(sentencepiece_only))

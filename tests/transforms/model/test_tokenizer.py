"""Tokenizers work as those that the models were trained with, or are refused."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest
from tokenizers import Regex, Tokenizer, pre_tokenizers, processors
from transformers import AutoTokenizer, DebertaV2ForTokenClassification

from tests.checkpoints import (
    SENTENCES,
    albert_checkpoint,
    bert_checkpoint,
    change_json,
    deberta_checkpoint,
    modernbert_checkpoint,
    roberta_checkpoint,
    write_sentencepiece,
    xlm_roberta_checkpoint,
)
from transforms.model.checkpoint import resolve_checkpoint
from transforms.model.errors import CheckpointError
from transforms.model.tokenizer import load_tokenizer


def tokens(folder: Path, *words: str) -> list[str]:
    """Returns the pieces that the project makes of words, special ones apart."""
    tokenizer = load_tokenizer(folder)
    ids = tokenizer(list(words), is_split_into_words=True, add_special_tokens=False)["input_ids"]
    return cast(list[str], tokenizer.convert_ids_to_tokens(ids))


def saved_tokens(folder: Path, *words: str) -> list[str]:
    """Returns the pieces that `tokenizer.json` alone makes of words."""
    file = Tokenizer.from_file(str(folder / "tokenizer.json"))
    return file.encode(words, is_pretokenized=True, add_special_tokens=False).tokens


# As of Llama 3 and its kin: the words are split by a pattern, before the bytes.
SPLIT_BEFORE_BYTES = pre_tokenizers.Sequence(
    [
        pre_tokenizers.Split(Regex(r" ?\w+| ?[^\s\w]+"), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ]
)


@pytest.mark.parametrize(
    "make",
    [
        roberta_checkpoint,
        partial(modernbert_checkpoint, pre_tokenizer=pre_tokenizers.ByteLevel(False)),
        partial(modernbert_checkpoint, pre_tokenizer=SPLIT_BEFORE_BYTES),
    ],
    ids=["roberta", "modernbert", "split-before-bytes"],
)
def test_words_of_a_byte_level_vocabulary_are_read_as_after_a_space(
    make: Callable[[Path], Path], tmp_path: Path
):
    folder = make(tmp_path / "model")
    text = Tokenizer.from_file(str(folder / "tokenizer.json"))
    expected = text.encode(" council Toronto-based Zoë", add_special_tokens=False).tokens
    assert tokens(folder, "council", "Toronto-based", "Zoë") == expected
    assert saved_tokens(folder, "council", "Toronto-based", "Zoë") != expected


def test_a_piece_added_to_a_byte_level_vocabulary_stays_whole(tmp_path):
    folder = roberta_checkpoint(tmp_path / "roberta")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.add_tokens(["Quillco"])
    tokenizer.save_pretrained(folder)
    assert tokens(folder, "Quillco") == ["Quillco"]


def test_normaliser_and_byte_fallback_are_those_of_the_file(tmp_path):
    folder = deberta_checkpoint(tmp_path / "deberta")
    assert tokens(folder, "ﬁ") == tokens(folder, "fi")
    assert tokens(folder, "😀")[1:] == ["<0xF0>", "<0x9F>", "<0x98>", "<0x80>"]


def test_the_model_of_the_file_is_used_whatever_the_class(tmp_path):
    # So it is with CamemBERT 2: its class is called RoBERTa's, its model is WordPiece.
    folder = bert_checkpoint(tmp_path / "bert", lower_case=False)
    change_json(folder / "tokenizer_config.json", tokenizer_class="RobertaTokenizerFast")
    expected = saved_tokens(folder, "Toronto-based", "Lions")
    assert tokens(folder, "Toronto-based", "Lions") == expected


@pytest.mark.parametrize(("lower_case", "piece"), [(True, "the"), (False, "The")])
def test_the_config_has_the_last_word_on_the_casing_of_bert(tmp_path, lower_case, piece):
    folder = bert_checkpoint(tmp_path / "bert", lower_case=not lower_case)
    change_json(folder / "tokenizer_config.json", do_lower_case=lower_case)
    normalizer: Any = load_tokenizer(folder).backend_tokenizer.normalizer
    assert normalizer.normalize_str("The") == piece


def test_a_bert_of_before_fast_tokenizers_needs_only_its_vocabulary(tmp_path):
    folder = bert_checkpoint(tmp_path / "bert", lower_case=False)
    words = SENTENCES[0]
    expected = tokens(folder, *words)
    vocabulary = load_tokenizer(folder).get_vocab()
    (folder / "vocab.txt").write_text("\n".join(sorted(vocabulary, key=vocabulary.__getitem__)))
    (folder / "tokenizer_config.json").write_text('{"do_lower_case": false, "max_len": 128}')
    (folder / "tokenizer.json").unlink()
    assert tokens(folder, *words) == expected
    assert resolve_checkpoint(str(folder))


def test_a_roberta_of_before_fast_tokenizers_needs_vocabulary_and_merges(tmp_path):
    folder = roberta_checkpoint(tmp_path / "roberta")
    words = SENTENCES[0]
    expected = tokens(folder, *words)
    file: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
    file.model.save(str(folder))
    (folder / "tokenizer_config.json").unlink()
    (folder / "tokenizer.json").unlink()
    assert tokens(folder, *words) == expected


def test_a_table_with_spare_rows_is_no_error(tmp_path):
    folder = deberta_checkpoint(tmp_path / "deberta")
    network = DebertaV2ForTokenClassification.from_pretrained(folder)
    assert network.config.vocab_size > len(load_tokenizer(folder))
    assert resolve_checkpoint(str(folder))


@pytest.fixture
def folder(tmp_path) -> Path:
    return albert_checkpoint(tmp_path / "albert")


def test_a_checkpoint_without_its_tokenizer_is_refused(folder):
    (folder / "tokenizer.json").unlink()
    (folder / "tokenizer_config.json").unlink()
    assert len(AutoTokenizer.from_pretrained(folder)) == 5  # all words are unknown to it
    with pytest.raises(CheckpointError, match=r"knows none of .*it has 5 pieces"):
        resolve_checkpoint(str(folder))


def test_a_tokenizer_larger_than_the_embedding_table_is_refused(folder):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    rows = len(tokenizer)
    tokenizer.add_tokens(["newword"])
    tokenizer.save_pretrained(folder)
    with pytest.raises(CheckpointError, match=f"has {rows + 1} pieces, .* table {rows} rows"):
        resolve_checkpoint(str(folder))


def test_token_types_other_than_0_are_refused(tmp_path):
    folder = bert_checkpoint(tmp_path / "bert")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    # As of Funnel.
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS]:2 $A:0 [SEP]:0", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    with pytest.raises(CheckpointError, match=r"other than 0 are not supported, got \[2, 0"):
        resolve_checkpoint(str(folder))


def test_a_tokenizer_that_has_no_fast_form_is_refused(folder):
    for file in folder.glob("tokenizer*"):
        file.unlink()
    change_json(folder / "config.json", model_type="bert")
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "CanineTokenizer"}')
    with pytest.raises(CheckpointError, match=r"save a fast tokenizer \(tokenizer\.json\)"):
        load_tokenizer(folder)


def test_a_sentencepiece_model_other_than_alberts_is_no_fast_tokenizer(tmp_path):
    folder = xlm_roberta_checkpoint(tmp_path / "xlm-roberta")
    (folder / "tokenizer.json").unlink()
    write_sentencepiece(folder / "sentencepiece.bpe.model")
    with pytest.raises(CheckpointError, match=r"cannot be converted .* \(tokenizer\.json\)"):
        resolve_checkpoint(str(folder))

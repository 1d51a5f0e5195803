"""Both taggers are given the same words, and their labels are compared word by word."""

import gzip
import json

import pytest

from benchmarks.against_transformers import (
    BATCH_SIZES,
    agreement,
    compare,
    first_labels,
    load_taggers,
    make_checkpoint,
    pieces_a_word,
    print_shares,
    read_sentences,
    read_texts,
    word_labels,
)
from tests.checkpoints import TEXT
from transforms.model.checkpoint import load_model, resolve_checkpoint
from transforms.model.loading import load_tagger
from transforms.model.tags import TagFailure, WordTags, tag_sentences

TINY = {
    "hidden_size": 16,
    "embedding_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 16,
}


def test_the_label_of_a_word_is_that_of_its_first_piece():
    printed = [
        {"start": 0, "entity": "B-PER"},
        {"start": 3, "entity": "I-PER"},
        {"start": 5, "entity": "B-LOC"},  # with the space before the word
    ]
    assert first_labels(["Maria", "Quito", "rain"], printed) == ["B-PER", "B-LOC", "O"]


def test_labels_agree_by_the_word():
    assert agreement([["O", "B-PER"], ["O"]], [["O", "B-LOC"], ["O"]]) == 2 / 3


def test_texts_are_read_from_lines_and_from_records(tmp_path):
    (tmp_path / "news.txt").write_text("one\ntwo\n")
    records = "\n".join(json.dumps({"text": text}) for text in ("one", "two"))
    (tmp_path / "news.jsonl.gz").write_bytes(gzip.compress(records.encode()))
    assert list(read_texts(tmp_path / "news.txt")) == ["one\n", "two\n"]
    assert list(read_texts(tmp_path / "news.jsonl.gz")) == ["one", "two"]


def test_sentences_are_those_that_the_tokenizer_reads_alike_with_spaces(tmp_path):
    make_checkpoint(tmp_path, [TEXT])
    sentences = read_sentences([TEXT], 5, str(tmp_path))
    assert len(sentences) == 5
    assert sentences[0][:6] == ["The", "harbour", "council", "of", "Port", "Ellis"]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp("tiny")
    make_checkpoint(folder, [TEXT], TINY)
    return str(folder)


def test_a_shape_and_a_share_of_names_can_be_chosen(tmp_path):
    make_checkpoint(tmp_path, [TEXT], TINY, share_of_names=0.1)
    assert load_model(tmp_path).config.hidden_size == 16
    tagger = load_tagger(resolve_checkpoint(str(tmp_path)))
    [tags] = tag_sentences(tagger, [TEXT.split()])
    assert isinstance(tags, WordTags)
    names = [label for label in tags.labels if label != "O"]
    assert 0.02 < len(names) / len(tags.labels) < 0.3


def test_every_way_is_timed_and_in_fp32_all_find_the_same_labels(tiny, capsys):
    sentences = read_sentences([TEXT], 4, tiny)
    taggers = load_taggers(tiny, threads=1)
    compare(sentences, tiny, taggers, repeats=2)
    print_shares(tiny, taggers, threads=1, repeats=1)
    lines = capsys.readouterr().out.splitlines()
    for size in BATCH_SIZES:
        [line] = (line for line in lines if line.startswith(f"pipeline('ner', batch_size={size})"))
        assert "100.00% of the labels" in line
    for model in ("ALBERT-base", "embedded"):
        times, shares = (line for line in lines if line.startswith(f"{model}, fp32"))
        assert "100.00% of the labels" in times
        assert "the goal is" in times
        assert "matrix rate" in shares


def test_special_pieces_count_and_padding_does_not(tiny):
    [long, short] = [["Rain"] * 10, ["Rain"]]
    of_rain = pieces_a_word([short], tiny) - 2
    assert pieces_a_word([long, short], tiny) == pytest.approx((11 * of_rain + 4) / 11)


def test_a_sentence_that_fails_ends_the_benchmark():
    with pytest.raises(RuntimeError, match="no memory"):
        word_labels([TagFailure("no memory")])

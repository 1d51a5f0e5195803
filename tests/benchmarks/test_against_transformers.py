"""Both taggers are given the same words, and their labels are compared word by word."""

import gzip
import json

from benchmarks.against_transformers import (
    agreement,
    first_labels,
    make_checkpoint,
    read_sentences,
    read_texts,
)
from tests.checkpoints import TEXT


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

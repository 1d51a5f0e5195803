"""A teacher labels the sentences of news, each once."""

import gzip
import json
import sys

import numpy as np
import pytest

from pipeline.evaluation.conll import CONLL_TYPES, labels_of_types
from tests.training.tiny import make_config
from training import label_news
from training.corpus import load_examples
from training.label_news import read_sentences
from training.networks import AlbertTagger

NEWS = [
    {"title": "Ann met Lee", "text": "The EU met. Ann met Lee"},
    {"title": None, "text": "The EU met."},
]


@pytest.fixture
def news(tmp_path):
    path = tmp_path / "news.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, NEWS)).encode()))
    return path


def test_every_sentence_of_the_fields_is_read_once(news):
    assert list(read_sentences([news], ["title", "text"])) == [
        ("Ann", "met", "Lee"),
        ("The", "EU", "met", "."),
    ]


def test_shards_hold_a_distribution_for_every_word(tmp_path, news, tokenizer, monkeypatch):
    teacher = AlbertTagger(make_config(len(labels_of_types(CONLL_TYPES))))
    for part in (teacher, tokenizer):
        part.save_pretrained(tmp_path / "teacher")
    flags = {"--teacher": tmp_path / "teacher", "--news": news, "--output": tmp_path / "soft"}
    words = [str(word) for flag in flags.items() for word in flag]
    monkeypatch.setattr(sys, "argv", ["label_news", *words])
    assert label_news.main() == 0
    [shard] = (tmp_path / "soft").iterdir()
    examples = load_examples(shard)
    assert [len(example.targets) for example in examples] == [4, 3]
    for example in examples:
        assert example.first.sum() == len(example.targets)
        assert np.allclose(example.targets.sum(axis=1), 1, atol=1e-2)

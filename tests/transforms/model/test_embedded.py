"""The model that comes along."""

from pathlib import Path

import pytest
from transformers import AutoModelForTokenClassification, AutoTokenizer

from pipeline.evaluation.conll import read_conll
from pipeline.evaluation.sentences import measure_sentences
from tests.places import DATA
from transforms.model.checkpoint import resolve_checkpoint
from transforms.model.loading import load_tagger
from transforms.model.tags import WordTags, tag_sentences

VALIDATION = DATA / "conll2003" / "valid.txt"
MAX_BYTES = 60_000_000


@pytest.fixture(scope="module")
def checkpoint():
    return resolve_checkpoint()


def test_plain_transformers_loads_a_small_albert(checkpoint):
    model = AutoModelForTokenClassification.from_pretrained(checkpoint.path)
    tokenizer = AutoTokenizer.from_pretrained(checkpoint.path)
    assert model.config.model_type == "albert"
    assert model.config.embedding_size == 128
    assert len(tokenizer) == model.config.vocab_size
    assert (Path(checkpoint.path) / "model.safetensors").stat().st_size <= MAX_BYTES


def test_it_finds_a_person_and_a_place(checkpoint):
    words = ["My", "name", "is", "Scott", "and", "I", "live", "in", "Columbus", "."]
    [tags] = tag_sentences(load_tagger(checkpoint, "cpu"), [words])
    assert isinstance(tags, WordTags)
    named = {w: label for w, label in zip(words, tags.labels, strict=True) if label != "O"}
    assert named == {"Scott": "B-PER", "Columbus": "B-LOC"}


@pytest.mark.skipif(not VALIDATION.exists(), reason="CoNLL-2003 is not part of the project")
def test_it_is_as_good_as_its_card_says(checkpoint):
    sentences = read_conll(VALIDATION)[:1000]
    report = measure_sentences(load_tagger(checkpoint, "cpu"), sentences, str(VALIDATION))
    assert report.scores.overall.f1 >= 0.945

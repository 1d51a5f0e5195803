"""Both ways run as pipelines of Beam, over the same sentences, and find the same types."""

from types import SimpleNamespace

import pytest

from benchmarks.against_beam import compare, is_read_alike, our_types, their_types
from benchmarks.against_transformers import make_checkpoint, read_sentences
from tests.benchmarks.test_against_transformers import TINY
from tests.checkpoints import TEXT


def test_types_of_words_are_those_of_their_first_pieces():
    pieces = [{"start": 0, "entity": "B-PER"}, {"start": 3, "entity": "I-LOC"}]
    results = [SimpleNamespace(example="Maria left", inference=pieces)]
    assert their_types([["Maria", "left"]], results) == [["PER", ""]]


def test_types_of_words_are_those_of_the_entities_that_hold_them():
    entities = [SimpleNamespace(number=1, start_char=5, end_char=17, label="PER")]
    sentences = [["Rain"], ["Says", "Maria", "Okafor", "."]]
    assert our_types(sentences, entities) == [[""], ["", "PER", "PER", ""]]


@pytest.mark.parametrize(
    ("words", "alike"),
    [
        (["Rain", "fell", "."], True),
        (["Rain", "fell", ".", "Nobody", "minded", "."], False),  # two sentences
        (["do-gooders", "can't"], False),  # can't is two words
    ],
)
def test_only_sentences_that_both_read_alike_are_taken(words, alike):
    assert is_read_alike(words) == alike


def test_all_pipelines_are_timed_and_find_the_same_types(tmp_path):
    make_checkpoint(tmp_path, [TEXT], TINY)
    found = read_sentences([TEXT], 6, str(tmp_path))
    sentences = [words for words in found if is_read_alike(words)]
    lines = compare(sentences, str(tmp_path), repeats=1, threads=1)
    assert [line.split(" ")[0].rstrip(",") for line in lines] == ["RunInference"] * 2 + [
        "TagEntities"
    ]
    # The rules for names change what the network says after it.
    assert all("100.00% of the labels" in line for line in lines[:2])

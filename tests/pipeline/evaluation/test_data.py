"""A file's name tells which form its data has."""

import json

import pytest

from pipeline.errors import UsageError
from pipeline.evaluation.data import read_data
from tests.fakes import CapitalTagger

COLUMNS = "we O\nsaw O\nQuito B-PER\n"
LINE = {"text": "we saw Quito", "entities": [{"start": 7, "end": 12, "label": "PER"}]}


@pytest.mark.parametrize("name", ["gold.jsonl", "gold.ndjson", "GOLD.JSONL"])
def test_json_lines_are_raw_text_which_has_no_words_to_count(tmp_path, name):
    (tmp_path / name).write_text(json.dumps(LINE))
    scores = read_data(str(tmp_path / name))(CapitalTagger()).scores
    assert (scores.overall.f1, scores.overall.support, scores.accuracy) == (1, 1, None)


@pytest.mark.parametrize("name", ["gold.conll", "gold.txt", "gold"])
def test_any_other_name_is_of_columns(tmp_path, name):
    (tmp_path / name).write_text(COLUMNS)
    scores = read_data(str(tmp_path / name))(CapitalTagger()).scores
    assert (scores.overall.f1, scores.overall.support, scores.accuracy) == (1, 1, 1)


def test_a_broken_file_is_refused_before_there_is_a_tagger(tmp_path):
    (tmp_path / "gold.conll").write_text(json.dumps(LINE))
    with pytest.raises(UsageError, match=r"gold\.conll, line 1: expected a tag"):
        read_data(str(tmp_path / "gold.conll"))

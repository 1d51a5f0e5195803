"""What `tag` prints, and what it reads."""

import io
import sys
from dataclasses import replace

import pytest

from pipeline import tag
from pipeline.errors import UsageError
from pipeline.tag import marked
from tests.fakes import CapitalTagger
from transforms.tag_texts import tag_texts

TEXT = "we met Ann"


def test_names_are_marked_in_the_colour_of_their_label():
    [tagged] = tag_texts([TEXT], CapitalTagger())
    entities = tagged.entities
    assert marked(TEXT, entities) == "we met \x1b[1;32mAnn\x1b[0;32m PER\x1b[0m"
    assert marked(TEXT, entities, in_colour=False) == "we met [Ann PER]"


def test_other_labels_have_colours_that_the_usual_ones_have_not():
    [tagged] = tag_texts([TEXT], CapitalTagger())
    entities = [replace(entity, label="GPE") for entity in tagged.entities]
    assert "\x1b[1;33mAnn" in marked(TEXT, entities)


@pytest.mark.parametrize(
    ("variables", "has"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_colours_may_be_unwanted(monkeypatch, variables, has):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert tag._has_colours() is has


def test_input_that_is_not_utf_8_is_told(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"caf\xe9 x")))
    with pytest.raises(UsageError, match="standard input is not UTF-8, at byte 3"):
        tag._read_input()

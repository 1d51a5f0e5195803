"""Texts go through the pipeline's own stages, and entities count by their offsets."""

import pytest

from pipeline.errors import UsageError
from pipeline.evaluation.gold import GoldText
from pipeline.evaluation.mentions import Mention
from pipeline.evaluation.scores import Figures
from pipeline.evaluation.texts import find_mentions, measure_texts
from tests.checkpoints import TEXT
from tests.fakes import CapitalTagger, ListTagger
from tests.stages import make_block_tables
from transforms.records import Block, Document, TextField


def marked(text, *names, kind=None):
    mentions = [
        Mention("PER", text.index(name), text.index(name) + len(name), name) for name in names
    ]
    return GoldText(text, mentions, kind, "gold.jsonl, line 1")


def test_entities_are_those_of_the_tables():
    texts = [TEXT, "Rain fell on Port\nEllis."]
    documents = [
        Document(str(number), "", "", 0, None, [TextField("text", text)])
        for number, text in enumerate(texts)
    ]
    tables = make_block_tables(Block("", 0, 0, documents, b"", [], []))
    found = find_mentions(CapitalTagger(), [marked(text) for text in texts]).corrected
    names = ("label", "start_char", "end_char", "name")
    assert [(m.label, m.start, m.end, m.name) for of_one in found for m in of_one] == [
        tuple(row[name] for name in names) for row in tables.entities.to_pylist()
    ]


def test_a_name_counts_only_where_it_stands():
    text = "he saw Okafor. she saw Okafor Maria."
    scores = measure_texts(CapitalTagger(), [marked(text, "Okafor", "Maria")]).scores
    assert scores.overall == Figures(precision=1 / 2, recall=1 / 2, f1=1 / 2, support=2)
    assert scores.accuracy is None


def test_a_text_corrects_the_labels_of_its_names():
    tagger = ListTagger({"Ada": ("B-PER", 0.9), "Quito": ("I-PER", 0.8), "QUITO": ("B-LOC", 0.5)})
    report = measure_texts(tagger, [marked("so Ada Quito left QUITO", "Ada Quito", "QUITO")])
    assert report.scores.overall.f1 == report.corrected.overall.f1 == 1 / 2
    report = measure_texts(tagger, [marked("so Quito left QUITO", "Quito", "QUITO")])
    assert (report.scores.overall.f1, report.corrected.overall.f1) == (1 / 2, 1)


def test_every_kind_has_its_figures():
    report = measure_texts(
        CapitalTagger(),
        [
            marked("we saw Okafor", "Okafor", kind="plain"),
            marked("we saw rain", "rain", kind="odd"),
            marked("we saw Quito"),
        ],
    )
    assert {kind: (row.support, row.f1) for kind, row in report.by_kind.items()} == {
        "odd": (1, 0),
        "plain": (1, 1),
    }
    assert report.scores.overall.precision == 1 / 2


def test_a_sentence_that_cannot_be_tagged_is_named():
    with pytest.raises(UsageError) as caught:
        measure_texts(CapitalTagger(), [marked("it rained. then kaboom came.")])
    assert str(caught.value) == (
        "gold.jsonl, line 1: cannot tag the sentence 'it rained. then kaboom came.': "
        "ValueError: kaboom"
    )

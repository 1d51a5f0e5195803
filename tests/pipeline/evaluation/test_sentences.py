"""Sentences of given words are tagged as they are, and their labels compared."""

import pytest

from pipeline.errors import UsageError
from pipeline.evaluation.conll import LabelledSentence
from pipeline.evaluation.mistakes import MISSED, SPURIOUS
from pipeline.evaluation.scores import Figures
from pipeline.evaluation.sentences import measure_sentences, tag_labelled
from tests.fakes import CapitalTagger

SENTENCES = [
    LabelledSentence(["Maria", "Okafor", "saw", "rain"], ["B-PER", "I-PER", "O", "B-PER"]),
    LabelledSentence(["Quito", "waits"], ["O", "O"]),
]


def test_every_word_has_a_label_and_a_score():
    first, second = tag_labelled(CapitalTagger(), SENTENCES, "gold.conll")
    assert first.labels == ["B-PER", "I-PER", "O", "O"]
    assert second.labels == ["B-PER", "O"]
    assert first.scores == pytest.approx([0.9] * 4)


def test_the_figures_and_mistakes_are_those_of_the_labels():
    report = measure_sentences(CapitalTagger(), SENTENCES, "gold.conll")
    assert report.scores.overall == Figures(precision=1 / 2, recall=1 / 2, f1=1 / 2, support=2)
    assert report.scores.accuracy == 4 / 6
    counts = {kind: found.total() for kind, found in report.mistakes.examples.items() if found}
    assert counts == {MISSED: 1, SPURIOUS: 1}
    assert report.by_kind == {}


def test_a_sentence_that_cannot_be_tagged_is_named_with_its_file():
    broken = LabelledSentence(["then", "kaboom"], ["O", "O"])
    with pytest.raises(UsageError) as caught:
        measure_sentences(CapitalTagger(), [*SENTENCES, broken], "gold.conll")
    assert str(caught.value) == (
        "gold.conll: cannot tag the sentence 'then kaboom': ValueError: kaboom"
    )

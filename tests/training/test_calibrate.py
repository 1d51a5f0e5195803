"""The temperature makes scores as sure as they are right."""

import pytest
import torch

from pipeline.evaluation.conll import LabelledSentence
from pipeline.evaluation.gold import parse_gold
from training.calibrate import best_temperature, label_text


@pytest.mark.parametrize("temperature", [0.8, 1.0, 2.5])
def test_the_temperature_that_scores_were_sharpened_with_is_found(temperature):
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(20_000, 3, generator=generator)
    gold = torch.multinomial(logits.softmax(dim=-1), 1, generator=generator)[:, 0]
    assert best_temperature([(logits * temperature, gold)]) == pytest.approx(temperature, abs=0.05)


def test_sources_count_alike_however_long_they_are():
    sure, gold = torch.tensor([[4.0, 0.0]] * 4), torch.tensor([0, 0, 0, 1])
    unsure = torch.tensor([[1.0, 0.0]] * 8), torch.tensor([0, 0, 0, 0, 0, 0, 0, 1])
    once = best_temperature([(sure, gold), unsure])
    assert best_temperature([(sure.repeat(9, 1), gold.repeat(9)), unsure]) == once


def test_texts_become_labelled_sentences():
    line = b"""{"text": "Ann Lee left Rome. Bob stayed.", "entities": [
        {"start": 0, "end": 7, "label": "PER"}, {"start": 13, "end": 17, "label": "LOC"},
        {"start": 19, "end": 22, "label": "PER"}]}""".replace(b"\n", b" ")
    assert [*label_text(parse_gold(line, "line 1"))] == [
        LabelledSentence(
            ["Ann", "Lee", "left", "Rome", "."], ["B-PER", "I-PER", "O", "B-LOC", "O"]
        ),
        LabelledSentence(["Bob", "stayed", "."], ["B-PER", "O", "O"]),
    ]

"""The temperature makes scores as sure as they are right."""

import pytest
import torch

from training.calibrate import best_temperature


@pytest.mark.parametrize("temperature", [0.8, 1.0, 2.5])
def test_the_temperature_that_scores_were_sharpened_with_is_found(temperature):
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(20_000, 3, generator=generator)
    gold = torch.multinomial(logits.softmax(dim=-1), 1, generator=generator)[:, 0]
    assert best_temperature(logits * temperature, gold) == pytest.approx(temperature, abs=0.05)

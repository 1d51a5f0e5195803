"""Weights are averaged parameter by parameter."""

import pytest
import torch

from training.average import average

STATES = [{"bias": torch.tensor([0.0, 4.0])}, {"bias": torch.tensor([1.0, 8.0])}]


def test_the_average_is_weighted_whatever_the_weights_add_up_to():
    assert average(STATES, [1, 3])["bias"].tolist() == [0.75, 7.0]
    assert average(STATES, [2, 6])["bias"].tolist() == [0.75, 7.0]


def test_every_model_needs_a_weight():
    with pytest.raises(ValueError, match="shorter"):
        average(STATES, [1])

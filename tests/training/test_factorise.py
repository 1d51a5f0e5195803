"""A student with narrow embeddings begins as near to its teacher as they allow."""

import numpy as np
import pytest
import torch

from training.corpus import Collator
from training.factorise import (
    embed,
    fit_map,
    regress,
    start_from_components,
    unexplained_variance,
    with_narrow_embeddings,
)


@pytest.fixture
def batch(tokenizer, examples):
    return Collator(tokenizer)(examples, np.random.default_rng(0))


def test_a_student_begins_with_its_teachers_layers_and_head(network):
    student = with_narrow_embeddings(network, 4)
    assert student.config.embedding_size == 4
    weights = student.state_dict()
    for name, value in network.state_dict().items():
        if "albert_layer_groups" in name or name.startswith("classifier"):
            assert torch.equal(weights[name], value)


def test_every_step_brings_the_embeddings_nearer_to_the_teachers(network, batch):
    torch.manual_seed(0)
    old, new = network.albert, with_narrow_embeddings(network, 4).albert
    lost = [unexplained_variance(old, new, batch)]
    start_from_components(old.embeddings, new.embeddings)
    fit_map(old, new, [batch])
    lost.append(unexplained_variance(old, new, batch))
    regress(old, new, [batch], steps=50)
    lost.append(unexplained_variance(old, new, batch))
    assert lost == sorted(lost, reverse=True)
    assert lost[-1] < 0.5 < lost[0]


def test_a_teachers_own_embeddings_leave_nothing_unexplained(network, batch):
    assert unexplained_variance(network.albert, network.albert, batch) == 0
    assert embed(network.albert, batch).shape == (batch.mask.sum(), network.config.hidden_size)

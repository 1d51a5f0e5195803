"""Shares of the matrix rate are those of the products that a network really computes."""

import pytest
import torch

from benchmarks.matrix_rate import (
    PIECES,
    ROWS,
    linear_layers,
    linear_shapes,
    make_batch,
    measure_shares,
    processor_features,
    timed_layers,
)
from tests.checkpoints import albert_checkpoint
from transforms.model.checkpoint import load_model


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return albert_checkpoint(tmp_path_factory.mktemp("albert"))


def test_a_layer_that_is_used_twice_counts_twice(folder):
    shapes = linear_shapes(load_model(folder))
    rows = ROWS * PIECES
    of_a_layer = [(rows, 32, 32)] * 4 + [(rows, 32, 48), (rows, 48, 32)]
    assert shapes == [(rows, 16, 32), *of_a_layer * 2, (rows, 32, 9)]


def test_each_call_of_a_layer_is_timed_once_and_hooks_are_removed(folder):
    network = load_model(folder)
    names = [name for name, _ in linear_layers(network)]
    with torch.inference_mode(), timed_layers(network, names) as spent:
        network(**make_batch(network))
    assert len(spent) == len(linear_shapes(network))
    assert not any(layer._forward_hooks for _, layer in linear_layers(network))


def test_nothing_is_timed_in_a_network_that_has_other_layers(folder):
    network = load_model(folder)
    with torch.inference_mode(), timed_layers(network, ["encoder.fused"]) as spent:
        network(**make_batch(network))
    assert spent == []


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_shares_are_measured_in_each_precision(folder, precision):
    shares = measure_shares(folder, precision, threads=2, repeats=1)
    assert shares.flop == 2 * (16 * 32 + 2 * (4 * 32 * 32 + 2 * 32 * 48) + 32 * 9)
    assert shares.linear is not None
    assert 0 < shares.forward < shares.linear
    assert f"{shares.forward:.0%}" in str(shares)


def test_the_processor_is_described():
    assert all(name in processor_features() for name in ("AMX", "VNNI"))

"""Layers of bytes are close to the layers that they replace, and treat each row for itself."""

import random
from pathlib import Path

import pytest
import torch
from torch import nn

from tests.checkpoints import FAMILIES, SENTENCES, albert_checkpoint, make_tagger, tag_all
from transforms.model import int8
from transforms.model.checkpoint import EMBEDDED_FOLDER, load_model
from transforms.model.errors import CheckpointError
from transforms.model.int8 import Int8Linear, count_groups, quantize

needs_vnni = pytest.mark.skipif(
    not torch.cpu._is_vnni_supported(), reason="without VNNI, sums of products of bytes overflow"
)
SHAPES: list[tuple[int, int]] = [(64, 64), (64, 9), (384, 1536), (1536, 384), (2000, 12)]


def linear(inputs: int, outputs: int, bias: bool = True) -> nn.Linear:
    torch.manual_seed(0)
    return nn.Linear(inputs, outputs, bias=bias).requires_grad_(False)


@needs_vnni
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_layer_of_bytes_gives_about_what_its_layer_gives(shape, bias):
    exact = linear(shape[0], shape[1], bias)
    inputs = torch.randn(3, 7, shape[0]) * 5 + 1
    expected = exact(inputs)
    found = Int8Linear(exact)(inputs)
    assert found.shape == expected.shape
    assert (found - expected).norm() < 0.012 * expected.norm()


@needs_vnni
@pytest.mark.parametrize("shape", SHAPES)
def test_a_row_gives_the_same_bits_beside_any_others(shape):
    layer = Int8Linear(linear(*shape))
    inputs = torch.randn(40, shape[0])
    alone = layer(inputs[7:8])
    others = torch.randn(90, shape[0]) * 1000
    assert torch.equal(layer(torch.cat([others, inputs]))[97:98], alone)


@needs_vnni
def test_rows_without_any_range_are_read_too():
    exact = linear(64, 64)
    for row in (torch.zeros(1, 64), torch.full((1, 64), 2.5)):
        torch.testing.assert_close(Int8Linear(exact)(row), exact(row), atol=0.02, rtol=0)


@needs_vnni
@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_a_row_that_is_not_finite_gives_nothing_finite(value):
    inputs = torch.randn(3, 64)
    inputs[1] = value
    finite = Int8Linear(linear(64, 64))(inputs).isfinite()
    assert finite[0].all()
    assert not finite[1].any()
    assert finite[2].all()


@needs_vnni
def test_a_great_weight_takes_the_digits_of_its_group_only(monkeypatch):
    exact = linear(1536, 384)
    exact.weight[:, 0] = 5
    inputs = torch.randn(50, 1536)
    inputs[:, 0] = 0
    errors = []
    for most in (512, 1536):
        monkeypatch.setattr(int8, "_MOST_INPUTS", most)
        errors.append((Int8Linear(exact)(inputs) - exact(inputs)).norm())
    assert errors[0] < 0.7 * errors[1]


@pytest.mark.parametrize(
    ("shape", "groups"),
    [((384, 1536), 1), ((384, 384), 1), ((1536, 384), 3), ((3072, 768), 6), ((2000, 12), 4)],
)
def test_only_layers_that_make_less_of_more_are_cut(shape, groups):
    assert count_groups(linear(*shape)) == groups


@needs_vnni
@pytest.mark.parametrize("name", FAMILIES)
def test_tags_of_every_family_do_not_depend_on_the_batch(name, tmp_path):
    folder = FAMILIES[name](tmp_path / name)
    network = load_model(folder, "cpu", "int8")
    assert sum(isinstance(module, Int8Linear) for module in network.modules()) >= 8
    tagger = make_tagger(folder, network=network)
    alone = [tag_all(tagger, [words])[0] for words in SENTENCES]
    longer = [word for words in SENTENCES for word in words][:40]
    assert tag_all(tagger, [*SENTENCES, longer])[:-1] == alone
    exact = [label for tags in tag_all(make_tagger(folder), SENTENCES) for label in tags.labels]
    found = [label for tags in alone for label in tags.labels]
    agreeing = [one == other for one, other in zip(exact, found, strict=True)]
    assert sum(agreeing) >= len(agreeing) // 2


@needs_vnni
def test_the_embedded_model_labels_as_it_does_exactly_in_any_batch():
    if not EMBEDDED_FOLDER.is_dir():
        pytest.skip(f"there is no embedded model in {EMBEDDED_FOLDER}")
    network = load_model(EMBEDDED_FOLDER, "cpu", "int8")
    tagger = make_tagger(EMBEDDED_FOLDER, token_budget=512, network=network)
    drawn = random.Random(0)
    words = sorted({word for sentence in SENTENCES for word in sentence})
    sentences = SENTENCES + [drawn.choices(words, k=drawn.randint(1, 60)) for _ in range(40)]
    together = tag_all(tagger, sentences)
    assert together == [tag_all(tagger, [sentence])[0] for sentence in sentences]
    exact = tag_all(make_tagger(EMBEDDED_FOLDER), SENTENCES)
    assert [tags.labels for tags in together[: len(SENTENCES)]] == [tags.labels for tags in exact]


@needs_vnni
def test_a_window_may_be_as_long_as_the_positions_allow(tmp_path):
    folder = albert_checkpoint(tmp_path / "albert", positions=41)
    tagger = make_tagger(folder, network=load_model(folder, "cpu", "int8"))
    words = [word for sentence in SENTENCES for word in sentence] * 3
    assert len(tag_all(tagger, [words])[0].labels) == len(words)


def test_networks_that_bytes_do_not_suit_are_refused(tmp_path):
    folder: Path = albert_checkpoint(tmp_path / "albert")
    broken = load_model(folder)
    with torch.no_grad():
        next(broken.base_model.get_submodule("encoder").parameters())[0, 0] = float("nan")
    with pytest.raises(CheckpointError, match="weights are not finite"):
        quantize(broken)
    without = load_model(folder)
    without.albert = nn.Identity()
    without.classifier = nn.Identity()
    with pytest.raises(CheckpointError, match="no linear layers that int8 is for"):
        quantize(without)

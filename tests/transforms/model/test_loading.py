"""A process loads a model once, and only the one that was asked for."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.checkpoints import LABELS, SENTENCES, albert_checkpoint, run_in_threads, tag_all
from transforms.model import loading
from transforms.model.checkpoint import load_model, resolve_checkpoint
from transforms.model.errors import CheckpointError
from transforms.model.loading import load_tagger
from transforms.model.tagger import NetworkTagger


@pytest.fixture(scope="module")
def albert(tmp_path_factory) -> Path:
    return albert_checkpoint(tmp_path_factory.mktemp("checkpoints") / "albert")


@pytest.fixture(autouse=True)
def no_taggers(monkeypatch) -> None:
    """Has every test begin as a process does."""
    monkeypatch.setattr(loading, "_taggers", {})


def test_a_process_loads_a_model_once_under_many_threads(albert, monkeypatch):
    loads: list[object] = []
    taggers: list[NetworkTagger] = []

    def counting(*args: Any) -> Any:
        loads.append(args)
        return load_model(*args)

    monkeypatch.setattr(loading, "load_model", counting)
    checkpoint = resolve_checkpoint(str(albert))
    run_in_threads(8, lambda: taggers.append(load_tagger(checkpoint, "cpu")))
    assert len(loads) == 1
    assert len(set(map(id, taggers))) == 1


def test_another_precision_is_another_tagger(albert):
    checkpoint = resolve_checkpoint(str(albert))
    exact, coarse = (load_tagger(checkpoint, "cpu", kind) for kind in ("fp32", "bf16"))
    assert exact is not coarse
    for one, other in zip(tag_all(exact, SENTENCES), tag_all(coarse, SENTENCES), strict=True):
        agreeing = [a == b for a, b in zip(one.labels, other.labels, strict=True)]
        assert sum(agreeing) >= len(agreeing) // 2


def test_a_checkpoint_from_another_machine_is_found_here_by_its_name(albert):
    here = resolve_checkpoint(str(albert), label_names=LABELS)
    there = replace(here, path="/on/another/machine")
    assert load_tagger(there, "cpu").labels == LABELS


@pytest.mark.parametrize("moved", [True, False])
def test_a_checkpoint_that_differs_from_the_launchers_is_refused(albert, tmp_path, moved):
    copy = shutil.copytree(albert, tmp_path / "copy")
    launched = resolve_checkpoint(str(copy))
    (copy / "tokenizer_config.json").write_text("{}")
    with pytest.raises(CheckpointError, match=f"not the model .* the job's {launched.fingerprint}"):
        load_tagger(replace(launched, path="/elsewhere") if moved else launched, "cpu")


def test_the_budget_is_set_as_asked(albert):
    checkpoint = resolve_checkpoint(str(albert))
    assert load_tagger(checkpoint, "cpu", token_budget=77).token_budget == 77

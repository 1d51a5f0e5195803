"""A card says how good a model is, and how to make it again."""

import argparse
import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from huggingface_hub import ModelCard, ModelCardData

from pipeline import train
from pipeline.arguments import COMMAND
from pipeline.evaluation.scores import score_labels
from pipeline.fine_tuning.model_card import command, make_card
from pipeline.fine_tuning.recipe import Recipe

SCORES = score_labels(
    [["B-PER", "I-PER", "O", "B-LOC"], ["B-ORG", "O"]],
    [["B-PER", "I-PER", "O", "B-ORG"], ["B-ORG", "O"]],
)


@pytest.fixture
def recipe(tmp_path):
    base = tmp_path / "base"
    base.mkdir()
    files = {name: tmp_path / f"{name}.txt" for name in ("train", "validation")}
    return Recipe(base=str(base), learning_rate=3e-3, warmup_ratio=0.1, bf16=True, **files)


@pytest.fixture
def card(recipe):
    return make_card("trained", recipe, ["| Epoch |", "|:-----:|", "| 1 |"], SCORES)


def test_the_model_index_holds_the_figures(card):
    data = ModelCard(card).data
    assert isinstance(data, ModelCardData)
    assert data.eval_results
    assert data.model_name == "trained"
    assert {result.task_type for result in data.eval_results} == {"token-classification"}
    found = {result.metric_type: result.metric_value for result in data.eval_results}
    assert found == pytest.approx(SCORES.overall_figures())


def test_the_figures_are_told_by_type(card):
    assert re.findall(r"^\| (\w+) \|.* ([\d.]+) \| (\d+) \|$", card, re.M) == [
        ("LOC", "0.0000", "1"),
        ("ORG", "0.6667", "1"),
        ("PER", "1.0000", "1"),
        ("all", "0.6667", "3"),
    ]
    assert f"Accuracy: {5 / 6:.4f} of the words." in card


def test_the_training_is_told_with_its_epochs(card):
    assert "Learning rate 0.003, batch size 64, seed 42" in card
    assert "a warm-up of 10% of the steps,\n5 epochs, in bfloat16." in card
    assert card.endswith("| Epoch |\n|:-----:|\n| 1 |\n")


def test_a_card_names_no_folder_of_the_machine(tmp_path, card):
    assert str(tmp_path) not in card
    assert "base_model" not in card


def test_a_base_from_the_hub_is_named_to_the_hub(recipe):
    card = make_card("trained", replace(recipe, base="someone/encoder"), [], SCORES)
    assert "base_model: someone/encoder\n" in card


def test_the_command_makes_the_recipe_again(recipe):
    parser = argparse.ArgumentParser()
    train.add_arguments(parser)
    words = shlex.split(command("trained", recipe))
    assert words[:2] == [COMMAND, "train"]
    args = parser.parse_args(words[2:])
    assert args.output == Path("trained")
    here = {"base": "base", "train": Path("train.txt"), "validation": Path("validation.txt")}
    assert Recipe.of(args) == replace(recipe, **here)

"""A training goes on only as it began."""

import argparse
from dataclasses import replace

import pytest

from pipeline import train
from pipeline.errors import UsageError
from pipeline.fine_tuning.recipe import Recipe, check_folder, keep_recipe


@pytest.fixture
def recipe(tmp_path):
    for name in ("train", "validation"):
        (tmp_path / name).write_text(f"{name} O\n")
    return Recipe(base="base", train=tmp_path / "train", validation=tmp_path / "validation")


@pytest.fixture
def output(tmp_path):
    return tmp_path / "made" / "model"


def test_the_flags_defaults_are_the_recipes(recipe):
    parser = argparse.ArgumentParser()
    train.add_arguments(parser)
    files = ["--train", str(recipe.train), "--validation", str(recipe.validation)]
    args = parser.parse_args([*files, "--base", "base", "--output", "model"])
    assert Recipe.of(args) == recipe


def test_a_new_or_empty_folder_takes_any_recipe(recipe, output):
    check_folder(output, recipe)
    output.mkdir(parents=True)
    check_folder(output, recipe)


def test_a_kept_recipe_is_the_same_wherever_its_data_lies(recipe, output, tmp_path):
    keep_recipe(output, recipe)
    moved = recipe.train.rename(tmp_path / "moved")
    check_folder(output, replace(recipe, train=moved))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"seed": 7}, "seed was 42"),
        ({"base": "other", "half": True}, "half was False, base was base"),
    ],
)
def test_what_differs_from_the_kept_recipe_is_named(recipe, output, changes, told):
    keep_recipe(output, recipe)
    with pytest.raises(UsageError) as caught:
        check_folder(output, replace(recipe, **changes))
    assert f"{output} holds a training with other settings ({told})" in str(caught.value)


def test_data_with_other_content_makes_another_recipe(recipe, output):
    keep_recipe(output, recipe)
    recipe.train.write_text("Rain O\n")
    with pytest.raises(UsageError, match="train_sha256 was "):
        check_folder(output, recipe)


def test_a_folder_with_something_else_is_refused(recipe, output):
    output.mkdir(parents=True)
    (output / "letter.txt").write_text("Dear Maria")
    with pytest.raises(UsageError, match="holds something else: give another --output"):
        check_folder(output, recipe)

"""The labels of a model are those of the sentences that it learns from."""

import pytest

from pipeline.errors import UsageError
from pipeline.fine_tuning.data import read_training_data
from pipeline.fine_tuning.recipe import Recipe


@pytest.fixture
def recipe(tmp_path):
    (tmp_path / "train").write_text("Lions B-ORG\nin O\nQuito B-LOC\n\nMaria B-PER\n")
    return Recipe(base="base", train=tmp_path / "train", validation=tmp_path / "validation")


def test_labels_come_from_the_training_sentences_alone(recipe):
    recipe.validation.write_text("Quito B-LOC\nrain O\n")
    data = read_training_data(recipe)
    assert [sentence.words for sentence in data.train] == [["Lions", "in", "Quito"], ["Maria"]]
    assert [sentence.words for sentence in data.validation] == [["Quito", "rain"]]
    assert data.labels == ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]


def test_labels_that_the_model_would_not_know_are_refused(recipe):
    recipe.validation.write_text("Lions B-TEAM\nLions I-TEAM\nQuito B-LOC\n")
    with pytest.raises(UsageError) as caught:
        read_training_data(recipe)
    assert str(caught.value) == (
        f"{recipe.validation} has labels that the training data lacks: B-TEAM, I-TEAM"
    )

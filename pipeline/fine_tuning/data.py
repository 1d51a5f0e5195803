"""The data of a training: what a model learns from, what it is measured on, and its labels."""

from dataclasses import dataclass

from pipeline.errors import UsageError
from pipeline.evaluation.conll import LabelledSentence, label_names, read_conll
from pipeline.fine_tuning.recipe import Recipe


@dataclass(frozen=True, slots=True)
class TrainingData:
    """Sentences of words; `labels` are the model's, in the order of its classes."""

    train: list[LabelledSentence]
    validation: list[LabelledSentence]
    labels: list[str]


def read_training_data(recipe: Recipe) -> TrainingData:
    """Reads the files of a recipe.

    Raises:
      UsageError: a file is missing or broken, or the validation file has a label that the
        model would not know, for the other file lacks it.
    """
    train, validation = read_conll(recipe.train), read_conll(recipe.validation)
    labels = label_names(train)
    found = {label for sentence in validation for label in sentence.labels}
    unknown = sorted(found.difference(labels))
    if unknown:
        raise UsageError(
            f"{recipe.validation} has labels that the training data lacks: {', '.join(unknown)}"
        )
    return TrainingData(train, validation, labels)

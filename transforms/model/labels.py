"""The labels of a model: BIO, by class id."""

import re
from collections.abc import Sequence

from transforms.model.errors import CheckpointError

_BIO = re.compile(r"O|[BI]-.+")
# What stands for the marks of BIOES, BILOU and BMES in BIO.
_BIO_MARKS = {"S": "B", "U": "B", "M": "I", "E": "I", "L": "I"}


def bio_labels(name: str, own: Sequence[str], label_names: Sequence[str] = ()) -> tuple[str, ...]:
    """Returns a model's labels by class id, all of them BIO.

    Args:
      name: of the model, for messages.
      own: what its configuration calls its classes.
      label_names: what they are to be called in place of that.

    Raises:
      CheckpointError: they are no BIO labels, or not as many as there are classes.
    """
    if label_names and len(label_names) != len(own):
        raise CheckpointError(
            f"{name} has {len(own)} classes ({_listed(own)}), "
            f"and --label_names {len(label_names)} ({_listed(label_names)})"
        )
    labels = tuple(label_names or own)
    if "O" not in labels or not all(map(_BIO.fullmatch, labels)):
        raise CheckpointError(
            f"{name}: its labels are {_listed(labels)}; they must be O, B-X and I-X. Give "
            f"{len(own)} such --label_names, in this order{_suggestion(labels)}"
        )
    return labels


def _suggestion(labels: Sequence[str]) -> str:
    """Returns names for labels of a scheme that marks the ends of names besides."""
    names = [_as_bio(label) for label in labels]
    fits = "O" in names and all(map(_BIO.fullmatch, names))
    return f": {_listed(names)}" if fits else ""


def _as_bio(label: str) -> str:
    mark, dash, entity = label.partition("-")
    return _BIO_MARKS.get(mark, mark) + dash + entity


def _listed(labels: Sequence[str]) -> str:
    return " ".join(labels)

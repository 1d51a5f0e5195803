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
    if not _are_bio(labels):
        raise CheckpointError(
            f"{name}: its labels are {_listed(labels)}; they must be O, B-X and I-X. "
            f"{_advice(labels)}"
        )
    return labels


def _are_bio(labels: Sequence[str]) -> bool:
    return "O" in labels and all(map(_BIO.fullmatch, labels))


def _advice(labels: Sequence[str]) -> str:
    """Says which names to give: the very list, where the scheme of the labels is known."""
    names = [_as_bio(label) for label in labels]
    if _are_bio(names):
        return f"Give them in this order: --label_names {','.join(names)}"
    return f"Give {len(labels)} such --label_names in this order, separated by commas"


def _as_bio(label: str) -> str:
    mark, dash, entity = label.partition("-")
    if dash:
        return f"{_BIO_MARKS.get(mark, mark)}-{entity}"
    # A mark alone tells no type.
    if label in ("O", "B", "I", *_BIO_MARKS):
        return label
    # A class that stands for a type, without any marks: as I-X, words of a name that follow each
    # other are joined, since an I- that continues nothing opens an entity. B-X would cut them.
    return f"I-{label}"


def _listed(labels: Sequence[str]) -> str:
    return " ".join(labels)

"""Makes sure that the labels of a model are BIO, and suggests those that would serve."""

import re
from collections.abc import Sequence

from transforms.model.errors import CheckpointError

_BIO = re.compile(r"O|[BI]-.+")
# The marks of BIOES, BILOU and BMES become these in BIO.
_BIO_MARKS = {"S": "B", "U": "B", "M": "I", "E": "I", "L": "I"}


def bio_labels(name: str, own: Sequence[str], label_names: Sequence[str] = ()) -> tuple[str, ...]:
    """Returns a model's labels by class id, all of them BIO.

    Args:
      name: the name of the model, for messages.
      own: (class,), what the model's configuration calls its classes.
      label_names: (class,), what to call them instead.

    Returns:
      (class,), the labels.

    Raises:
      CheckpointError: the labels are not BIO, or not as many as there are classes.
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
    """Says which names to give, and lists them if the scheme of the labels is known."""
    names = [_as_bio(label) for label in labels]
    if _are_bio(names):
        return f"Give them in this order: --label_names {','.join(names)}"
    return f"Give {len(labels)} such --label_names in this order, separated by commas"


def _as_bio(label: str) -> str:
    mark, dash, entity = label.partition("-")
    if dash:
        return f"{_BIO_MARKS.get(mark, mark)}-{entity}"
    # A mark without a type tells too little to suggest a label.
    if label in ("O", "B", "I", *_BIO_MARKS):
        return label
    # This class stands for a type, without a mark. As I-X it joins the words of a name, since an I-
    # that continues nothing opens an entity. As B-X it would make an entity of each word.
    return f"I-{label}"


def _listed(labels: Sequence[str]) -> str:
    return " ".join(labels)

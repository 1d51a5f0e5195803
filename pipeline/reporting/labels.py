"""The types of names of an output: in which order they are shown, and by which letters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# These are shown first, under these titles; the labels of other models have their own.
_TITLES = {"PER": "People", "ORG": "Organisations", "LOC": "Places", "MISC": "Other names"}


@dataclass(frozen=True, slots=True)
class Label:
    """A type of names.

    Attributes:
      title: the plural that heads its table.
      letter: what marks its names in a text, one for each label, and short.
    """

    label: str
    title: str
    letter: str
    mentions: int


def labels_of(mentions: Mapping[str, int]) -> list[Label]:
    """Returns the labels in the order of the page.

    Args:
      mentions: how many mentions have each label.
    """
    known = [label for label in _TITLES if label in mentions]
    others = sorted(mentions.keys() - _TITLES.keys(), key=lambda label: (-mentions[label], label))
    labels = [*known, *others]
    letters = _letters(labels)
    return [
        Label(label, _TITLES.get(label, label), letter, mentions[label])
        for label, letter in zip(labels, letters, strict=True)
    ]


def _letters(labels: Sequence[str]) -> list[str]:
    """Returns of each label the shortest beginning that no other label has.

    >>> _letters(["PER", "PRODUCT", "LOC"])
    ['PE', 'PR', 'L']
    """
    return [_letter(label, [other for other in labels if other != label]) for label in labels]


def _letter(label: str, others: Sequence[str]) -> str:
    beginnings = (label[:length] for length in range(1, len(label)))
    alone = (each for each in beginnings if not any(other.startswith(each) for other in others))
    return next(alone, label)

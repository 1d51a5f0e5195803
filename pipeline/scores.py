"""Entity-level figures from BIO labels: precision, recall and F1, by conlleval's rules."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figures:
    """How well predicted entities agree with the gold ones.

    An entity is right if its words and its type are. A figure whose denominator is 0 is 0.

    Attributes:
      precision: part of the predicted entities that are right.
      recall: part of the gold entities that are found.
      f1: harmonic mean of the two.
      support: number of gold entities.
    """

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True)
class Scores:
    """The figures of all types together, and of each, in the types' alphabetical order.

    Attributes:
      accuracy: part of the words whose label is the gold one, O included.
    """

    overall: Figures
    accuracy: float
    by_type: dict[str, Figures]

    def overall_figures(self) -> dict[str, float]:
        """Precision, recall, F1 and accuracy, by the names that the hub's cards use."""
        return {
            "precision": self.overall.precision,
            "recall": self.overall.recall,
            "f1": self.overall.f1,
            "accuracy": self.accuracy,
        }

    def rows(self) -> dict[str, Figures]:
        """The figures by the first column of a table: a row a type, "all" last."""
        return {**self.by_type, "all": self.overall}


def score_labels(gold: Sequence[Sequence[str]], predicted: Sequence[Sequence[str]]) -> Scores:
    """Compares BIO labels, a list a sentence, one a word.

    Equal to seqeval in its default mode, which follows conlleval of the CoNLL-2000 task.

    Raises:
      ValueError: sentences or words are missing on one side.
    """
    wanted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    right: Counter[str] = Counter()
    words = same = 0
    for gold_labels, predicted_labels in zip(gold, predicted, strict=True):
        words += len(gold_labels)
        same += sum(
            one == other for one, other in zip(gold_labels, predicted_labels, strict=True)
        )
        gold_spans, predicted_spans = set(spans(gold_labels)), set(spans(predicted_labels))
        wanted.update(type_ for type_, _, _ in gold_spans)
        found.update(type_ for type_, _, _ in predicted_spans)
        right.update(type_ for type_, _, _ in gold_spans & predicted_spans)
    return Scores(
        _figures(right.total(), found.total(), wanted.total()),
        _part(same, words),
        {
            name: _figures(right[name], found[name], wanted[name])
            for name in sorted(wanted | found)
        },
    )


def spans(labels: Iterable[str]) -> Iterator[tuple[str, int, int]]:
    """Yields type, first word and the word after the last of every entity.

    `B-` opens an entity, and so does an `I-` that does not go on with its own type.

    >>> list(spans(["B-PER", "I-PER", "O", "I-LOC", "I-ORG"]))
    [('PER', 0, 2), ('LOC', 3, 4), ('ORG', 4, 5)]
    """
    open_type, start = "", 0
    for word, label in enumerate([*labels, "O"]):
        prefix, type_ = label[0], label[2:]
        if prefix == "I" and type_ == open_type:
            continue
        if open_type:
            yield open_type, start, word
        open_type, start = type_, word


def _figures(right: int, found: int, wanted: int) -> Figures:
    precision, recall = _part(right, found), _part(right, wanted)
    return Figures(precision, recall, _part(2 * precision * recall, precision + recall), wanted)


def _part(count: float, total: float) -> float:
    return count / total if total else 0.0

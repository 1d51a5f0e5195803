"""Entity-level precision, recall and F1 by conlleval's rules, from labels or from spans."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

# An entity's type, start and end (half-open), in words of a sentence or in code points of a text.
TypedSpan = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Figures:
    """How well entities are found.

    Attributes:
      precision: the share of the found ones that is right, 0 to 1.
      recall: the share of the ones to be found that is, 0 to 1.
      f1: the harmonic mean of the two.
      support: how many there were to be found.
    """

    precision: float
    recall: float
    f1: float
    support: int

    @classmethod
    def of(cls, *, right: int, found: int, wanted: int) -> "Figures":
        """Makes figures of counts; what would divide by zero is 0."""
        return cls(
            precision=right / max(found, 1),
            recall=right / max(wanted, 1),
            f1=2 * right / max(found + wanted, 1),
            support=wanted,
        )


@dataclass(frozen=True, slots=True)
class Scores:
    """The figures of all entities, and of each type.

    Attributes:
      by_type: in the order of the alphabet.
      accuracy: the share of the words whose label is right; None where no words were compared.
    """

    overall: Figures
    by_type: dict[str, Figures]
    accuracy: float | None = None

    def rows(self) -> dict[str, Figures]:
        """Returns the rows of a table: each type's, then "all"."""
        return {**self.by_type, "all": self.overall}

    def overall_figures(self) -> dict[str, float]:
        """Returns the figures of all entities by name, accuracy with them if there is one."""
        figures = {
            "precision": self.overall.precision,
            "recall": self.overall.recall,
            "f1": self.overall.f1,
        }
        return figures if self.accuracy is None else {**figures, "accuracy": self.accuracy}


def score_labels(gold: Iterable[Sequence[str]], predicted: Iterable[Sequence[str]]) -> Scores:
    """Compares BIO labels, one a word, sentence by sentence; the spans count words.

    Raises:
      ValueError: the two differ in the number of sentences, or of labels in one.
    """
    words = words_right = 0
    sentences = []
    for gold_labels, predicted_labels in zip(gold, predicted, strict=True):
        pairs = list(zip(gold_labels, predicted_labels, strict=True))
        words += len(pairs)
        words_right += sum(one == other for one, other in pairs)
        sentences.append((spans(gold_labels), spans(predicted_labels)))
    return replace(score_spans(sentences), accuracy=words_right / max(words, 1))


def score_spans(pairs: Iterable[tuple[Iterable[TypedSpan], Iterable[TypedSpan]]]) -> Scores:
    """Compares the entities that were to be found with those that were, text by text.

    An entity is right if its type and both its ends are.
    """
    right: Counter[str] = Counter()
    found: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    for gold_spans, found_spans in ((set(one), set(other)) for one, other in pairs):
        wanted.update(name for name, _, _ in gold_spans)
        found.update(name for name, _, _ in found_spans)
        right.update(name for name, _, _ in gold_spans & found_spans)
    return Scores(
        Figures.of(right=right.total(), found=found.total(), wanted=wanted.total()),
        {
            name: Figures.of(right=right[name], found=found[name], wanted=wanted[name])
            for name in sorted(wanted.keys() | found.keys())
        },
    )


def spans(labels: Sequence[str]) -> Iterator[TypedSpan]:
    """Yields the entities of a sentence; an I- that continues no entity of its type opens one.

    >>> list(spans(["B-PER", "I-PER", "I-LOC", "O", "I-ORG", "B-ORG"]))
    [('PER', 0, 2), ('LOC', 2, 3), ('ORG', 4, 5), ('ORG', 5, 6)]
    """
    start, name = 0, ""
    for index, label in enumerate([*labels, "O"]):
        if name and label != f"I-{name}":
            yield name, start, index
            name = ""
        if label != "O" and not name:
            start, name = index, label[2:]

"""Mentions are names with their place: those to be found, and those that a model found."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipeline.evaluation.scores import Scores, TypedSpan, score_spans, spans


class Mention(NamedTuple):
    """A name in a sentence of words or in a text.

    Attributes:
      label: its type, such as PER.
      start, end: half-open, in words or in code points.
      name: what stands there, on one line.
      score: how sure the model is, 0 to 1; what is marked by hand is certain.
    """

    label: str
    start: int
    end: int
    name: str
    score: float = 1.0

    @property
    def span(self) -> TypedSpan:
        return self.label, self.start, self.end


# The mentions that were to be found in one text, and those that were; both are in the order of
# the text and do not overlap.
GoldAndFound = tuple[Sequence[Mention], Sequence[Mention]]


def mentions_of(
    words: Sequence[str], labels: Sequence[str], scores: Sequence[float] | None = None
) -> list[Mention]:
    """Returns the mentions in a sentence with BIO labels.

    The score of a mention is the least of its words' scores.

    >>> mentions_of(["Maria", "Okafor", "spoke"], ["B-PER", "I-PER", "O"], [0.9, 0.8, 0.99])
    [Mention(label='PER', start=0, end=2, name='Maria Okafor', score=0.8)]
    """
    sure = scores or [1.0] * len(words)
    return [
        Mention(label, start, end, " ".join(words[start:end]), min(sure[start:end]))
        for label, start, end in spans(labels)
    ]


def score_mentions(pairs: Iterable[tuple[Iterable[Mention], Iterable[Mention]]]) -> Scores:
    """Compares the mentions that were to be found with those that were, text by text.

    A mention is right if its label and both its ends are; its score does not matter.
    """
    return score_spans(
        ((mention.span for mention in gold), (mention.span for mention in found))
        for gold, found in pairs
    )

"""What the model says of a sentence: tags, one of each a word, or why there are none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class WordTags:
    """A sentence's tags, one of each a word.

    Attributes:
      labels: BIO labels as the model gives them; "O" for a word without pieces.
      scores: P(B-type) + P(I-type) of the label's type, P(O) for "O".
    """

    labels: list[str]
    scores: list[float]


@dataclass(frozen=True, slots=True)
class TagFailure:
    """Why a sentence could not be tagged."""

    message: str


class WordTagger(Protocol):
    """What labels the words of sentences: a network, or what stands for one in tests."""

    def tag(self, sentences: Sequence[Sequence[str]]) -> list[WordTags | TagFailure]:
        """Gives each sentence a label and a score a word, or says why it could not."""

"""Holds what a model says of a sentence: a label and a score a word, or why there are none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class WordTags:
    """The tags of a sentence.

    Attributes:
      labels: (word,), BIO labels as the model gives them; a word without pieces has "O".
      scores: (word,), P(B-type) + P(I-type) of the label's type, or P(O) for "O".
    """

    labels: list[str]
    scores: list[float]


@dataclass(frozen=True, slots=True)
class TagFailure:
    """A sentence could not be tagged; the message is the model's own."""

    message: str


class WordTagger(Protocol):
    """Labels the words of sentences, as a network does, or what stands for one in tests."""

    def tag(self, sentences: Sequence[Sequence[str]]) -> list[WordTags | TagFailure]:
        """Tags each sentence.

        Args:
          sentences: (sentence, word).

        Returns:
          (sentence,), the tags of its words, or why there are none.
        """

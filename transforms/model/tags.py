"""Holds what a model says of words: a label and a score for each, or why there are none."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from transforms.columns import Integers, Words


@dataclass(frozen=True, slots=True)
class WordTags:
    """The tags of one sentence.

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


@dataclass(frozen=True, slots=True, eq=False)
class Tags:
    """The tags of many sentences, in columns.

    Attributes:
      labels: (class,), BIO labels.
      label: (word,), indices into `labels`.
      score: (word,), float32; see `WordTags`.
      failures: the message for each sentence, by index, that could not be tagged. What the
        columns have for its words means nothing.
    """

    labels: list[str]
    label: Integers
    score: NDArray[np.float32]
    failures: dict[int, str]

    @classmethod
    def of(cls, results: Sequence[WordTags | TagFailure], words: Words) -> "Tags":
        """Makes columns of the results of the sentences of `words`."""
        classes: dict[str, int] = {}
        label, score, failures = [], [], {}
        for sentence, (result, count) in enumerate(zip(results, words.counts, strict=True)):
            if isinstance(result, TagFailure):
                failures[sentence] = result.message
                result = WordTags(["O"] * count, [1.0] * count)
            label += [classes.setdefault(name, len(classes)) for name in result.labels]
            score += result.scores
        return cls(list(classes), np.array(label, np.int64), np.array(score, np.float32), failures)

    def lists(self, counts: Integers) -> list[WordTags | TagFailure]:
        """Returns the result of each sentence, of which `counts` has the numbers of words."""
        labels = [self.labels[place] for place in self.label.tolist()]
        scores = self.score.tolist()
        bounds = pairwise([0, *accumulate(counts.tolist())])
        return [
            TagFailure(self.failures[sentence])
            if sentence in self.failures
            else WordTags(labels[start:end], scores[start:end])
            for sentence, (start, end) in enumerate(bounds)
        ]


class WordTagger(Protocol):
    """Labels the words of sentences, as a network does, or what stands for one in tests."""

    def tag(self, words: Words) -> Tags:
        """Tags the words of some sentences, each by itself."""


def tag_sentences(
    tagger: WordTagger, sentences: Sequence[Sequence[str]]
) -> list[WordTags | TagFailure]:
    """Tags sentences that are lists of words.

    Args:
      sentences: (sentence, word).

    Returns:
      (sentence,), the tags of its words, or why there are none.
    """
    words = Words.of(sentences)
    return tagger.tag(words).lists(words.counts)

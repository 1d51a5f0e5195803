"""Holds sentences, words and entities in columns: arrays with a value for each of them.

A block has some 180,000 words. An object for each of them would cost more time than a fast network
takes to tag it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.integer[Any]]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Sentences:
    """The sentences of some texts, in reading order.

    Attributes:
      text: (sentence,), index of its text.
      index: (sentence,), which sentence of its text it is.
      starts, ends: (sentence,), its span in the text (code points, half-open).
    """

    text: Integers
    index: Integers
    starts: Integers
    ends: Integers

    def strings(self, texts: Sequence[str]) -> list[str]:
        """Returns the sentences themselves; `texts` are those that they are in."""
        places = zip(self.text.tolist(), self.starts.tolist(), self.ends.tolist(), strict=True)
        return [texts[text][start:end] for text, start, end in places]


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """The words of some sentences, one sentence after the other.

    Attributes:
      forms: (form,), each different word once.
      form: (word,), an index into `forms`.
      counts: (sentence,), how many words each sentence has.
    """

    forms: list[str]
    form: Integers
    counts: Integers

    @classmethod
    def of(cls, sentences: Iterable[Sequence[str]]) -> "Words":
        """Makes columns of lists of words, (sentence, word)."""
        places: dict[str, int] = {}
        lists = [[places.setdefault(word, len(places)) for word in words] for words in sentences]
        form = np.array([place for places in lists for place in places], np.int64)
        return cls(list(places), form, np.array([len(words) for words in lists], np.int64))

    def lists(self) -> list[list[str]]:
        """Returns the words as lists, (sentence, word)."""
        words = [self.forms[place] for place in self.form.tolist()]
        return [words[start:end] for start, end in pairwise([0, *accumulate(self.counts.tolist())])]


@dataclass(frozen=True, slots=True, eq=False)
class TaggedWords:
    """The words of some sentences, and what the model says of them.

    Attributes:
      counts: (sentence,), how many words each sentence has; a sentence that failed has none.
      starts, ends: (word,), its span in the text (code points, half-open).
      labels: (class,), BIO labels.
      label: (word,), an index into `labels`.
      scores: (word,), float32: P(B-type) + P(I-type).
      failures: the model's message for each sentence, by index, that could not be tagged.
    """

    counts: Integers
    starts: Integers
    ends: Integers
    labels: list[str]
    label: Integers
    scores: NDArray[np.float32]
    failures: dict[int, str]

    @property
    def sentence(self) -> Integers:
        """Returns the index of each word's sentence."""
        return np.repeat(np.arange(len(self.counts)), self.counts)


@dataclass(frozen=True, slots=True)
class EntitySpan:
    """The place of an entity (code points, half-open), its label and its score."""

    start: int
    end: int
    label: str
    score: float  # 0 to 1, 4 decimals


@dataclass(frozen=True, slots=True, eq=False)
class Entities:
    """The entities of many sentences, in reading order.

    Attributes:
      sentence: (entity,), index of its sentence.
      starts, ends: (entity,), its span in the text (code points, half-open).
      types: (type,), such as "PER".
      type: (entity,), an index into `types`.
      scores: (entity,), 0 to 1, 4 decimals.
    """

    sentence: Integers
    starts: Integers
    ends: Integers
    types: list[str]
    type: Integers
    scores: NDArray[np.float64]

    @property
    def labels(self) -> list[str]:
        """Returns the type of each entity by its name."""
        return [self.types[kind] for kind in self.type.tolist()]

    def spans(self) -> list[EntitySpan]:
        """Returns the entities one by one."""
        columns = (self.starts, self.ends, self.type, self.scores)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return [EntitySpan(start, end, self.types[kind], score) for start, end, kind, score in rows]


@dataclass(frozen=True, slots=True, eq=False)
class NamedEntities:
    """The entities of documents, with what the whole of its document tells of each.

    Attributes:
      found: the entities; their types are final, and their scores are the model's.
      model_labels: (entity,), the label that the model gave it, such as "PER".
      names: (entity,), its text on one line, without hidden characters and escapes.
      resolved_names: (entity,), the name to count it by.
    """

    found: Entities
    model_labels: list[str]
    names: list[str]
    resolved_names: list[str]


def starts_of(counts: Integers) -> Integers:
    """Returns where each stretch of a column begins, given how many values each has.

    >>> starts_of(np.array([2, 0, 3])).tolist()
    [0, 2, 2]
    """
    return np.cumsum(counts) - counts


def stretches(starts: Integers, counts: Integers) -> Integers:
    """Returns the indices of stretches of a column, one stretch after the other.

    >>> stretches(np.array([7, 0]), np.array([2, 3])).tolist()
    [7, 8, 0, 1, 2]
    """
    return np.repeat(starts - starts_of(counts), counts) + np.arange(counts.sum())

"""Applies the rules for names to the entities of many sentences, in columns."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter

import numpy as np

from transforms.columns import Flags, Integers, Sentences, TaggedWords, starts_of
from transforms.text.entities import Entities
from transforms.text.name_rules import Context, Mention, mend_mentions
from transforms.text.name_words import (
    ARTICLES,
    CERTAIN,
    LINKS,
    PERSON,
    POSSESSIVES,
    SUFFIXES,
    TITLES,
    TYPES,
    is_title,
)
from transforms.text.no_names import MONEY, WORDS, is_no_name

# A rule may concern a mention that begins or ends with one of them.
_FIRST_WORDS = LINKS | ARTICLES | {"The"}
_LAST_WORDS = LINKS | MONEY | SUFFIXES | {"the"}
_LONE_WORDS = _FIRST_WORDS | _LAST_WORDS | TITLES | WORDS
_FIRST_CHARACTERS = frozenset("\"“”„«»`'‘’&()[]<>{}")
_LAST_CHARACTERS = frozenset("\"“”„«»`'‘’;()[]<>{}")


def mend_entities(
    entities: Entities, words: TaggedWords, sentences: Sentences, texts: Sequence[str]
) -> Entities:
    """Mends the borders and labels of entities, joins the parts of one, and drops what is no name.

    The rules are made for the four types of CoNLL. The entities of a model that has others stay
    as they are.

    Args:
      entities: those of `words`, as `group_many` returns them.
      texts: those that the sentences are in.

    Returns:
      Entities in reading order, without overlaps; they begin and end where words do. The score of
      each is the lowest of the words that are left of it.
    """
    if {*entities.types} - {""} != TYPES or not len(entities.sentence):
        return entities
    first, last = _words_of(entities, words)
    chosen = _choose(entities, first, last, _stand_out(entities, sentences, texts))
    rows = _rows(entities, chosen, first, last)
    return _with_rows(entities, ~chosen, [*_mend(rows, entities.types, words, sentences, texts)])


def _words_of(entities: Entities, words: TaggedWords) -> tuple[Integers, Integers]:
    """Returns the first and the last word of each entity, counted in its sentence."""
    places = _in_order(words.sentence, words.starts)
    offsets = starts_of(words.counts)[entities.sentence]
    first = np.searchsorted(places, _in_order(entities.sentence, entities.starts))
    last = np.searchsorted(places, _in_order(entities.sentence, entities.ends)) - 1
    return first - offsets, last - offsets


def _in_order(sentence: Integers, offset: Integers) -> Integers:
    """Returns numbers that have the order of the sentences, and of the offsets in each."""
    return (sentence.astype(np.int64) << 32) + offset


def _stand_out(entities: Entities, sentences: Sentences, texts: Sequence[str]) -> Flags:
    """Tells for each entity whether a rule may concern it, if no other stands beside it."""
    columns = (entities.starts, entities.ends, entities.type)
    places = zip(
        sentences.text[entities.sentence].tolist(), *(one.tolist() for one in columns), strict=True
    )
    found = (
        is_suspect(texts[text][start:end], entities.types[kind])
        or texts[text][start - 1 : start] == "<"  # perhaps a ticker
        for text, start, end, kind in places
    )
    return np.fromiter(found, np.bool_, len(entities.starts))


def is_suspect(text: str, label: str) -> bool:
    """Tells whether a rule may concern a mention, as long as no other stands beside it.

    It is quick, since nearly all mentions are as they should be.
    """
    if text.isalpha():
        return text in _LONE_WORDS or text.islower() or CERTAIN.get(text, label) != label
    words = text.split()
    first, last = words[0], words[-1]
    return (
        first in _FIRST_WORDS
        or last in _LAST_WORDS
        or first[0] in _FIRST_CHARACTERS
        or last[-1] in _LAST_CHARACTERS
        or ")" in text
        or is_title(first, label)
        or CERTAIN.get(" ".join(words), label) != label
        or (label == PERSON and last[-2:] in POSSESSIVES)
        or (len(words) == 1 and (text[1:2] == "-" or is_no_name(text)))
    )


def _choose(entities: Entities, first: Integers, last: Integers, suspects: Flags) -> Flags:
    """Adds to suspects the entities that touch others, and those before and after each of them."""
    beside = np.diff(entities.sentence) == 0  # (entity - 1,), whether the next is in its sentence
    chosen = suspects.copy()
    touching = beside & (first[1:] == last[:-1] + 1)
    chosen[1:] |= touching | (beside & suspects[:-1])
    chosen[:-1] |= touching | (beside & suspects[1:])
    return chosen


_Row = tuple[int, Mention]  # the sentence of a mention, and the mention
_Place = tuple[int, int, int, int, float]  # a sentence, a span in its text, a type and a score


def _rows(entities: Entities, chosen: Flags, first: Integers, last: Integers) -> Iterator[_Row]:
    columns = (entities.sentence, first, last, entities.type, entities.scores)
    for sentence, one, other, kind, score in zip(
        *(column[chosen].tolist() for column in columns), strict=True
    ):
        yield sentence, Mention(one, other, entities.types[kind], score)


def _mend(
    rows: Iterator[_Row],
    types: list[str],
    words: TaggedWords,
    sentences: Sentences,
    texts: Sequence[str],
) -> Iterator[_Place]:
    """Yields what the rules leave of the mentions of each sentence."""
    offsets = starts_of(words.counts)
    is_name = np.array([label != "O" for label in words.labels], np.bool_)[words.label]
    scores = np.where(is_name, words.scores, 1)
    for sentence, own in groupby(rows, itemgetter(0)):
        place = slice(offsets[sentence], offsets[sentence] + words.counts[sentence])
        starts, ends = words.starts[place].tolist(), words.ends[place].tolist()
        text = texts[sentences.text[sentence]]
        forms = [text[start:end] for start, end in zip(starts, ends, strict=True)]
        for one in mend_mentions([mention for _, mention in own], Context(forms, scores[place])):
            yield sentence, starts[one.first], ends[one.last], types.index(one.label), one.score


def _with_rows(entities: Entities, kept: Flags, places: list[_Place]) -> Entities:
    """Returns the kept entities and others, in reading order."""
    new = zip(*places, strict=True) if places else ((),) * 5
    columns = (
        entities.sentence,
        entities.starts,
        entities.ends,
        entities.type,
        entities.scores,
    )
    sentence, starts, ends, kind, scores = (
        np.append(old[kept], np.array(values, old.dtype))
        for old, values in zip(columns, new, strict=True)
    )
    order = np.lexsort((starts, sentence))
    return Entities(
        sentence=sentence[order],
        starts=starts[order],
        ends=ends[order],
        types=entities.types,
        type=kind[order],
        scores=scores[order],
    )

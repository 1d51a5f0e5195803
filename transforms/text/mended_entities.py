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
    TYPES,
    is_title,
)
from transforms.text.no_names import MONEY, is_no_name

# A rule may concern a mention that begins or ends with one of them.
_FIRST_WORDS = LINKS | ARTICLES | {"The"}
_LAST_WORDS = LINKS | MONEY | SUFFIXES | {"the"}
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
    suspects = _stand_out(entities, sentences, texts)
    suspects[1:] |= (np.diff(entities.sentence) == 0) & (first[1:] == last[:-1] + 1)
    chosen = suspects.copy()  # and those before and after them
    chosen[1:] |= suspects[:-1]
    chosen[:-1] |= suspects[1:]
    mended = _mend(_rows(entities, chosen, first, last), entities.types, words, sentences, texts)
    return _with_rows(entities, ~chosen, [*mended])


def _words_of(entities: Entities, words: TaggedWords) -> tuple[Integers, Integers]:
    """Returns the first and the last word of each entity, as indices into `words`."""
    places = _in_order(words.sentence, words.starts)
    first = np.searchsorted(places, _in_order(entities.sentence, entities.starts))
    last = np.searchsorted(places, _in_order(entities.sentence, entities.ends)) - 1
    return first, last


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
        or (len(words) == 1 and (text.islower() or text[1:2] == "-" or is_no_name(text)))
    )


# The sentence of a mention, and the mention with its words counted over all sentences.
_Row = tuple[int, Mention]


def _rows(entities: Entities, chosen: Flags, first: Integers, last: Integers) -> Iterator[_Row]:
    columns = (entities.sentence, first, last, entities.type, entities.scores)
    for sentence, one, other, kind, score in zip(
        *(column[chosen].tolist() for column in columns), strict=True
    ):
        yield sentence, Mention(one, other, entities.types[kind], score)


# A sentence, a start and an end in its text, the index of a type, and a score.
_Place = tuple[int, int, int, int, float]


def _mend(
    rows: Iterator[_Row],
    types: list[str],
    words: TaggedWords,
    sentences: Sentences,
    texts: Sequence[str],
) -> Iterator[_Place]:
    """Yields what the rules leave of the mentions of each sentence."""
    offsets = starts_of(words.counts)
    for sentence, own in groupby(rows, itemgetter(0)):
        offset = int(offsets[sentence])
        place = slice(offset, offset + int(words.counts[sentence]))
        starts, ends = words.starts[place].tolist(), words.ends[place].tolist()
        context = _context(words, place, texts[sentences.text[sentence]])
        mentions = [
            one._replace(first=one.first - offset, last=one.last - offset) for _, one in own
        ]
        for one in mend_mentions(mentions, context):
            yield sentence, starts[one.first], ends[one.last], types.index(one.label), one.score


def _context(words: TaggedWords, place: slice, text: str) -> Context:
    spans = zip(words.starts[place].tolist(), words.ends[place].tolist(), strict=True)
    named = np.array([label != "O" for label in words.labels], np.bool_)
    scores = np.where(named[words.label[place]], words.scores[place], 1)
    return Context([text[start:end] for start, end in spans], scores.tolist())


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

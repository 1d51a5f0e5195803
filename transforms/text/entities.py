"""Entities: labelled words of a sentence, joined into names."""

from collections.abc import Sequence
from dataclasses import dataclass

from transforms.records import TaggedWord

# Equal on every processor: the last bits of a score are not.
_SCORE_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class EntitySpan:
    """An entity's place and label: code points, half-open."""

    start: int
    end: int
    label: str
    score: float  # 0 to 1, 4 decimals


def group_words(words: Sequence[TaggedWord], text: str) -> list[EntitySpan]:
    """Joins labelled words into entities, which begin and end where words do.

    B- opens an entity and I- of the same type continues it. An I- that continues nothing
    opens one too: models drop B- on some names. The score is the lowest of the words'.

    Args:
      words: of one sentence, in order; their spans are in `text`.
    """
    spans: list[EntitySpan] = []
    is_open = False
    for word in _join_glued(words, text):
        prefix, _, label = word.label.partition("-")
        score = round(word.score, _SCORE_DECIMALS)
        if is_open and prefix == "I" and spans[-1].label == label:
            last = spans[-1]
            spans[-1] = EntitySpan(last.start, word.end, label, min(last.score, score))
        elif label:
            spans.append(EntitySpan(word.start, word.end, label, score))
        is_open = bool(label)
    return spans


def _join_glued(words: Sequence[TaggedWord], text: str) -> list[TaggedWord]:
    """Joins words with no gap between their letters ("do", "n't"), which take the first's label.

    As with word pieces, so no entity begins or ends inside a run of letters.
    """
    joined: list[TaggedWord] = []
    for word in words:
        start = word.start
        if joined and joined[-1].end == start and (text[start - 1] + text[start]).isalnum():
            first = joined[-1]
            joined[-1] = TaggedWord(first.start, word.end, first.label, first.score)
        else:
            joined.append(word)
    return joined

"""Joins the labelled words of a sentence into names."""

from collections.abc import Sequence
from dataclasses import dataclass

from transforms.records import TaggedWord

# So many decimals are the same on every processor, unlike the last bits of a score.
_SCORE_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class EntitySpan:
    """The place of an entity (code points, half-open), its label and its score."""

    start: int
    end: int
    label: str
    score: float  # 0 to 1, 4 decimals


def group_words(words: Sequence[TaggedWord], text: str) -> list[EntitySpan]:
    """Joins labelled words into entities, which begin and end where words do.

    B- opens an entity and I- of the same type continues it. An I- that continues nothing
    opens one too, since models drop the B- of some names. An entity's score is the lowest score
    of its words.

    Args:
      words: (word,), the words of one sentence in order; their spans are in `text`.

    Returns:
      (entity,), in order; entities do not overlap.
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
    """Joins words with no gap between their letters ("do", "n't"); the first one's label counts.

    It is the same with word pieces, so no entity begins or ends inside a run of letters.
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

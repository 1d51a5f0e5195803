"""Joins labelled words into names: those of one sentence, or those of many in columns."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transforms.columns import Entities, EntitySpan, Flags, Integers, Sentences, TaggedWords

# So many decimals are the same on every processor, unlike the last bits of a score.
SCORE_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class TaggedWord:
    """The span of a word in its text, and what the model says of it."""

    start: int
    end: int
    label: str  # BIO
    score: float  # P(B-type) + P(I-type)


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
        score = round(word.score, SCORE_DECIMALS)
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


def group_many(words: TaggedWords, sentences: Sentences, texts: Sequence[str]) -> Entities:
    """Joins the labelled words of many sentences into entities, just as `group_words` does.

    Args:
      texts: those that the sentences are in.
    """
    # Words that are glued together are one here: the first one's label, and the last one's end.
    firsts = np.flatnonzero(~_is_glued(words, sentences, texts))
    lasts = _ends(firsts, len(words.starts)) - 1
    sentence = words.sentence[firsts]
    label = words.label[firsts]
    types = [name.partition("-")[2] for name in words.labels]  # "" for O
    kinds = list(dict.fromkeys(types))
    kind = np.array([kinds.index(name) for name in types], np.int64)[label]
    goes_on = np.array([name.startswith("I-") for name in words.labels], np.bool_)[label]
    goes_on &= _is_like_before(kind) & _is_like_before(sentence)

    names = np.flatnonzero(np.array([name != "" for name in types], np.bool_)[label])
    opening = np.flatnonzero(~goes_on[names])
    closing = _ends(opening, len(names)) - 1
    own = names[opening]
    scores: NDArray[np.float64] = words.scores[firsts[names]].astype(np.float64)
    scores = scores.round(SCORE_DECIMALS)
    return Entities(
        sentence=sentence[own],
        starts=words.starts[firsts[own]],
        ends=words.ends[lasts[names[closing]]],
        types=kinds,
        type=kind[own],
        scores=np.minimum.reduceat(scores, opening) if len(own) else scores,
    )


def _is_glued(words: TaggedWords, sentences: Sentences, texts: Sequence[str]) -> Flags:
    """Tells for each word whether there is no gap between its letters and those before it."""
    glued = _is_like_before(words.sentence)
    glued[1:] &= words.starts[1:] == words.ends[:-1]
    touching = np.flatnonzero(glued)
    text = sentences.text[words.sentence[touching]]
    places = zip(text.tolist(), words.starts[touching].tolist(), strict=True)
    glued[touching] = [texts[one][start - 1 : start + 1].isalnum() for one, start in places]
    return glued


def _is_like_before(column: Integers) -> Flags:
    """Tells for each value whether it is the same as the one before; the first is not."""
    return np.diff(column, prepend=column[:1] - 1) == 0


def _ends(starts: Integers, total: int) -> Integers:
    """Returns where each stretch of a column ends, given where each begins."""
    return np.append(starts, total)[1:]

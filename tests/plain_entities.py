"""Finds the entities of one sentence without columns, as a measure for those with them."""

from collections.abc import Sequence

import numpy as np

from transforms.text.entities import EntitySpan, TaggedWord, group_words
from transforms.text.name_rules import Context, Mention, mend_mentions


def entities_of(text: str, words: Sequence[TaggedWord]) -> list[EntitySpan]:
    """Joins the words of a sentence into entities, and mends them."""
    starts, ends = [word.start for word in words], [word.end for word in words]
    scores = np.array([1 if word.label == "O" else word.score for word in words], np.float32)
    mentions = [
        Mention(starts.index(span.start), ends.index(span.end), span.label, span.score)
        for span in group_words(words, text)
    ]
    context = Context([text[word.start : word.end] for word in words], scores)
    return [
        EntitySpan(starts[one.first], ends[one.last], one.label, one.score)
        for one in mend_mentions(mentions, context)
    ]

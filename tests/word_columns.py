"""Makes columns of tagged words that are given one by one."""

from collections.abc import Sequence

import numpy as np

from transforms.columns import Sentences, TaggedWords
from transforms.text.entities import TaggedWord

LABELS = ["B-LOC", "I-LOC", "O", "B-PER", "I-PER"]


def columns(
    texts: Sequence[Sequence[TaggedWord]], labels: list[str] = LABELS
) -> tuple[TaggedWords, Sentences]:
    """Makes columns of the words of texts of one sentence each."""
    words = [word for of_text in texts for word in of_text]
    tagged = TaggedWords(
        counts=np.array([len(of_text) for of_text in texts], np.int64),
        starts=np.array([word.start for word in words], np.int32),
        ends=np.array([word.end for word in words], np.int32),
        labels=labels,
        label=np.array([labels.index(word.label) for word in words], np.int16),
        scores=np.array([word.score for word in words], np.float32),
        failures={},
    )
    places = np.arange(len(texts))
    return tagged, Sentences(places, 0 * places, 0 * places, 0 * places)

"""Finds the mentions in sentences of given words, with what their documents tell of them."""

from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from pipeline.evaluation.conll import LabelledSentence
from pipeline.evaluation.mentions import Mention
from transforms.columns import Integers, NamedEntities, Sentences, TaggedWords, Words
from transforms.model.tags import Tags, WordTags
from transforms.text.entities import group_many
from transforms.text.mended_entities import mend_entities
from transforms.text.named_entities import name_entities


def find_in_documents(
    sentences: Sequence[LabelledSentence], tagged: Sequence[WordTags]
) -> list[list[Mention]]:
    """Returns the mentions of each sentence, after its document has corrected their labels.

    A sentence whose file tells no documents is one by itself.

    Args:
      tagged: (sentence,), the model's labels and scores of its words.
    """
    texts = [" ".join(sentence.words) for sentence in sentences]
    words = _columns(sentences, tagged)
    places = np.arange(len(texts))
    lengths = np.array([len(text) for text in texts], np.int64)
    split = Sentences(text=places, index=0 * places, starts=0 * places, ends=lengths)
    entities = mend_entities(group_many(words, split, texts), words, split, texts)
    names = name_entities(entities, split, texts, _documents(sentences))
    return _mentions(names, words, len(sentences))


def _columns(sentences: Sequence[LabelledSentence], tagged: Sequence[WordTags]) -> TaggedWords:
    """Returns the words as they stand in texts that have a space between each two of them."""
    words = Words.of([sentence.words for sentence in sentences])
    tags = Tags.of(tagged, words)
    ends = [
        end - 1
        for sentence in sentences
        for end in accumulate(len(word) + 1 for word in sentence.words)
    ]
    lengths = [len(word) for sentence in sentences for word in sentence.words]
    return TaggedWords(
        counts=words.counts,
        starts=np.array(ends, np.int64) - np.array(lengths, np.int64),
        ends=np.array(ends, np.int64),
        labels=tags.labels,
        label=tags.label,
        scores=tags.score,
        failures={},
    )


def _documents(sentences: Sequence[LabelledSentence]) -> Integers:
    """Returns the document of each sentence; those without one have numbers of their own."""
    known = [sentence.document for sentence in sentences]
    own = [-1 - place if one is None else one for place, one in enumerate(known)]
    return np.array(own, np.int64)


def _mentions(names: NamedEntities, words: TaggedWords, count: int) -> list[list[Mention]]:
    """Returns the mentions of each sentence, whose places count words."""
    found: list[list[Mention]] = [[] for _ in range(count)]
    firsts = np.cumsum(words.counts) - words.counts
    rows = zip(names.found.sentence.tolist(), names.found.spans(), names.names, strict=True)
    for sentence, span, name in rows:
        own = slice(firsts[sentence], firsts[sentence] + words.counts[sentence])
        start = int(np.searchsorted(words.ends[own], span.start, "right"))
        end = int(np.searchsorted(words.starts[own], span.end, "left"))
        found[sentence].append(Mention(span.label, start, end, name, span.score))
    return found

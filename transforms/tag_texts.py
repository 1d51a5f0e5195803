"""Tags texts in memory as the stages of the pipeline do, without Beam."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from transforms.columns import Sentences, TaggedWords
from transforms.model.tags import WordTagger
from transforms.text.entities import EntitySpan, group_many
from transforms.text.many_words import split_many
from transforms.text.names import plain_name
from transforms.text.sentences import split_texts


@dataclass(frozen=True, slots=True)
class TextEntity:
    """A name in a text.

    Attributes:
      text: the exact slice, `the_text[start:end]`.
      name: the form to group by: the text on one line, without hidden characters
        and escapes of HTML.
      label: the model's label, such as PER.
      start, end: code points, half-open.
      score: 0 to 1, 4 decimals: the least probability of this label among its words.
      sentence: index of its sentence in the text.
    """

    text: str
    name: str
    label: str
    start: int
    end: int
    score: float
    sentence: int


@dataclass(frozen=True, slots=True)
class FailedSentence:
    """A sentence that the model could not tag.

    Attributes:
      start, end: its span in the text, in code points, half-open.
      message: what the model said.
    """

    start: int
    end: int
    message: str


@dataclass(slots=True)
class TaggedText:
    """What was found in a text.

    Attributes:
      entities: the names, in the order of the text.
      failures: the sentences that could not be tagged.
      sentences: how many sentences the text has, including those that failed.
    """

    entities: list[TextEntity] = field(default_factory=list)
    failures: list[FailedSentence] = field(default_factory=list)
    sentences: int = 0


def tag_texts(
    texts: Sequence[str], tagger: WordTagger, line_breaks: str = "auto"
) -> list[TaggedText]:
    """Finds the entities of each text, with all texts in one call so that batches are full.

    Returns:
      (text,), what was found in each text.

    Raises:
      ValueError: the tagger's results do not fit the sentences.
    """
    sentences = split_texts(texts, line_breaks)
    words = label_words(texts, sentences, tagger)
    tagged = [TaggedText() for _ in texts]
    for text in sentences.text.tolist():
        tagged[text].sentences += 1
    for sentence, message in sorted(words.failures.items()):
        start, end = int(sentences.starts[sentence]), int(sentences.ends[sentence])
        tagged[sentences.text[sentence]].failures.append(FailedSentence(start, end, message))
    entities = group_many(words, sentences, texts)
    for sentence, span in zip(entities.sentence.tolist(), entities.spans(), strict=True):
        text, index = int(sentences.text[sentence]), int(sentences.index[sentence])
        tagged[text].entities.append(_entity(texts[text], span, index))
    return tagged


def check_text(text: str) -> None:
    """Makes sure that a text can be tagged.

    Raises:
      ValueError: it holds half a character, which UTF-8 cannot hold; the message goes on after
        the name of the text.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        surrogate = f"\\u{ord(text[error.start]):04x}"
        raise ValueError(
            f"has the lone surrogate {surrogate} at its character {error.start}"
        ) from error


def label_words(texts: Sequence[str], sentences: Sentences, tagger: WordTagger) -> TaggedWords:
    """Splits the sentences of texts into words and has them labelled, all in one call.

    Raises:
      ValueError: the tagger's results do not fit the words.
    """
    split = split_many(sentences.strings(texts))
    words = split.words
    tags = tagger.tag(words)
    if len(tags.label) != len(words.form):
        raise ValueError(f"tagger returned {len(tags.label)} labels for {len(words.form)} words")
    counts = words.counts.copy()
    counts[list(tags.failures)] = 0
    kept = np.repeat(counts > 0, words.counts)
    shift = np.repeat(sentences.starts, words.counts)
    return TaggedWords(
        counts=counts,
        starts=(split.starts + shift)[kept].astype(np.int32),
        ends=(split.ends + shift)[kept].astype(np.int32),
        labels=tags.labels,
        label=tags.label[kept].astype(np.int16),
        scores=tags.score[kept],
        failures=tags.failures,
    )


def _entity(text: str, span: EntitySpan, sentence: int) -> TextEntity:
    own = text[span.start : span.end]
    return TextEntity(
        text=own,
        name=plain_name(own),
        label=span.label,
        start=span.start,
        end=span.end,
        score=span.score,
        sentence=sentence,
    )

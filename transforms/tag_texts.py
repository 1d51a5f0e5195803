"""Tags texts in memory as the stages of the pipeline do, without Beam."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from transforms.columns import NamedEntities, Sentences, TaggedWords
from transforms.model.tags import WordTagger
from transforms.text.entities import group_many
from transforms.text.many_words import split_many
from transforms.text.mended_entities import mend_entities
from transforms.text.named_entities import name_entities
from transforms.text.sentences import split_texts


@dataclass(frozen=True, slots=True)
class TextEntity:
    """A name in a text.

    Attributes:
      text: the exact slice, `the_text[start:end]`.
      name: the form to group by: the text on one line, without hidden characters
        and escapes of HTML.
      resolved_name: the name to count by: the same for all that mean the same in a document.
      label: what it is, such as PER, as the whole document tells.
      model_label: the label that the model gave it.
      start, end: code points, half-open.
      score: 0 to 1, 4 decimals: the least probability of the model's label among its words.
      sentence: index of its sentence in the text.
    """

    text: str
    name: str
    resolved_name: str
    label: str
    model_label: str
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
    texts: Sequence[str],
    tagger: WordTagger,
    line_breaks: str = "auto",
    *,
    documents: Sequence[int] | None = None,
    document_labels: bool = True,
) -> list[TaggedText]:
    """Finds the entities of each text, with all texts in one call so that batches are full.

    Args:
      documents: (text,), which document each text is of; those of one are side by side. Each is
        one by itself if None.
      document_labels: whether a document as a whole corrects the model's labels.

    Returns:
      (text,), what was found in each text.

    Raises:
      ValueError: the tagger's results do not fit the sentences.
    """
    sentences = split_texts(texts, line_breaks)
    words = label_words(texts, sentences, tagger)
    return gather(texts, sentences, words, documents, document_labels)


def gather(
    texts: Sequence[str],
    sentences: Sentences,
    words: TaggedWords,
    documents: Sequence[int] | None = None,
    document_labels: bool = True,
) -> list[TaggedText]:
    """Returns what was found in each text, given its words with the model's labels.

    Args:
      documents, document_labels: as `tag_texts` takes them.
    """
    tagged = [TaggedText() for _ in texts]
    for text in sentences.text.tolist():
        tagged[text].sentences += 1
    for sentence, message in sorted(words.failures.items()):
        start, end = int(sentences.starts[sentence]), int(sentences.ends[sentence])
        tagged[sentences.text[sentence]].failures.append(FailedSentence(start, end, message))
    owners = np.arange(len(texts)) if documents is None else np.array(documents, np.int64)
    entities = mend_entities(group_many(words, sentences, texts), words, sentences, texts)
    names = name_entities(entities, sentences, texts, owners, document_labels)
    for sentence, entity in _entities(names, sentences, texts):
        tagged[sentences.text[sentence]].entities.append(entity)
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


def _entities(
    names: NamedEntities, sentences: Sentences, texts: Sequence[str]
) -> Iterator[tuple[int, TextEntity]]:
    """Yields each entity with the index of its sentence."""
    rows = zip(
        names.found.sentence.tolist(),
        names.found.spans(),
        names.names,
        names.resolved_names,
        names.model_labels,
        strict=True,
    )
    for sentence, span, name, resolved_name, model_label in rows:
        yield (
            sentence,
            TextEntity(
                text=texts[sentences.text[sentence]][span.start : span.end],
                name=name,
                resolved_name=resolved_name,
                label=span.label,
                model_label=model_label,
                start=span.start,
                end=span.end,
                score=span.score,
                sentence=int(sentences.index[sentence]),
            ),
        )

"""Tags texts in memory as the stages of the pipeline do, without Beam."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from transforms.model.tags import TagFailure, WordTagger
from transforms.records import TaggedWord
from transforms.text.entities import group_words
from transforms.text.names import plain_name
from transforms.text.sentences import split_text
from transforms.text.words import split_words


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
    spans = [
        (place, *span) for place, text in enumerate(texts) for span in split_text(text, line_breaks)
    ]
    results = label_words([(texts[place], start, end) for place, start, end in spans], tagger)
    tagged = [TaggedText() for _ in texts]
    for (place, start, end), result in zip(spans, results, strict=True):
        found = tagged[place]
        if isinstance(result, TagFailure):
            found.failures.append(FailedSentence(start, end, result.message))
        else:
            found.entities += _entities(texts[place], result, found.sentences)
        found.sentences += 1
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


def label_words(
    sentences: Sequence[tuple[str, int, int]], tagger: WordTagger
) -> list[list[TaggedWord] | TagFailure]:
    """Splits sentences into words and has them labelled, all in one call.

    Args:
      sentences: (sentence,), each a text and the span of the sentence in it.

    Returns:
      (sentence,), the words of each sentence with their spans in its text, or why the sentence
      could not be tagged.

    Raises:
      ValueError: the tagger's results do not fit the sentences.
    """
    words = [split_words(text[start:end]) for text, start, end in sentences]
    results = tagger.tag([[word.form for word in sentence] for sentence in words])
    if len(results) != len(words):
        raise ValueError(f"tagger returned {len(results)} results for {len(words)} sentences")
    return [
        result
        if isinstance(result, TagFailure)
        else [
            TaggedWord(start + word.start, start + word.end, label, score)
            for word, label, score in zip(of_one, result.labels, result.scores, strict=True)
        ]
        for (_, start, _), of_one, result in zip(sentences, words, results, strict=True)
    ]


def _entities(text: str, words: Sequence[TaggedWord], sentence: int) -> list[TextEntity]:
    return [
        TextEntity(
            text=text[span.start : span.end],
            name=plain_name(text[span.start : span.end]),
            label=span.label,
            start=span.start,
            end=span.end,
            score=span.score,
            sentence=sentence,
        )
        for span in group_words(words, text)
    ]

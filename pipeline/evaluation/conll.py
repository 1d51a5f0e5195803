"""Reads labelled sentences from the columns of CoNLL files."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import UsageError

# CoNLL-2003's types of entities, in the customary order.
CONLL_TYPES = ("PER", "ORG", "LOC", "MISC")


@dataclass(frozen=True, slots=True)
class LabelledSentence:
    """The words of a sentence and their labels in IOB2, one a word; there is at least one.

    Attributes:
      document: which document of its file it stands in, None where the file does not say.
    """

    words: list[str]
    labels: list[str]
    document: int | None = None


def read_conll(path: str | Path) -> list[LabelledSentence]:
    """Reads a file of columns: the word first, its tag in IOB1 or IOB2 last.

    Blank lines and `-DOCSTART-` lines end sentences, and the latter begin documents.

    Raises:
      UsageError: the file cannot be read, a line is not of that form, or there is no sentence.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path}: {error}") from error
    sentences = list(parse_sentences(text, str(path)))
    if not sentences:
        raise UsageError(f"{path} holds no sentence: expected a line a word, the tag at its end")
    return sentences


def parse_sentences(text: str, place: str) -> Iterator[LabelledSentence]:
    """Yields the sentences of a CoNLL file's text; `place` names it in errors."""
    words: list[str] = []
    tags: list[str] = []
    document: int | None = None
    # splitlines would also split at characters that occur inside words.
    for number, line in enumerate(text.split("\n"), start=1):
        columns = re.split(r"[ \t]+", line.strip(" \t\r"))
        if columns[0] not in ("", "-DOCSTART-"):
            words.append(columns[0])
            tags.append(parse_tag(columns, f"{place}, line {number}"))
            continue
        if words:
            yield LabelledSentence(words, to_iob2(tags), document)
            words, tags = [], []
        if columns[0] == "-DOCSTART-":
            document = 0 if document is None else document + 1
    if words:
        yield LabelledSentence(words, to_iob2(tags), document)


def parse_tag(columns: list[str], place: str) -> str:
    """Returns the tag of a word's line.

    Raises:
      UsageError: there is none, or it is none of IOB1 or IOB2.
    """
    if len(columns) < 2:
        raise UsageError(f"{place}: expected a word and a tag, got only {columns[0]!r}")
    tag = columns[-1]
    if tag != "O" and not re.fullmatch(r"[BI]-.+", tag):
        raise UsageError(f"{place}: expected a tag such as O, B-PER or I-PER, got {tag!r}")
    return tag


def to_iob2(tags: list[str]) -> list[str]:
    """Gives the first word of every entity a B-.

    In IOB1 an entity begins with B- only where it touches one of its own type. So an I- that
    does not continue its own type begins an entity. Nothing else differs, so tags in IOB2 stay
    as they are.

    >>> to_iob2(["I-PER", "I-PER", "B-PER", "O", "I-LOC"])
    ['B-PER', 'I-PER', 'B-PER', 'O', 'B-LOC']
    """
    return [
        f"B-{tag[2:]}" if tag.startswith("I-") and previous[1:] != tag[1:] else tag
        for previous, tag in zip(["O", *tags], tags, strict=False)
    ]


def label_names(sentences: Iterable[LabelledSentence]) -> list[str]:
    """Returns the labels of a model that learns from the sentences.

    They are O, then B- and I- of every type in the sentences: CoNLL's types come first, others
    follow in the order of the alphabet.

    >>> label_names([LabelledSentence(["EU", "and", "Paris"], ["B-ORG", "O", "B-LOC"])])
    ['O', 'B-ORG', 'I-ORG', 'B-LOC', 'I-LOC']
    """
    types = {label[2:] for sentence in sentences for label in sentence.labels if label != "O"}
    ordered = [name for name in CONLL_TYPES if name in types]
    return labels_of_types([*ordered, *sorted(types.difference(CONLL_TYPES))])


def labels_of_types(types: Iterable[str]) -> list[str]:
    """Returns O, then B- and I- of every type.

    >>> labels_of_types(["PER", "LOC"])
    ['O', 'B-PER', 'I-PER', 'B-LOC', 'I-LOC']
    """
    return ["O", *(f"{prefix}-{name}" for name in types for prefix in "BI")]

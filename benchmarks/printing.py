"""Prints what was split into words as a newspaper prints it, and keeps each word's place."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice, pairwise

from pipeline.evaluation.conll import LabelledSentence
from pipeline.evaluation.mentions import Mention
from pipeline.evaluation.scores import spans
from transforms.text.names import plain_name

Span = tuple[int, int]

_NO_SPACE_BEFORE = re.compile(r"[.,;:!?)\]%/]|\.{2,}|n't|'(?:s|re|ve|ll|d|m)", re.IGNORECASE)
_NO_SPACE_AFTER = re.compile(r"[(\[/]|[A-Z]{0,3}\$")
_CLOSING = ('"', "'", "''", ")", "]")


@dataclass(frozen=True, slots=True)
class Printed:
    """A document as it is printed.

    Attributes:
      words: for each sentence, the spans of its words in the text.
    """

    text: str
    sentences: list[LabelledSentence]
    words: list[list[Span]]

    def mentions(self, labels: Sequence[Sequence[str]]) -> list[Mention]:
        """Returns the mentions that labels mean; they are given for every word of each sentence."""
        return [
            self._mention(label, words[first][0], words[last - 1][1])
            for words, of_sentence in zip(self.words, labels, strict=True)
            for label, first, last in spans(of_sentence)
        ]

    def _mention(self, label: str, start: int, end: int) -> Mention:
        return Mention(label, start, end, plain_name(self.text[start:end]))


def print_document(sentences: Sequence[LabelledSentence]) -> Printed:
    """Prints a document, a paragraph a line.

    >>> sentences = ["RAIN STOPS PLAY .", "QUITO 1996-08-30", "It rained .", "Nobody minded ."]
    >>> words = [sentence.split() for sentence in sentences]
    >>> print_document([LabelledSentence(of, ["O"] * len(of)) for of in words]).text
    'RAIN STOPS PLAY.\\nQUITO 1996-08-30\\nIt rained. Nobody minded.'
    """
    text = ""
    places: list[list[Span]] = []
    for paragraph in paragraphs([sentence.words for sentence in sentences]):
        text += "\n" if text else ""
        printed, spans_of_words = print_paragraph(paragraph)
        places += [shifted(words, len(text)) for words in spans_of_words]
        text += printed
    return Printed(text, list(sentences), places)


def paragraphs(sentences: Sequence[list[str]]) -> Iterator[list[list[str]]]:
    """Yields the paragraphs of a document.

    The headline and every line that does not end as prose are paragraphs of their own; the
    sentences between two of those make one.
    """
    headline, *rest = sentences
    yield [headline]
    for is_prose, run in groupby(rest, ends_as_prose):
        if is_prose:
            yield list(run)
        else:
            yield from ([line] for line in run)


def ends_as_prose(words: Sequence[str]) -> bool:
    """Tells whether a sentence ends with a period, `!` or `?`, and perhaps quotes after it.

    >>> ends_as_prose(["So", "?", '"']), ends_as_prose(["LONDON", "1996-08-30"])
    (True, False)
    """
    last = next((word for word in reversed(words) if word not in _CLOSING), "")
    return last.endswith((".", "!", "?"))


def print_paragraph(sentences: Sequence[list[str]]) -> tuple[str, list[list[Span]]]:
    """Prints sentences in a row.

    Returns:
      The text, and the spans of each sentence's words in it.
    """
    text = ""
    places: list[Span] = []
    for words in move_quotes(sentences):
        text += " " if text else ""
        printed, spans_of_words = join_words(words)
        places += shifted(spans_of_words, len(text))
        text += printed
    rest = iter(places)
    return text, [list(islice(rest, len(words))) for words in sentences]


def move_quotes(sentences: Sequence[list[str]]) -> list[list[str]]:
    """Moves quotes that end a sentence in CoNLL, but open the next one, to where they belong.

    >>> move_quotes([["He", "left", ".", '"'], ["Why", "?", '"']])
    [['He', 'left', '.'], ['"', 'Why', '?', '"']]
    """
    moved = [list(words) for words in sentences]
    is_open = False
    for words, following in pairwise([*moved, []]):
        if words[0] == '"':
            is_open = False  # where a quotation goes on, every paragraph opens it again
        is_open ^= words.count('"') % 2 == 1
        if is_open and len(words) > 1 and words[-1] == '"' and following[:1] not in ([], ['"']):
            following.insert(0, words.pop())
    return moved


def shifted(places: Sequence[Span], offset: int) -> list[Span]:
    return [(start + offset, end + offset) for start, end in places]


def join_words(words: list[str]) -> tuple[str, list[Span]]:
    """Joins words as a newspaper prints them.

    Returns:
      The text, and the span of each word in it.
    """
    text = ""
    places: list[Span] = []
    glued = True
    open_quotes = {'"'} if _begins_inside_quotation(words) else set()
    for word in words:
        possessive = word == "'" and text.endswith(("s", "S"))
        quote = word in ('"', "'") and (word in open_quotes or not possessive)
        closes = word in open_quotes or possessive
        if not (glued or closes or _NO_SPACE_BEFORE.fullmatch(word)):
            text += " "
        places.append((len(text), len(text) + len(word)))
        text += word
        if quote:
            open_quotes ^= {word}
        glued = (quote and not closes) or _NO_SPACE_AFTER.fullmatch(word) is not None
    return text, places


def _begins_inside_quotation(words: list[str]) -> bool:
    """Tells whether the first double quote of a sentence closes what an earlier one opened."""
    return words.count('"') % 2 == 1 and words[max(0, words.index('"') - 1)] in (",", ".", "?", "!")

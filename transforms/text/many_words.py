"""Splits many sentences into words at once, just as `split_words` splits each.

A chunk is what stands between white space. Its words depend on nothing else, unless it has a
period, whose meaning depends on where the chunk stands. News has few different chunks, so a table
of their words, which `word_spans` fills, answers nearly always. The rest is arithmetic on columns.
"""

import threading
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from transforms.columns import Integers, Words, starts_of, stretches
from transforms.text.characters import WHITE_SPACE, has_hidden, hide
from transforms.text.words import last_place, word_spans

# The table holds up to some 250,000 chunks of news, which take about 60 MB.
_MAX_TABLE_CHARS = 2_000_000

_IS_SPACE = np.zeros(0x110000, np.bool_)
_IS_SPACE[list(map(ord, WHITE_SPACE))] = True


@dataclass(frozen=True, slots=True, eq=False)
class SplitWords:
    """The words of some sentences, and where each is in its sentence.

    Attributes:
      starts, ends: (word,), code points, half-open.
    """

    words: Words
    starts: Integers
    ends: Integers


def split_many(sentences: Sequence[str], table: "ChunkTable | None" = None) -> SplitWords:
    """Splits sentences into words; they are the words and spans of `split_words`.

    Args:
      table: where the words of chunks are kept; None takes that of this process.
    """
    visible = {index: hide(one) for index, one in enumerate(sentences) if has_hidden(one)}
    seen = list(sentences)
    for index, one in visible.items():
        seen[index] = one.text
    split = (table or _table).split(_find_chunks(seen))
    word_starts = starts_of(split.words.counts)
    for index, one in visible.items():
        own = slice(word_starts[index], word_starts[index] + split.words.counts[index])
        split.starts[own] = np.array(one.starts, np.int64)[split.starts[own]]
        split.ends[own] = np.array(one.ends, np.int64)[split.ends[own] - 1]
    return split


@dataclass(frozen=True, slots=True, eq=False)
class _Chunks:
    """The chunks of some sentences.

    Attributes:
      keys: (chunk,), the chunk; with a period, as it stands in its sentence (`_in_context`).
      starts: (chunk,), where it starts in its sentence.
      counts: (sentence,), how many chunks each sentence has.
    """

    keys: list[str]
    starts: Integers
    counts: Integers


def _find_chunks(sentences: Sequence[str]) -> _Chunks:
    text = "\n".join(sentences)  # no chunk goes across white space
    lengths = np.fromiter(map(len, sentences), np.int64, len(sentences))
    lines = starts_of(lengths + 1)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    edges = np.flatnonzero(np.diff(_IS_SPACE[codes], prepend=True, append=True))
    starts, ends = edges[::2], edges[1::2]
    counts = np.diff(np.searchsorted(starts, lines), append=len(starts))
    keys = text.split()
    sentence = np.repeat(np.arange(len(sentences)), counts)
    finals = lines + [last_place(one) for one in sentences]

    [periods] = np.nonzero(codes == ord("."))
    marked = np.unique(np.searchsorted(starts, periods, side="right") - 1)
    own = sentence[marked]
    is_first = starts[marked] == lines[own]
    is_last = (starts[marked] <= finals[own]) & (finals[own] < ends[marked])
    columns = (marked, ends[marked], is_first, is_last)
    for chunk, end, first, last in zip(*(column.tolist() for column in columns), strict=True):
        keys[chunk] = _in_context(keys[chunk], text[end : end + 2], first, last)
    return _Chunks(keys, starts - lines[sentence], counts)


def _in_context(chunk: str, following: str, is_first: bool, is_last: bool) -> str:
    """Returns a short text in which a chunk has the words that it has in its sentence.

    All that counts is whether the sentence begins with the chunk, whether its final period is in
    the chunk, and whether a digit follows.

    >>> _in_context("No.", " 4", is_first=False, is_last=False)
    'a No. 1'
    """
    before = "" if is_first else "a "
    after = "" if is_last else " 1" if following[1:].isdigit() else " a"
    return before + chunk + after


class _Rows(dict[str, int]):
    """Gives each chunk in its context a row of a table, which has its words.

    Attributes:
      counts: (row,), how many words it has.
      starts, ends, form: (word of a row,), its span in the chunk, and an index into `forms`.
    """

    def __init__(self) -> None:
        self.counts, self.starts, self.ends, self.form = (array("q") for _ in range(4))
        self.forms: dict[str, int] = {}
        self.chars = 0

    def __missing__(self, key: str) -> int:
        first = 2 if key.startswith("a ") else 0
        last = key.find(" ", first) % (len(key) + 1)  # -1 stands for the end
        count = 0
        for start, end in word_spans(key):
            if first <= start < last:
                count += 1
                self.starts.append(start - first)
                self.ends.append(end - first)
                self.form.append(self.forms.setdefault(key[start:end], len(self.forms)))
        self.counts.append(count)
        self.chars += len(key)
        self[key] = row = len(self)
        return row


class ChunkTable:
    """The words of chunks, each looked for only once. Threads share it.

    Args:
      max_chars: with more characters it starts anew. Frequent chunks are back at once, and
        counting how often each is used would cost more.
    """

    def __init__(self, max_chars: int = _MAX_TABLE_CHARS) -> None:
        self._max_chars = max_chars
        self._rows = _Rows()
        self._lock = threading.Lock()

    @property
    def chars(self) -> int:
        """How many characters its chunks have, with the context that counts."""
        return self._rows.chars

    def split(self, chunks: _Chunks) -> SplitWords:
        with self._lock:
            if self.chars > self._max_chars:
                self._rows = _Rows()
            rows = np.fromiter(map(self._rows.__getitem__, chunks.keys), np.int64, len(chunks.keys))
            columns = self._rows
            all_counts, starts, ends, form = map(
                np.array, (columns.counts, columns.starts, columns.ends, columns.form)
            )
            forms = list(columns.forms)
        counts = all_counts[rows]
        own = stretches(starts_of(all_counts)[rows], counts)
        places = np.repeat(chunks.starts, counts)
        before = np.concatenate([[0], np.cumsum(counts)])
        first = starts_of(chunks.counts)
        words = Words(*_distinct(forms, form[own]), before[first + chunks.counts] - before[first])
        return SplitWords(words, starts[own] + places, ends[own] + places)


_table = ChunkTable()


def _distinct(forms: Sequence[str], form: Integers) -> tuple[list[str], Integers]:
    """Returns only those forms that there are, and the words' indices among them."""
    there = np.zeros(len(forms), np.bool_)
    there[form] = True
    [kept] = np.nonzero(there)
    places = np.empty(len(forms), np.int64)
    places[kept] = np.arange(len(kept))
    return [forms[index] for index in kept.tolist()], places[form]

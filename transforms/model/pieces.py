"""Encodes each word into pieces by itself, and only once."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from transformers import PreTrainedTokenizerFast

from transforms.columns import Integers, starts_of, stretches

# The table holds up to some 250,000 words of news, which take about 60 MB.
_MAX_TABLE_CHARS = 2_000_000


class Pieces:
    """Encodes words just as a fast tokenizer does with `is_split_into_words`.

    The pieces of such a word depend on that word alone. So they are looked up in a table that the
    tokenizer fills, which gives the same result several times faster.

    Attributes:
      prefix: (piece,), ids of the special pieces before a sentence, such as `[CLS]`.
      suffix: (piece,), ids of the special pieces after it, such as `[SEP]`.
      padding: the id of the piece that fills up a batch.
    """

    def __init__(
        self, tokenizer: PreTrainedTokenizerFast, max_table_chars: int = _MAX_TABLE_CHARS
    ) -> None:
        self._tokenizer = tokenizer
        self._max_table_chars = max_table_chars
        self._table: dict[str, tuple[int, ...]] = {}
        self._table_chars = 0
        self._lock = threading.Lock()
        self.prefix, self.suffix = _special_pieces(tokenizer)
        self.padding: int = tokenizer.pad_token_id or 0

    def encode(self, words: Sequence[str]) -> list[tuple[int, ...]]:
        """Returns the pieces of words.

        Args:
          words: (word,).

        Returns:
          (word, piece), ids. A word that the tokenizer drops has none.
        """
        with self._lock:
            self._learn(dict.fromkeys(words))
            return [self._table[word] for word in words]

    def _learn(self, words: Iterable[str]) -> None:
        unseen = [word for word in words if word not in self._table]
        chars = sum(map(len, unseen))
        if self._table_chars + chars > self._max_table_chars:
            # The table starts anew. Frequent words are back at once, and counting how often each
            # is used would cost more.
            self._table, self._table_chars = {}, 0
            unseen = list(words)
            chars = sum(map(len, unseen))
        if unseen:
            self._table.update(zip(unseen, self._encode_words(unseen), strict=True))
            self._table_chars += chars

    def _encode_words(self, words: list[str]) -> list[tuple[int, ...]]:
        encoding = self._tokenizer(
            words, is_split_into_words=True, add_special_tokens=False, verbose=False
        )
        pieces: list[list[int]] = [[] for _ in words]
        for piece, word in zip(encoding["input_ids"], encoding.word_ids(), strict=True):
            pieces[word].append(piece)
        return [tuple(word_pieces) for word_pieces in pieces]


@dataclass(frozen=True, slots=True, eq=False)
class WordPieces:
    """The pieces of many words, in columns; words of one form share theirs.

    Attributes:
      ids: (piece,), the ids of each form's pieces, one form after the other.
      starts: (word,), where in `ids` a word's pieces begin.
      counts: (word,), how many pieces it has.
    """

    ids: Integers
    starts: Integers
    counts: Integers

    @classmethod
    def of(cls, forms: Sequence[Sequence[int]], form: Integers, most: int) -> "WordPieces":
        """Makes columns of the pieces of forms, (form, piece); a word has at most `most`."""
        counts = np.fromiter(map(len, forms), np.int64, len(forms))
        ids = np.fromiter(chain.from_iterable(forms), np.int64, counts.sum())
        return cls(ids, starts_of(counts)[form], np.minimum(counts, most)[form])

    def of_words(self, words: Integers) -> Integers:
        """Returns the pieces of some words, one word after the other."""
        return self.ids[stretches(self.starts[words], self.counts[words])]


def _special_pieces(tokenizer: PreTrainedTokenizerFast) -> tuple[list[int], list[int]]:
    """Returns the ids of the pieces that the tokenizer puts before and after a sentence."""
    encoding = tokenizer(["word"], is_split_into_words=True)
    words = encoding.word_ids()
    start, end = words.index(0), len(words) - words[::-1].index(0)
    return encoding["input_ids"][:start], encoding["input_ids"][end:]

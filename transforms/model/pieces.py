"""Encodes each word into pieces by itself, and only once."""

import threading
from collections.abc import Iterable, Sequence

from transformers import PreTrainedTokenizerFast

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

    def encode(self, sentences: Sequence[Sequence[str]]) -> list[list[tuple[int, ...]]]:
        """Returns the pieces of every word.

        Args:
          sentences: (sentence, word).

        Returns:
          (sentence, word, piece), ids. A word that the tokenizer drops has none.
        """
        words = dict.fromkeys(word for sentence in sentences for word in sentence)
        with self._lock:
            self._learn(words)
            table = self._table
            return [[table[word] for word in sentence] for sentence in sentences]

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


def _special_pieces(tokenizer: PreTrainedTokenizerFast) -> tuple[list[int], list[int]]:
    """Returns the ids of the pieces that the tokenizer puts before and after a sentence."""
    encoding = tokenizer(["word"], is_split_into_words=True)
    words = encoding.word_ids()
    start, end = words.index(0), len(words) - words[::-1].index(0)
    return encoding["input_ids"][:start], encoding["input_ids"][end:]

"""Tells an uncased encoder about case: the shape of a piece becomes its token type.

An uncased tokenizer hides the best hint that a name begins. The shape of what stands in the
text gives it back: it is the token type of every piece that begins a word (for the tokenizer,
which takes a hyphen for a word too); the other pieces have type 0. So a piece's type depends
only on its own characters, and word and type embeddings, which are added anyway, can be
baked into those of a cased vocabulary (bake.py).
"""

from collections.abc import Sequence
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase

CONTINUATION = "##"


class Shape(IntEnum):
    """What the letters of a piece look like; a piece without letters is LOWER."""

    LOWER = 0
    UPPER = 1
    TITLE = 2
    MIXED = 3


def shape_of(surface: str) -> Shape:
    """Returns the shape of some characters of a text.

    >>> [shape_of(surface).name for surface in ("rain", "EU", "A", "Paris", "iPhone", "1980s")]
    ['LOWER', 'UPPER', 'TITLE', 'TITLE', 'MIXED', 'LOWER']
    """
    capitals = sum(char.isupper() for char in surface)
    if not capitals:
        return Shape.LOWER
    if capitals == 1 and surface[0].isupper():
        return Shape.TITLE
    if capitals == sum(char.isalpha() for char in surface):
        return Shape.UPPER
    return Shape.MIXED


class PieceTypes:
    """Finds the types that pieces of an uncased vocabulary have when a text's case is changed.

    The pieces stay the same, so a sentence can be put in capitals without its text at hand.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        pieces = tokenizer.convert_ids_to_tokens(list(range(len(tokenizer))))
        special = set(tokenizer.all_special_tokens)
        # The count of letters of each piece that has a shape, and 0 for the others.
        self._letters = np.array(
            [
                0
                if piece in special or piece.startswith(CONTINUATION)
                else sum(char.isalpha() for char in piece)
                for piece in pieces
            ]
        )

    def upper(self, pieces: NDArray[np.integer]) -> NDArray[np.integer]:
        """Returns the types of (piece,) ids in a sentence in capitals."""
        shapes = np.array([Shape.LOWER, Shape.TITLE, Shape.UPPER])
        return shapes[np.minimum(self._letters[pieces], 2)]

    def title(
        self,
        pieces: NDArray[np.integer],
        types: NDArray[np.integer],
        first: NDArray[np.bool_],
        shortest: int,
    ) -> NDArray[np.integer]:
        """Returns the types in a headline: words of at least `shortest` letters have a capital.

        Args:
          pieces, types: (piece,), of a sentence as it stands in the text.
          first: (piece,), True at the first piece of a word.
        """
        raised = first & (types == Shape.LOWER) & (self._letters[pieces] >= shortest)
        return np.where(raised, Shape.TITLE, types)


def encode_words(
    words: Sequence[str], tokenizer: PreTrainedTokenizerBase
) -> list[tuple[list[int], list[int]]]:
    """Encodes each word by itself; returns its pieces and their types."""
    encoding = tokenizer(
        list(words),
        is_split_into_words=True,
        add_special_tokens=False,
        return_offsets_mapping=True,
        verbose=False,
    )
    encoded: list[tuple[list[int], list[int]]] = [([], []) for _ in words]
    tokens = encoding.tokens()
    for token, piece, (start, end), word in zip(
        tokens, encoding["input_ids"], encoding["offset_mapping"], encoding.word_ids(), strict=True
    ):
        continues = token.startswith(CONTINUATION)
        encoded[word][0].append(piece)
        encoded[word][1].append(Shape.LOWER if continues else shape_of(words[word][start:end]))
    return encoded

"""A piece's shape depends only on its own characters."""

import numpy as np

from training.shapes import PieceTypes, Shape, encode_words


def test_only_a_piece_that_begins_a_word_has_a_shape(tokenizer):
    encoded = encode_words(["LEESON", "Leeson-Based", "MacLee"], tokenizer)
    named = [
        list(zip(tokenizer.convert_ids_to_tokens(pieces), types, strict=True))
        for pieces, types in encoded
    ]
    assert named == [
        [("lee", Shape.UPPER), ("##s", Shape.LOWER), ("##on", Shape.LOWER)],
        [
            ("lee", Shape.TITLE),
            ("##s", Shape.LOWER),
            ("##on", Shape.LOWER),
            ("-", Shape.LOWER),
            ("based", Shape.TITLE),
        ],
        [("mac", Shape.TITLE), ("##l", Shape.LOWER), ("##e", Shape.LOWER), ("##e", Shape.LOWER)],
    ]


def test_a_headline_leaves_its_short_words(tokenizer):
    words = ["ann", "met", "a", "2", "EU"]
    encoded = encode_words(words, tokenizer)
    pieces = np.array([piece for of_word, _ in encoded for piece in of_word])
    types = np.array([shape for _, of_word in encoded for shape in of_word])
    first = np.ones(len(pieces), np.bool_)
    shapes = PieceTypes(tokenizer)
    title = [Shape.TITLE, Shape.TITLE, Shape.LOWER, Shape.LOWER, Shape.UPPER]
    assert shapes.title(pieces, types, first, shortest=2).tolist() == title
    upper = [Shape.UPPER, Shape.UPPER, Shape.TITLE, Shape.LOWER, Shape.UPPER]
    assert shapes.upper(pieces).tolist() == upper

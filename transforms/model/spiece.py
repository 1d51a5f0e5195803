"""Turns an ALBERT `spiece.model` into a fast tokenizer, as Transformers 4.16 did.

Transformers 5 makes another tokenizer, which older checkpoints were not trained with. It splits
the text at the model's own symbols before everything else, so that `Toronto-based` gets the
pieces of `Toronto - based`, and it leaves pieces such as `1,` whole. It also needs the package
sentencepiece, whose version 0.2.3 cannot be imported beside protobuf 6. None of this matters for a
checkpoint that has a `tokenizer.json`.
"""

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from transformers import AlbertTokenizer

# With this penalty `1,` is never one piece, since digits are better kept apart.
_NUMBER_COMMA_PENALTY = 100.0


def albert_tokenizer(folder: Path) -> AlbertTokenizer:
    """Makes the tokenizer of a checkpoint that has a `spiece.model` and no `tokenizer.json`.

    Raises:
      ValueError: its `spiece.model` is no SentencePiece model.
    """
    pieces, charsmap = read_sentencepiece((folder / "spiece.model").read_bytes())
    vocabulary = [
        (piece, score - _NUMBER_COMMA_PENALTY if _is_number_comma(piece) else score)
        for piece, score in pieces
    ]
    config_file = folder / "tokenizer_config.json"
    config = json.loads(config_file.read_bytes()) if config_file.is_file() else {}
    known = ("do_lower_case", "keep_accents", "model_max_length")
    options: dict[str, Any] = {name: config[name] for name in known if name in config}
    if charsmap:
        options["_spm_precompiled_charsmap"] = charsmap
    return AlbertTokenizer(vocab=vocabulary, **options)


def _is_number_comma(piece: str) -> bool:
    return len(piece) >= 2 and piece[-1] == "," and piece[-2].isdigit()


def read_sentencepiece(model: bytes) -> tuple[list[tuple[str, float]], bytes]:
    """Reads a SentencePiece model, whose fields `sentencepiece_model.proto` numbers.

    Returns:
      The pieces and their scores by id, and the table of the normaliser, b"" if there is none.

    Raises:
      ValueError: the bytes are no such model.
    """
    pieces: list[tuple[str, float]] = []
    charsmap = b""
    for number, value in _fields(model):
        if number == 1:
            piece = dict(_fields(value))
            # Protobuf leaves out a value that is the default.
            score = struct.unpack("<f", piece.get(2, bytes(4)))[0]
            pieces.append((piece[1].decode(), score))
        elif number == 3:
            charsmap = dict(_fields(value)).get(2, b"")
    if not pieces:
        raise ValueError("a SentencePiece model without pieces")
    return pieces, charsmap


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """Yields the number and the raw value of each field of a protobuf message."""
    position = 0
    while position < len(message):
        tag, position = _varint(message, position)
        number, wire_type = tag >> 3, tag & 7
        if wire_type == 0:
            _, end = _varint(message, position)
        elif wire_type == 1:
            end = position + 8
        elif wire_type == 2:
            size, position = _varint(message, position)
            end = position + size
        elif wire_type == 5:
            end = position + 4
        else:
            raise ValueError(f"wire type {wire_type} at byte {position}: no protobuf message")
        if end > len(message):
            raise ValueError(f"field {number} ends at {end}, after the end at {len(message)}")
        yield number, message[position:end]
        position = end


def _varint(message: bytes, position: int) -> tuple[int, int]:
    """Returns the number that starts at a position, and the position after it."""
    value = shift = 0
    while position < len(message):
        byte = message[position]
        value |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:
            return value, position
    raise ValueError(f"a number that does not end, at byte {position}")

"""A corpus of many blocks but little text: a job on it can be caught in its middle, and is short.

Blocks are cut by the bytes of the input, so each line has a large field beside the text.
"""

import gzip
import json
import random
from pathlib import Path

_LINES_A_BLOCK = 25
_NAMES = ("Ada Lindqvist", "Port Halden", "Kestrel Robotics", "Tom Okafor", "Varna", "Northlight")
_PHRASE = (
    "the council has said that new boats will leave before winter and that prices for fish may "
    "rise again while engineers look at what was left of the old bridge over a quiet river"
)


def write_corpus(folder: Path, blocks: int) -> Path:
    """Writes jsonl, half of it as one compressed file: two ways of being cut into blocks."""
    chance = random.Random(7)
    folder.mkdir(parents=True)
    lines = [_document(chance, number) for number in range(blocks * _LINES_A_BLOCK)]
    half = len(lines) // 2
    (folder / "plain.jsonl").write_bytes(b"".join(lines[:half]))
    (folder / "packed.jsonl.gz").write_bytes(gzip.compress(b"".join(lines[half:]), 1))
    return folder


def _document(chance: random.Random, number: int) -> bytes:
    """A line of about 1 / _LINES_A_BLOCK MiB."""
    text = " ".join(_sentence(chance) for _ in range(15))
    page = chance.randbytes(20_000).hex()
    return json.dumps({"id": f"d{number}", "text": text, "page": page}).encode() + b"\n"


def _sentence(chance: random.Random) -> str:
    words = chance.choices(_PHRASE.split(), k=14)
    words[chance.randrange(14)] = chance.choice(_NAMES)
    return f"{chance.choice(_NAMES)} {' '.join(words)}."

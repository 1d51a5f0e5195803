"""Makes sound small inputs of all formats and compressions, and spoils them."""

import bz2
import csv
import gzip
import io
import json
import lzma
import random
from collections.abc import Callable, Iterable

import pyarrow as pa
import pyarrow.parquet as pq

from tests.pages import page, record, response
from transforms.files.file_names import COMPRESSIONS, EXTRACTED_FORMATS, FORMATS
from transforms.files.storage import zstd

COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstd.compress,
}
# Bytes that mean something to one reader or another.
TELLING = (
    *(b"\x00", b"\n", b"\r", b'"', b"'", b"\\", b",", b"\t", b"{", b"}", b"[", b"]", b":", b"\xff"),
    *(
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xfe\xff",
        b"\x1f\x8b",
        b"PAR1",
        b"<html>",
        b"\\ud800",
        b"e9",
    ),
    *(b"null", b"NaN", b"-", b"[" * 200, b"{" * 200, b'"' * 50, b"\n" * 50, b"sep=;\n", b"\xc3"),
)
KINDS = [
    (kind, compression)
    for kind in FORMATS
    for compression in ("", *COMPRESSIONS)
    if not (kind == "parquet" and compression)
]


def records(chance: random.Random) -> list[dict[str, object]]:
    """Returns records as good news has them, with values of several types."""
    return [
        {
            "id": chance.choice([number, f"n{number}"]),
            "text": chance.choice(["Ann met Bob.", "Zoë, of Oslo, said “no”.\nShe left.", "東京"]),
            "when": chance.choice(["2024-01-09", "9 Jan 2024", "", None]),
            "source": chance.choice(["Echo", None, "a, b"]),
        }
        for number in range(chance.randrange(1, 8))
    ]


def _rows(records: list[dict[str, object]], delimiter: str) -> bytes:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(records[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(records)
    return stream.getvalue().encode()


def _page(texts: Iterable[str]) -> bytes:
    return page(texts).encode()


def _crawl(texts: Iterable[str]) -> bytes:
    return b"".join(record(response(_page([text]))) for text in texts)


def _feed(texts: Iterable[str]) -> bytes:
    items = "".join(f"<item><title>Ann</title><description>{t}</description></item>" for t in texts)
    return f'<rss version="2.0"><channel><title>Echo</title>{items}</channel></rss>'.encode()


WEB: dict[str, Callable[[Iterable[str]], bytes]] = {"html": _page, "warc": _crawl, "feed": _feed}


def sound(kind: str, chance: random.Random) -> bytes:
    """Returns a sound input of a format, not compressed."""
    found = records(chance)
    if kind == "txt":
        return "\n\n".join(str(record["text"]) for record in found).encode()
    if kind == "jsonl":
        return "".join(json.dumps(record) + "\n" for record in found).encode()
    if kind == "json":
        return json.dumps(found, indent=chance.choice([None, 1])).encode()
    if kind in EXTRACTED_FORMATS:
        return WEB[kind](f"{record['text']} {'It rained all day. ' * 9}" for record in found)
    if kind in ("csv", "tsv"):
        return _rows(found, "\t" if kind == "tsv" else chance.choice(",;|\t"))
    columns = {name: [str(record[name]) for record in found] for name in found[0]}
    stream = io.BytesIO()
    pq.write_table(pa.table(columns), stream, compression=chance.choice(["snappy", "zstd", "none"]))
    return stream.getvalue()


def _flip(data: bytearray, chance: random.Random) -> None:
    if data:
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _cut(data: bytearray, chance: random.Random) -> None:
    begin = chance.randrange(len(data) + 1)
    del data[begin : chance.choice([len(data), begin + chance.randrange(1, 20)])]


def _insert(data: bytearray, chance: random.Random) -> None:
    place = chance.randrange(len(data) + 1)
    data[place:place] = chance.choice([*TELLING, chance.randbytes(chance.randrange(1, 9))])


def _repeat(data: bytearray, chance: random.Random) -> None:
    begin = chance.randrange(len(data) + 1)
    data += data[begin : begin + chance.randrange(1, 200)]


MUTATIONS = (_flip, _cut, _insert, _repeat)


def spoil(data: bytes, chance: random.Random, often: int) -> bytes:
    spoilt = bytearray(data)
    for _ in range(often):
        chance.choice(MUTATIONS)(spoilt, chance)
    return bytes(spoilt)


def generated(number: int) -> tuple[str, bytes]:
    """Returns the ending and the bytes of an input, which are the same for the same number.

    It is spoilt before it is compressed, or afterwards, or at both times; some are joined with
    another input, of which each is whole or spoilt.
    """
    chance = random.Random(number)
    kind, compression = KINDS[number % len(KINDS)]
    data = b"".join(_member(kind, compression, chance) for _ in range(chance.choice([1, 1, 1, 2])))
    ending = chance.choice(FORMATS[kind]) + compression
    return ending, spoil(data, chance, chance.choice([0, 0, 1, 3]))


def _member(kind: str, compression: str, chance: random.Random) -> bytes:
    other = chance.choice([kind] * 9 + [*FORMATS])
    data = spoil(sound(other, chance), chance, chance.choice([0, 1, 1, 4]))
    packing = chance.choice([compression] * 9 + [*COMPRESS])
    return COMPRESS[packing](data)

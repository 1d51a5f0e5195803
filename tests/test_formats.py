import bz2
import gzip
import io
import json
import lzma
import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from transforms import formats
from transforms.formats import RecordError, format_of, parse, scan
from transforms.records import Extent
from transforms.storage import stat, zstd

MAX_CHARS = 1000


def extent(path, format_name, compression="", start=0, end=-1):
    stored = stat(str(path))
    return Extent(str(path), format_name, compression, stored.size, stored.version, start, end)


def read(path, format_name, compression="", start=0, end=-1):
    """Returns (position, values or the reason why there are none)."""
    here = extent(path, format_name, compression, start, end)
    records: list[tuple[int, object]] = []
    for found in scan(here, ("text",), MAX_CHARS):
        try:
            values = {
                k: getattr(v, "as_py", lambda v=v: v)() for k, v in parse(here, found).items()
            }
            records.append((found.position, values))
        except RecordError as error:
            records.append((found.position, error.reason))
    return records


def write(path, data):
    path.write_bytes(data)
    return path


LINES = b'{"text": "a"}\n\n{"text": "bb"}\r\n{"text": "c"}'
POSITIONS = [(0, {"text": "a"}), (15, {"text": "bb"}), (31, {"text": "c"})]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.JSONL", ("jsonl", "")),
        ("a.ndjson.zst", ("jsonl", ".zst")),
        ("a.txt.xz", ("txt", ".xz")),
        ("a.parquet", ("parquet", "")),
        ("a.parquet.gz", None),
        ("a.pdf", None),
    ],
)
def test_the_name_tells_the_format(name, expected):
    assert format_of(name) == expected


@pytest.mark.parametrize(
    ("suffix", "compress"),
    [
        ("", bytes),
        (".gz", gzip.compress),
        (".bz2", bz2.compress),
        (".xz", lzma.compress),
        (".zst", zstd.compress),
    ],
)
def test_positions_count_decompressed_bytes(tmp_path, suffix, compress):
    path = write(tmp_path / f"a.jsonl{suffix}", compress(LINES))
    assert read(path, "jsonl", suffix) == POSITIONS


def test_cut_anywhere_every_line_is_read_once(tmp_path):
    path = write(tmp_path / "a.jsonl", LINES)
    for cut in range(len(LINES) + 1):
        parts = read(path, "jsonl", "", 0, cut) + read(path, "jsonl", "", cut, len(LINES))
        assert parts == POSITIONS


def test_a_broken_line_does_not_hide_the_next(tmp_path):
    lines = [b'{"text": ', b"[1]", b'{"text": "\xe9"}', b'{"text": "' + b"x" * 9000 + b'"}', b"{}"]
    path = write(tmp_path / "a.jsonl", b"\n".join(lines))
    reasons = [reason for _, reason in read(path, "jsonl")]
    assert reasons == ["bad_json", "bad_json", "bad_encoding", "too_long", {}]


def test_csv_cells_may_hold_newlines_commas_and_quotes(tmp_path):
    data = b'id,text\r\n1,"a, ""b""\nc"\r\n\r\n2,d\r\n'
    assert read(write(tmp_path / "a.csv", data), "csv") == [
        (9, {"id": "1", "text": 'a, "b"\nc'}),
        (27, {"id": "2", "text": "d"}),
    ]


def test_a_broken_csv_row_does_not_hide_the_next(tmp_path):
    rows = [b"id,text", b"1,a,b", b"2,\xff", b'3,"' + b"x" * 1500, b"4,ok"]
    path = write(tmp_path / "a.csv", b"\n".join(rows))
    assert [found for _, found in read(path, "csv")] == [
        "bad_row",
        "bad_encoding",
        "too_long",
        {"id": "4", "text": "ok"},
    ]


def test_tsv_and_the_byte_order_mark(tmp_path):
    path = write(tmp_path / "a.tsv", b"\xef\xbb\xbftext\tid\nA\t1\n")
    assert read(path, "tsv") == [(11, {"text": "A", "id": "1"})]


def test_parquet_rows_are_counted_across_row_groups(tmp_path):
    table = pa.table({"text": list("abcdef"), "other": range(6)})
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=2)
    assert read(tmp_path / "a.parquet", "parquet", "", 1, 5) == [
        (i, {"text": "abcdef"[i]}) for i in range(1, 5)
    ]


def test_cut_anywhere_every_row_is_read_once(tmp_path):
    texts = [str(i) for i in range(1300)]
    pq.write_table(pa.table({"text": texts}), tmp_path / "a.parquet", row_group_size=1100)
    for cut in (0, 1, 511, 512, 513, 700, 1099, 1100, 1101, 1300):
        parts = [(0, cut), (cut, 1300)]
        rows = [row for part in parts for row in read(tmp_path / "a.parquet", "parquet", "", *part)]
        assert rows == [(i, {"text": texts[i]}) for i in range(1300)]
    assert len(read(tmp_path / "a.parquet", "parquet")) == 1300


def test_rows_beyond_the_end_and_other_columns_are_not_loaded(tmp_path, monkeypatch):
    noise = [os.urandom(2000).hex() for _ in range(4000)]
    table = pa.table({"other": noise, "text": noise})
    pq.write_table(table, tmp_path / "a.parquet", compression="none", use_dictionary=False)
    loaded: list[int] = []

    class Counting(io.FileIO):
        def read(self, size=-1):
            loaded.append(size)
            return super().read(size)

    monkeypatch.setattr(formats, "open_input", Counting)
    assert len(read(tmp_path / "a.parquet", "parquet", "", 0, 500)) == 500
    # 500 texts are 2 MB of the column's 16.
    assert 2_000_000 < sum(loaded) < 6_000_000


def test_whole_lines_before_a_truncation_are_read(tmp_path):
    lines = b"".join(json.dumps({"text": f"{i:x}" * 40}).encode() + b"\n" for i in range(200))
    path = write(tmp_path / "a.jsonl.gz", gzip.compress(lines)[:-200])
    records = scan(extent(path, "jsonl", ".gz"), (), MAX_CHARS)
    assert next(records).position == 0
    with pytest.raises(EOFError):
        list(records)

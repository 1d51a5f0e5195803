import bz2
import csv
import gzip
import io
import json
import lzma
import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.choices import format_of
from transforms.files import csv_rows, formats
from transforms.files.formats import parse, scan
from transforms.files.found import ColumnsError, RecordError, is_corrupt
from transforms.files.storage import stat, zstd
from transforms.records import Extent

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
    rows = [b"id,text", b"1,a,b", b"2,\xff", b'3,"x" y', b"4,a\rb", b"5,ok"]
    path = write(tmp_path / "a.csv", b"\n".join(rows))
    assert read(path, "csv") == [
        (8, "bad_row"),
        (14, "bad_encoding"),
        (18, "bad_row"),
        (26, "bad_row"),
        (32, {"id": "5", "text": "ok"}),
    ]


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_an_open_quote_costs_its_own_row(tmp_path, newline):
    rows = [b"id,text", b'1,"open', b"2,b", b"", b'3,"c', b'd"', b'4,"open', b"5,e", b"6,f"]
    data = newline.join(rows)
    starts = [data.index(b"\n%d," % number) + 1 for number in range(1, 7)]
    assert read(write(tmp_path / "a.csv", data), "csv") == list(
        zip(
            starts,
            [
                "bad_row",
                {"id": "2", "text": "b"},
                {"id": "3", "text": f"c{newline.decode()}d"},
                "bad_row",
                {"id": "5", "text": "e"},
                {"id": "6", "text": "f"},
            ],
            strict=True,
        )
    )


def test_an_open_quote_takes_no_more_memory_than_a_row_may(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_rows, "_MIN_ROW_BYTES", 0)
    rows = [b'1,"open', *(b"%d,%s" % (i, b"x" * 50) for i in range(2, 1000)), b'1000,"open']
    path = write(tmp_path / "a.csv", b"id,text\n" + b"\n".join(rows))
    taken: list[int] = []

    def counted(*arguments):
        for line in lines_of(*arguments):
            taken.append(line[0])
            yield line

    lines_of = csv_rows.read_lines
    monkeypatch.setattr(csv_rows, "read_lines", counted)
    records = scan(extent(path, "csv"), ("text",), MAX_CHARS)
    first = next(records)
    assert (first.position, first.content.reason) == (8, "too_long")
    assert taken[-1] < 6 * MAX_CHARS
    found = [record.content for record in records]
    assert [row[0] for _, row in found[:-1]] == [str(i) for i in range(2, 1000)]
    assert found[-1].reason == "bad_row"
    assert taken == sorted(set(taken))


def test_a_long_text_of_many_lines_is_one_record(tmp_path):
    text = "a line, of text\n" * 200
    path = write(tmp_path / "a.csv", f'id,text\n1,"{text}"\n2,b\n'.encode())
    assert [values for _, values in read(path, "csv")] == [
        {"id": "1", "text": text},
        {"id": "2", "text": "b"},
    ]


ROWS = st.lists(st.text('a",\r\n', max_size=9), max_size=6).map("\n".join)


@given(ROWS)
def test_csv_without_broken_rows_is_read_as_python_reads_it(tmp_path_factory, rows):
    path = write(tmp_path_factory.mktemp("csv") / "a.csv", f"a,b\n{rows}".encode())
    found = read(path, "csv")
    try:
        lines = io.StringIO(rows, newline="\n")
        expected = [row for row in csv.reader(lines, strict=True) if row]
    except csv.Error:
        assert "bad_row" in [values for _, values in found]
        return
    assert [values for _, values in found] == [
        "bad_row" if len(row) > 2 else dict(zip("ab", row, strict=False)) for row in expected
    ]


@given(ROWS)
def test_whatever_is_broken_the_last_row_is_read(tmp_path_factory, rows):
    path = write(tmp_path_factory.mktemp("csv") / "a.csv", f"a,b\n{rows}\nc,d\n".encode())
    found = read(path, "csv")
    assert [position for position, _ in found] == sorted({position for position, _ in found})
    assert found[-1][1] == {"a": "c", "b": "d"}


def test_tsv_has_no_quotes(tmp_path):
    rows = [b"id\ttext", b'1\t"No," she said.', b'2\t"We will', b'3\t"Yes"', b"4\ta\tb"]
    assert read(write(tmp_path / "a.tsv", b"\r\n".join(rows)), "tsv") == [
        (9, {"id": "1", "text": '"No," she said.'}),
        (28, {"id": "2", "text": '"We will'}),
        (40, {"id": "3", "text": '"Yes"'}),
        (49, "bad_row"),
    ]


@pytest.mark.parametrize("data", [b"", b"id,text", b"\xef\xbb\xbfid,text\r\n", b"\n\nid,text\n\n"])
def test_a_header_alone_has_no_records(tmp_path, data):
    assert read(write(tmp_path / "a.csv", data), "csv") == []


def test_blank_lines_before_the_header_are_passed_over(tmp_path):
    path = write(tmp_path / "a.csv", b"\xef\xbb\xbf\r\n\nid,text\n1,a\n")
    assert read(path, "csv") == [(14, {"id": "1", "text": "a"})]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("id,text,text", "2 columns are called 'text'"),
        ('id,"text', "the header cannot be read: broken quotes or line ends: unexpected end"),
        ("id,text\r1,a\r2,b", "the header cannot be read: broken quotes or line ends: new-line"),
    ],
)
def test_a_header_that_tells_no_columns_makes_the_file_corrupt(tmp_path, header, message):
    path = write(tmp_path / "a.csv", f"{header}\n1,a,b\n".encode())
    with pytest.raises(ColumnsError, match=message) as caught:
        read(path, "csv")
    assert is_corrupt(extent(path, "csv"), caught.value)


def test_columns_that_are_not_read_may_have_one_name(tmp_path):
    path = write(tmp_path / "a.csv", b"text,,\na,b,c\n")
    assert read(path, "csv") == [(7, {"text": "a", "": "c"})]


def test_a_parquet_file_with_two_columns_of_a_name_is_corrupt(tmp_path):
    table = pa.table([["a"], ["b"], ["c"]], names=["text", "text", "id"])
    pq.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(ColumnsError, match="2 columns are called 'text'"):
        read(tmp_path / "a.parquet", "parquet", "", 0, 1)


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

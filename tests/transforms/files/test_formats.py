import bz2
import gzip
import json
import lzma

import pytest

from tests.inputs import FIELDS, MAX_CHARS, extent, read, write
from transforms.files import formats
from transforms.files.encodings import canonical
from transforms.files.fields import DocumentFields
from transforms.files.file_names import FORMATS
from transforms.files.formats import can_be_cut, parse, scan
from transforms.files.found import NotJsonError, RecordError, reason_of
from transforms.files.storage import zstd

LINES = b'{"text": "a"}\n\n{"text": "bb"}\r\n{"text": "c"}'
POSITIONS = [(0, {"text": "a"}), (15, {"text": "bb"}), (31, {"text": "c"})]


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


def test_whole_lines_before_a_truncation_are_read(tmp_path):
    lines = b"".join(json.dumps({"text": f"{i:x}" * 40}).encode() + b"\n" for i in range(200))
    path = write(tmp_path / "a.jsonl.gz", gzip.compress(lines)[:-200])
    records = scan(extent(path, "jsonl", ".gz"), (), FIELDS)
    assert next(records).position == 0
    with pytest.raises(EOFError):
        list(records)


def test_there_is_a_reader_for_every_format():
    assert formats._FORMATS.keys() == FORMATS.keys()


def test_a_text_file_is_one_record(tmp_path):
    path = write(tmp_path / "a.txt", b"\xef\xbb\xbfcaf\xc3\xa9\n\nopen")
    assert read(path, "txt") == [(0, {"text": "caf\u00e9\n\nopen"})]
    assert read(write(tmp_path / "b.txt", b"\xe9"), "txt") == [(0, "bad_encoding")]
    assert read(write(tmp_path / "c.txt", b"x" * (4 * MAX_CHARS + 1)), "txt") == [(0, "too_long")]


CAFES = ['{"text": "Zoë"}', '{"text": "“b”"}', '{"text": "c"}']


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_lines_of_one_byte_a_character_are_cut_anywhere(tmp_path, mark):
    data = "\n".join(CAFES).encode("utf-8" if mark else "cp1252")
    path = write(tmp_path / "a.jsonl", mark + data)
    fields = DocumentFields(max_chars=MAX_CHARS, encoding="cp1252")
    whole = read(path, "jsonl", fields=fields)
    assert [values for _, values in whole] == [{"text": "Zoë"}, {"text": "“b”"}, {"text": "c"}]
    assert [position for position, _ in whole] == [0, *(i + 1 for i in newlines(mark + data))]
    if not mark:
        for cut in range(1, len(data)):
            parts = [(0, cut), (cut, len(data))]
            found = [
                row for start, end in parts for row in read(path, "jsonl", "", start, end, fields)
            ]
            assert found == whole


def newlines(data):
    return [i for i, byte in enumerate(data) if byte == ord("\n")]


@pytest.mark.parametrize(
    ("format_name", "encoding", "data", "found"),
    [
        ("txt", "cp1252", b"Fran\xe7ois", [(0, {"text": "François"})]),
        ("txt", "cp1252", b"Fran\x81ois", [(0, "bad_encoding")]),
        ("csv", "cp1252", b"text\nZo\xeb\nx\x81\ny", [(5, {"text": "Zoë"}), (9, "bad_encoding")]),
        ("csv", "utf-16", "text\tid\nZoë\t1".encode("utf-16"), [(8, {"text": "Zoë", "id": "1"})]),
        ("tsv", "latin-1", b"text\tid\nZo\xeb\t1", [(8, {"text": "Zoë", "id": "1"})]),
        (
            "jsonl",
            "utf-8",
            '{"text": "\u010a"}\n{}'.encode("utf-16"),
            [(0, {"text": "Ċ"}), (15, {})],
        ),
        (
            "jsonl",
            "utf-16-be",
            '{"text": "a'.encode("utf-16-be") + b'\xd8\x00\x00"\x00}\x00\n\x00{\x00}',
            [(0, "bad_encoding"), (20, {})],
        ),
    ],
)
def test_every_text_format_is_read_in_any_encoding(tmp_path, format_name, encoding, data, found):
    path = write(tmp_path / "a", data)
    fields = DocumentFields(max_chars=MAX_CHARS, encoding=canonical(encoding))
    assert read(path, format_name, fields=fields)[: len(found)] == found


def test_a_byte_that_its_encoding_does_not_have_is_told(tmp_path):
    path = write(tmp_path / "a.csv", b"id,text\n1,Zo\xeb \x81\n")
    fields = DocumentFields(encoding="cp1252")
    here = extent(path, "csv")
    [found] = scan(here, (), fields)
    with pytest.raises(RecordError, match="not of its encoding: byte 0x81 at its character 6") as e:
        parse(here, found)
    assert e.value.excerpt == "1,Zoë \\x81"


def test_only_lines_that_bytes_cut_can_be_cut(tmp_path):
    for encoding, can in (("utf-8", True), ("utf-8-sig", True), ("utf-16", False)):
        path = write(tmp_path / "a.jsonl", "\n".join(CAFES).encode(encoding))
        assert can_be_cut(extent(path, "jsonl"), FIELDS) is can
    plain = write(tmp_path / "b.jsonl", b"{}\n")
    assert can_be_cut(extent(plain, "jsonl"), DocumentFields(encoding="cp1252"))
    assert not can_be_cut(extent(plain, "jsonl"), DocumentFields(encoding="cp037"))


RECORDS = [{"id": 1, "text": "Zoë"}, {"id": 2, "text": 'a "b" [c]\n'}]


@pytest.mark.parametrize("format_name", ["json", "jsonl"])
@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_an_array_is_read_element_by_element(tmp_path, format_name, indent, encoding):
    text = "\n" + json.dumps(RECORDS, indent=indent, ensure_ascii=False)
    path = write(tmp_path / "a", text.encode(encoding))
    fields = DocumentFields(
        max_chars=MAX_CHARS, encoding="cp1252" if encoding == "cp1252" else "utf-8"
    )
    found = read(path, format_name, fields=fields)
    assert [values for _, values in found] == RECORDS
    stored = text.encode("utf-8-sig" if encoding == "utf-8-sig" else "utf-8")
    starts = [i for i, byte in enumerate(stored) if byte == ord("{")]
    assert [position for position, _ in found] == starts
    assert read(path, format_name, end=starts[1], fields=fields) == found[:1]
    assert not can_be_cut(extent(path, "jsonl"), fields)


def test_a_json_file_may_hold_objects_one_after_another(tmp_path):
    lines = "\n".join(json.dumps(record) for record in RECORDS).encode()
    path = write(tmp_path / "a.json.gz", gzip.compress(lines))
    assert [values for _, values in read(path, "json", ".gz")] == RECORDS


def test_an_element_that_is_no_object_is_a_reject_of_its_own(tmp_path):
    data = b'[{"text": "a"}, 5, ["b"], {"text": "c" "d"}, {"text": "\xff"}, "e", {"text": "f"}]'
    assert [values for _, values in read(write(tmp_path / "a.json", data), "json")] == [
        {"text": "a"},
        "bad_json",
        "bad_json",
        "bad_json",
        "bad_encoding",
        "bad_json",
        {"text": "f"},
    ]


def test_what_is_no_json_ends_the_file_as_corrupt(tmp_path):
    path = write(tmp_path / "a.json", b'[{"text": "a"}, {"text": "b"} and so on')
    records = scan(extent(path, "json"), (), FIELDS)
    assert [next(records).position, next(records).position] == [1, 16]
    with pytest.raises(
        NotJsonError, match="expected a comma or the end of the array at 30"
    ) as error:
        next(records)
    assert reason_of(extent(path, "json"), error.value) == "corrupt"


@pytest.mark.parametrize("format_name", ["txt", "jsonl", "json", "csv"])
@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".xz", ".zst"])
def test_a_compressed_file_of_no_bytes_is_cut_off(tmp_path, format_name, suffix):
    here = extent(write(tmp_path / f"a{suffix}", b""), format_name, suffix)
    with pytest.raises(
        EOFError, match="the file is empty, so its compressed data are cut off"
    ) as e:
        list(scan(here, (), FIELDS))
    assert reason_of(here, e.value) == "corrupt"


def test_blank_lines_hide_no_record_and_move_none(tmp_path):
    data = b"\n \r\n\n" * 9 + b'{"text": "a"}' + b"\n\t\n" * 9 + b' {"text": "b"}\n\n\n'
    path = write(tmp_path / "a.jsonl", data)
    found = read(path, "jsonl")
    assert found == [(45, {"text": "a"}), (85, {"text": "b"})]
    for cut in range(len(data) + 1):
        assert read(path, "jsonl", "", 0, cut) + read(path, "jsonl", "", cut, len(data)) == found

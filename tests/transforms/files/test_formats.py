import bz2
import gzip
import json
import lzma

import pytest

from tests.inputs import FIELDS, MAX_CHARS, extent, read, write
from transforms.files import formats
from transforms.files.file_names import FORMATS
from transforms.files.formats import scan
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

"""An input is opened as UTF-8, however it is stored and cut into chunks."""

import gzip

import pytest

from tests.inputs import FIELDS, extent, write
from transforms.files import text_streams
from transforms.files.fields import DocumentFields
from transforms.files.found import ExpansionError, WrongFormatError, reason_of
from transforms.files.text_streams import open_text

TEXT = "Zoë said “no”.\n" * 9000


def opened(path, **changes):
    compression = ".gz" if path.suffix == ".gz" else ""
    return open_text(extent(path, "jsonl", compression), **changes)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_byte_order_mark_is_heeded_whatever_is_given(tmp_path, encoding, suffix):
    data = TEXT.encode(encoding)
    path = write(tmp_path / f"a{suffix}", gzip.compress(data) if suffix else data)
    for given in ("utf-8",) if encoding == "utf-8" else ("utf-8", "cp1252"):
        with opened(path, fields=DocumentFields(encoding=given)) as text:
            assert text.stream.read().decode("utf-8-sig") == TEXT
            assert len(text.head) == 4096
            assert TEXT.startswith(text.head.decode("utf-8-sig", "ignore"))
            assert text.is_recoded is encoding.startswith(("utf-16", "utf-32"))


def test_lines_are_left_as_they_are_where_bytes_cut_them(tmp_path):
    path = write(tmp_path / "a", TEXT.encode("cp1252"))
    fields = DocumentFields(encoding="cp1252")
    with opened(path, fields=fields, by_line=True) as text:
        assert text.stream.readline() == TEXT[:15].encode("cp1252")
        assert (text.encoding, text.is_recoded) == ("cp1252", False)
    with opened(path, fields=fields) as text:
        assert text.stream.readline() == TEXT[:15].encode()
        assert (text.encoding, text.is_recoded) == ("utf-8", True)


def test_what_stands_before_a_missing_end_is_read(tmp_path):
    path = write(tmp_path / "a.gz", gzip.compress(b"first\nsecond\n")[:-8])
    with opened(path, fields=FIELDS) as text:
        assert text.head == b"first\nsecond\n"
        assert text.stream.readline() == b"first\n"
        assert text.stream.readline() == b"second\n"
        with pytest.raises(EOFError):
            text.stream.readline()


@pytest.mark.parametrize(
    ("format_name", "encoding", "message"),
    [
        ("txt", "utf-8", "looks like HTML, not like text; --format html reads it"),
        ("csv", "utf-16", "looks like HTML, not like csv; --format html reads it"),
    ],
)
def test_what_is_no_text_is_not_read_as_text(tmp_path, format_name, encoding, message):
    path = write(tmp_path / "a", "<!doctype html><html>News</html>".encode(encoding))
    here = extent(path, format_name)
    with pytest.raises(WrongFormatError, match=message) as error, open_text(here, FIELDS):
        pass
    assert reason_of(here, error.value) == "wrong_format"


def test_a_file_that_expands_too_much_is_read_no_further(tmp_path, monkeypatch):
    monkeypatch.setattr(text_streams, "_HARMLESS_BYTES", 1 << 20)
    path = write(tmp_path / "a.gz", gzip.compress(b"first\n" + b"\n" * (4 << 20)))
    here = extent(path, "jsonl", ".gz")
    assert (1 << 20) < 500 * here.size < (4 << 20)
    with opened(path, fields=DocumentFields(max_expansion=500)) as text:
        assert text.stream.readline() == b"first\n"
        with pytest.raises(ExpansionError, match=f"more than 500 times the {here.size} bytes") as e:
            text.stream.read()
    assert reason_of(here, e.value) == "expands_too_much"
    with opened(path, fields=DocumentFields(max_expansion=5000)) as text:
        assert len(text.stream.read()) == 6 + (4 << 20)


def test_what_expands_to_little_is_harmless_whatever_its_size(tmp_path):
    path = write(tmp_path / "a.gz", gzip.compress(b"\n" * (4 << 20)))
    with opened(path, fields=DocumentFields(max_expansion=1)) as text:
        assert len(text.stream.read()) == 4 << 20


def test_a_file_of_unknown_size_has_no_bound(monkeypatch):
    monkeypatch.setattr(text_streams, "_HARMLESS_BYTES", 10)
    chunks = [b"x" * 8] * 3
    assert [*text_streams.bounded(chunks, -1, 2)] == chunks
    with pytest.raises(ExpansionError):
        [*text_streams.bounded(chunks, 4, 2)]

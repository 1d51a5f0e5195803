"""What is broken is told from what cannot be had."""

import gzip
import zlib

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.files.found import (
    READ_ERRORS,
    ColumnsError,
    RecordError,
    check_columns,
    decode,
    excerpt,
    reason_of,
)
from transforms.files.remote import RefusedError, StoreError
from transforms.records import EXCERPT_CHARS, Extent

PLAIN = Extent("a.jsonl", "jsonl", "", 0, "", 0, -1)
GZIP = Extent("a.jsonl.gz", "jsonl", ".gz", 0, "", 0, -1)
PARQUET = Extent("a.parquet", "parquet", "", 0, "", 0, -1)


@pytest.mark.parametrize(
    ("error", "extent", "corrupt"),
    [
        (gzip.BadGzipFile("not a gzipped file"), GZIP, True),
        (OSError("Invalid data stream"), GZIP, True),
        (zlib.error("invalid block type"), GZIP, True),
        (EOFError("ended early"), GZIP, True),
        (pa.ArrowInvalid("magic bytes"), PARQUET, True),
        (OSError("couldn't deserialize"), PARQUET, True),
        (OSError("what a disk says"), PLAIN, False),
        (PermissionError(13, "denied"), GZIP, False),
        (StoreError("down"), GZIP, False),
        (RefusedError("forbidden"), PARQUET, False),
    ],
)
def test_bad_bytes_are_told_from_a_storage_that_does_not_give_them(error, extent, corrupt):
    assert reason_of(extent, error) == ("corrupt" if corrupt else "unreadable")
    assert isinstance(error, READ_ERRORS)


def test_a_column_that_is_there_twice_is_no_column_to_read():
    check_columns(["id", "text", "", ""], ["id", "text", "date"])
    with pytest.raises(ColumnsError, match="2 columns are called 'text'"):
        check_columns(["text", "text"], ["text"])


@given(st.one_of(st.binary(max_size=2000), st.text(st.characters(), max_size=400)))
def test_an_excerpt_can_be_stored_whatever_it_is_of(content):
    shown = excerpt(content)
    shown.encode()
    assert len(shown) <= EXCERPT_CHARS


def test_bytes_that_are_no_text_tell_where():
    assert decode(b"\xef\xbb\xbfcaf\xc3\xa9") == "café"
    with pytest.raises(RecordError, match="not UTF-8: byte 0xe9 at its byte 3") as raised:
        decode(b"caf\xe9")
    assert (raised.value.reason, raised.value.excerpt) == ("bad_encoding", "caf\\xe9")

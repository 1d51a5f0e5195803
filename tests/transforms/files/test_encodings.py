"""Text of any encoding becomes UTF-8; what is no text is let through, and stays to be found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.files.encodings import (
    bring_back,
    canonical,
    first_bad_byte,
    has_plain_lines,
    marked,
    stream_to_utf8,
    to_utf8,
)


@pytest.mark.parametrize(
    ("given_name", "name", "plain"),
    [
        ("UTF8", "utf-8", True),
        ("utf-8-sig", "utf-8", True),
        ("windows-1252", "cp1252", True),
        ("latin-1", "iso8859-1", True),
        ("ascii", "ascii", True),
        ("utf-16", "utf-16-le", False),
        ("utf-16-be", "utf-16-be", False),
        ("utf-32", "utf-32-le", False),
        ("cp037", "cp037", False),  # EBCDIC ends its lines with another byte
        ("shift_jis", "shift_jis", False),
    ],
)
def test_an_encoding_has_one_name_and_plain_lines_or_none(given_name, name, plain):
    assert canonical(given_name) == name
    assert has_plain_lines(name) is plain


@pytest.mark.parametrize("name", ["rot13", "base64", "zip", "idna", "undefined", "utf-9", "", "\0"])
def test_what_decodes_no_files_is_no_encoding(name):
    with pytest.raises(LookupError):
        canonical(name)


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-32", "utf-32"),
        ("utf-8", None),
        ("utf-16-be", None),
    ],
)
def test_a_byte_order_mark_tells_the_encoding(encoding, name):
    assert marked("Ärger".encode(encoding)) == name


ENCODINGS = st.sampled_from(["cp1252", "utf-16-le", "utf-32-be", "gb18030", "ascii", "shift_jis"])


@given(st.text(), st.sampled_from(["utf-8", "utf-16", "utf-32", "gb18030"]), st.integers(1, 9))
def test_text_that_is_cut_anywhere_stays_the_same(text, encoding, size):
    data = text.encode(encoding)
    chunks = [data[i : i + size] for i in range(0, len(data), size)]
    assert b"".join(stream_to_utf8(chunks, encoding)).decode() == text
    assert first_bad_byte(text.encode()) is None


@given(st.binary(max_size=80), ENCODINGS, st.integers(1, 9))
def test_a_bad_byte_ends_nothing_and_is_found_again(data, encoding, size):
    whole = to_utf8(data, encoding)
    chunks = [data[i : i + size] for i in range(0, len(data), size)]
    assert b"".join(stream_to_utf8(chunks, encoding)) == whole
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        assert first_bad_byte(whole) is not None
        with pytest.raises(UnicodeDecodeError):
            whole.decode()
    else:
        assert bring_back(whole) == whole == data.decode(encoding).encode()


def test_a_bad_byte_tells_its_value_and_its_character():
    assert first_bad_byte(to_utf8(b"caf\xe9 \x81!", "cp1252")) == (0x81, 5)
    assert bring_back(to_utf8(b"caf\xe9 \x81!", "cp1252")) == "café ".encode() + b"\x81!"

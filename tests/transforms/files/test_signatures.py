"""What is no text is told by its first bytes, and news that begins oddly is not taken for it."""

import bz2
import gzip
import io
import lzma
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.files.signatures import advice, look
from transforms.files.storage import zstd


def zipped():
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as file:
        file.writestr("word/document.xml", "<w:t>News</w:t>")
    return sink.getvalue()


def parquet():
    sink = io.BytesIO()
    pq.write_table(pa.table({"text": ["a"]}), sink)
    return sink.getvalue()


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"<!DOCTYPE html>\n<html>", "HTML"),
        (b"\xef\xbb\xbf\r\n <!-- saved\nfrom -->\n<!-- b --> <HTML lang=en>", "HTML"),
        (b'<!doctype HTML PUBLIC "-//W3C//DTD">', "HTML"),
        (b'<?xml version="1.0"?><rss version="2.0">', "XML"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (zipped(), "a zip file (as .docx, .xlsx, .odt and .epub are)"),
        (b"\x89PNG\r\n\x1a\n\0\0", "an image"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "an image"),
        (b"{\\rtf1\\ansi", "RTF"),
        (gzip.compress(b"a", mtime=0), "gzip (.gz)"),
        (bz2.compress(b"a"), "bzip2 (.bz2)"),
        (lzma.compress(b"a"), "xz (.xz)"),
        (zstd.compress(b"a"), "Zstandard (.zst)"),
        (parquet(), "Parquet"),
    ],
)
def test_what_is_no_text_is_told_by_its_beginning(head, kind):
    assert look(head) == kind


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"<GR> Grace said it will sell <Venture Funding Corp>.",
        b"<p>Not a page.</p>",
        b"<htmlparser> is a library.",
        b"<!-- a comment --> Wheat rose. <html>",
        b"An article on <!DOCTYPE html>",
        b"PDF files are %PDF-1.4",
        b"PK is short for Peacekeeper.",
        b"BZh is no word. II* is none.",
        b'{"text": "<html>"}',
    ],
)
def test_news_that_begins_oddly_is_text(head):
    assert look(head) is None


@given(st.text(st.characters(codec="utf-8", exclude_characters="<%{\0\x03\x04")))
def test_text_without_markup_is_text(text):
    assert look(text.encode()) is None


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"<!-- a --><html>", "html"),
        (b'<?xml version="1.0"?>\n<rss version="2.0">', "feed"),
        (b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">', "feed"),
        (b'<?xml version="1.0"?><!DOCTYPE html>', "html"),
        (b"WARC/1.0\r\nWARC-Type: warcinfo", "warc"),
    ],
)
def test_what_another_format_reads_is_told(head, name):
    assert look(head)
    assert advice(head) == f"; --format {name} reads it"


def test_what_no_format_reads_has_no_advice():
    assert advice(b"%PDF-1.7") == advice(b'<?xml version="1.0"?><map>') == ""

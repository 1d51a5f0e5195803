"""Saved pages are documents, whatever is wrong with them."""

import gzip

import pytest

from tests.inputs import FIELDS, extent, read, write
from tests.pages import PARAGRAPHS, TITLE, page
from transforms.files import pages
from transforms.files.documents import read_document
from transforms.files.fields import DocumentFields
from transforms.files.formats import parse, scan
from transforms.files.found import WrongFormatError


def texts(path, format_name="html", compression="", fields=FIELDS):
    return [
        record["text"] if isinstance(record, dict) else record
        for _, record in read(path, format_name, compression, fields=fields)
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16", "cp1251"])
def test_a_page_is_read_in_its_encoding(tmp_path, encoding):
    text = "The mayor of Žilina" if encoding == "utf-8" else "The mayor of Meridian"
    charset = "" if encoding == "utf-16" else encoding
    html = page([f"{text} spoke. {PARAGRAPHS[0]}", *PARAGRAPHS[1:]], charset=charset)
    path = write(tmp_path / "a.html", html.encode(encoding, "replace"))
    [found] = texts(path)
    assert found.startswith(f"{text} spoke. The council")


def test_a_page_may_be_compressed(tmp_path):
    path = write(tmp_path / "a.html.gz", gzip.compress(page().encode()))
    assert texts(path, compression=".gz") == ["\n\n".join(PARAGRAPHS)]


@pytest.mark.parametrize("control", ["\x00", "\x06", "&#6;", "&#x1b;", "\x1a", "\x7f", "\x85"])
def test_control_characters_cost_no_text(tmp_path, control):
    html = page([f"Rain{control} fell. {PARAGRAPHS[0]}", *PARAGRAPHS[1:]])
    [found] = texts(write(tmp_path / "a.html", html.encode()))
    assert found.startswith("Rain")
    assert PARAGRAPHS[2] in found


def test_a_page_without_text_is_rejected(tmp_path):
    for html in (b"", b"<html><body><nav>Home</nav></body></html>"):
        assert texts(write(tmp_path / "a.html", html)) == ["no_text"]


def test_a_page_without_html_tags_is_a_page(tmp_path):
    html = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    assert texts(write(tmp_path / "a.html", html.encode())) == ["\n\n".join(PARAGRAPHS)]


def test_a_page_that_is_too_long_is_rejected(tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "MAX_PAGE_BYTES", 1000)
    assert texts(write(tmp_path / "a.html", page().encode())) == ["too_long"]


def test_other_files_under_the_name_of_a_page_are_told(tmp_path):
    path = write(tmp_path / "a.html", b"%PDF-1.7 ...")
    with pytest.raises(WrongFormatError, match="looks like PDF, not like html"):
        texts(path)


def document(path, fields):
    here = extent(path, "html")
    [found] = scan(here, fields.columns, fields)
    return read_document(parse(here, found), here, found.position, fields)


def test_title_and_text_are_tagged_and_dates_are_read_where_nobody_named_fields(tmp_path):
    path = write(
        tmp_path / "a.html",
        page(head='<meta property="og:url" content="https://a.test/1">').encode(),
    )
    read = document(path, DocumentFields(has_usual_text=True, date_format=("%d/%m/%Y",)))
    assert [field.text for field in read.document.fields] == [TITLE, "\n\n".join(PARAGRAPHS)]
    assert read.document.id == "https://a.test/1"
    assert read.document.date == 19731  # 2024-01-09


def test_named_fields_are_those_that_are_taken(tmp_path):
    path = write(tmp_path / "a.html", page().encode())
    fields = DocumentFields(text=("text",), id="title", date="author", keep=(("site", "site"),))
    read = document(path, fields)
    assert [field.name for field in read.document.fields] == ["text"]
    assert read.document.id == TITLE
    assert (read.document.date, read.unread_date) == (None, "Nora Ilves")
    assert read.kept == ["Meridian Wire"]

"""The pages of a crawl are documents; of what else it holds the kinds are told."""

import bz2
import gzip
import io

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests.inputs import FIELDS, extent, read, write
from tests.pages import PARAGRAPHS, TITLE, URL, members, page, record, response
from transforms.files import warc_records
from transforms.files.fields import DocumentFields
from transforms.files.formats import scan
from transforms.files.found import PassedOver, WrongFormatError
from transforms.files.remote import StoreError

PAGE = response(page().encode())
TEXT = "\n\n".join(PARAGRAPHS)
INFO = record(b"software: x\r\n", "warcinfo", "", "application/warc-fields")
IMAGE = record(response(b"\x89PNG" * 1000, "image/png"), url="https://a.test/1.png")


def pages(path, compression="", end=-1):
    """Returns the address of each page, or the reason why it is none."""
    here = extent(path, "warc", compression, end=end)
    return [
        getattr(one.content, "url", None) or getattr(one.content, "reason", None)
        for one in scan(here, FIELDS.columns, FIELDS)
        if not isinstance(one.content, PassedOver)
    ]


def kinds(path, compression=""):
    here = extent(path, "warc", compression)
    contents = [found.content for found in scan(here, (), FIELDS)]
    return [content.kind for content in contents if isinstance(content, PassedOver)]


def address(number):
    return f"https://meridian-wire.test/{number}"


def four():
    return [record(PAGE, url=address(number)) for number in range(4)]


def test_a_page_has_its_fields(tmp_path):
    path = write(tmp_path / "a.warc", INFO + record(PAGE))
    [(position, values)] = [
        (found.position, warc_records.parse_warc(found.content))
        for found in scan(extent(path, "warc"), (), FIELDS)
    ]
    assert position == len(INFO)
    assert (values["title"], values["text"], values["url"]) == (TITLE, TEXT, URL)
    assert (values["date"], values["site"]) == ("2024-01-09", "Meridian Wire")


def test_a_crawl_that_a_library_writes_is_read(tmp_path):
    for is_gzip in (False, True):
        sink = io.BytesIO()
        writer = WARCWriter(sink, gzip=is_gzip)
        writer.write_record(writer.create_warcinfo_record("a.warc", {"software": "x"}))
        headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        response_record = writer.create_warc_record(
            URL, "response", payload=io.BytesIO(page().encode()), http_headers=headers
        )
        request = writer.create_warc_record(
            URL,
            "request",
            http_headers=StatusAndHeaders("GET / HTTP/1.1", [], is_http_request=True),
        )
        revisit = writer.create_revisit_record(URL, "sha1:x", URL, "2024-01-01T00:00:00Z")
        for one in (response_record, request, revisit):
            writer.write_record(one)
        path = write(tmp_path / "a.warc", sink.getvalue())
        [(_, values)] = read(path, "warc", ".gz" if is_gzip else "")
        assert isinstance(values, dict)
        assert values["text"] == TEXT
        assert kinds(path, ".gz" if is_gzip else "") == ["revisit"]


@pytest.mark.parametrize("compress", [bz2.compress, gzip.compress, lambda data: data])
def test_places_are_the_same_however_it_is_compressed(tmp_path, compress):
    plain = write(tmp_path / "a.warc", INFO + b"".join(four()))
    other = write(tmp_path / "b.warc", compress(INFO + b"".join(four())))
    split = write(tmp_path / "c.warc.gz", members([INFO, *four()]))
    compression = {bz2.compress: ".bz2", gzip.compress: ".gz"}.get(compress, "")
    expected = [found.position for found in scan(extent(plain, "warc"), (), FIELDS)]
    assert len(expected) == 4
    for path, kind in ((other, compression), (split, ".gz")):
        assert [one.position for one in scan(extent(path, "warc", kind), (), FIELDS)] == expected


def test_what_is_no_page_is_told_by_its_kind(tmp_path):
    records = [
        INFO,
        IMAGE,
        record(response(b"", status="302 Found")),
        record(response(b"no", status="404 Not Found")),
        record(response(b"User-agent: *", "text/plain"), url="https://a.test/robots.txt"),
        record(b"a.test", url="dns:a.test", media="text/dns"),
        record(b"GET / HTTP/1.1\r\n\r\n", "request", media="application/http; msgtype=request"),
        record(b"", "revisit"),
        record(b"plain", "conversion", media="text/plain"),
        record(b"x", "resource", media="image/png"),
        record(page().encode(), "resource", media="text/html"),
    ]
    path = write(tmp_path / "a.warc", b"".join(records))
    assert kinds(path) == [
        "image",
        "redirect",
        "error page",
        "robots.txt",
        "revisit",
        "conversion",
        "image",
    ]
    assert pages(path) == [URL]


def test_an_extent_ends_before_the_record_at_its_end(tmp_path):
    path = write(tmp_path / "a.warc", b"".join(four()))
    third = [found.position for found in scan(extent(path, "warc"), (), FIELDS)][2]
    assert pages(path, end=third) == [address(0), address(1)]


@pytest.mark.parametrize("damage", ["member", "length", "header", "first byte"])
def test_a_broken_record_costs_itself_alone(tmp_path, damage):
    records = four()
    broken = {
        "length": record(PAGE, url=address(1), length=len(PAGE) * 100),
        "header": records[1].replace(b"Content-Length: ", b"Content-Length: x"),
        "first byte": b"X" + records[1][1:],
        "member": records[1],
    }[damage]
    packed = [gzip.compress(one, mtime=0) for one in (records[0], broken, *records[2:])]
    if damage == "member":
        packed[1] = packed[1][:200] + b"\xff" * 60 + packed[1][260:]
    path = write(tmp_path / "a.warc.gz", b"".join(packed))
    assert pages(path, ".gz") == [address(0), "bad_warc", address(2), address(3)]


def test_a_length_that_is_too_short_is_found_out(tmp_path):
    records = four()
    records[1] = record(PAGE, url=address(1), length=len(PAGE) - 100)
    path = write(tmp_path / "a.warc", b"".join(records))
    assert pages(path) == [address(0), address(1), "bad_warc", address(2), address(3)]


def test_a_member_that_is_broken_at_once_is_told(tmp_path):
    packed = [gzip.compress(one, mtime=0) for one in four()]
    packed[1] = packed[1][:10] + b"\xff" * 20 + packed[1][30:]
    path = write(tmp_path / "a.warc.gz", b"".join(packed))
    assert pages(path, ".gz") == [address(0), "bad_warc", address(2), address(3)]


@pytest.mark.parametrize("is_gzip", [False, True])
def test_records_before_the_end_of_a_truncated_crawl_are_read(tmp_path, is_gzip):
    data = members(four()) if is_gzip else b"".join(four())
    path = write(tmp_path / "a.warc", data[:-100])
    found = scan(extent(path, "warc", ".gz" if is_gzip else ""), (), FIELDS)
    assert [next(found).content.url for _ in range(3)] == [address(0), address(1), address(2)]
    with pytest.raises(EOFError):
        next(found)


def test_a_file_that_is_no_crawl_is_told(tmp_path):
    path = write(tmp_path / "a.warc", b"<html>")
    with pytest.raises(WrongFormatError, match="looks like no WARC"):
        pages(path)


def test_an_empty_file_holds_nothing(tmp_path):
    assert pages(write(tmp_path / "a.warc", b"")) == []


def test_the_address_is_the_example_of_a_page_without_text(tmp_path):
    path = write(tmp_path / "a.warc", record(response(b"<html></html>")))
    assert read(path, "warc") == [(0, "no_text")]


def test_a_page_that_is_too_long_is_rejected(tmp_path, monkeypatch):
    monkeypatch.setattr(warc_records, "MAX_PAGE_BYTES", 1000)
    path = write(tmp_path / "a.warc", record(PAGE) + record(PAGE))
    assert [reason for _, reason in read(path, "warc")] == ["too_long", "too_long"]


def test_the_charset_of_the_server_counts(tmp_path):
    html = page([f"“Zoë” spoke. {PARAGRAPHS[0]}", *PARAGRAPHS[1:]]).encode("cp1252")
    path = write(tmp_path / "a.warc", record(response(html, "text/html; charset=windows-1252")))
    [(_, values)] = read(path, "warc", fields=DocumentFields())
    assert isinstance(values, dict)
    assert values["text"].startswith("“Zoë” spoke.")


@pytest.mark.parametrize("after", [3, 30])
def test_a_store_that_fails_within_a_header_makes_no_reject(tmp_path, monkeypatch, after):
    data = b"".join(four())
    broken = len(four()[0]) + after
    path = write(tmp_path / "a.warc", data)

    def fail(stream):
        yield data[:broken]
        raise StoreError("reset")

    monkeypatch.setattr(warc_records, "chunks_of", fail)
    found = scan(extent(path, "warc"), (), FIELDS)
    assert next(found).content.url == address(0)
    with pytest.raises(StoreError, match="reset"):
        next(found)

"""The entries of feeds are documents."""

import json
import time

import pytest

from tests.inputs import FIELDS, extent, read, write
from transforms.files import feeds
from transforms.files.documents import read_document
from transforms.files.fields import DocumentFields
from transforms.files.formats import parse, scan
from transforms.files.found import RecordError, WrongFormatError

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Meridian Wire</title><link>https://meridian-wire.test</link>
<item><title>Ferry &amp;amp; fares rise</title><link>https://meridian-wire.test/1</link>
<guid isPermaLink="false">17</guid><description>Short.</description>
<content:encoded><![CDATA[<p>Ada Lindqvist spoke.</p><p>Fares rise.</p>]]></content:encoded>
<pubDate>Tue, 09 Jan 2024 23:30:00 EST</pubDate><dc:creator>Tom Reed</dc:creator></item>
<item><title>Rain</title><guid>https://meridian-wire.test/2</guid>
<description>Rain fell on &lt;b&gt;Sandvik&lt;/b&gt;.</description></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour News</title>
<entry><title>Gate</title><link href="https://harbour.test/3"/><id>urn:3</id>
<updated>2024-02-03T00:30:00+09:00</updated><author><name>Nora Ilves</name></author>
<author><name>Tom Reed</name></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One.</p><p>Two.</p></div></content>
</entry></feed>"""
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Sandvik Post",
    "authors": [{"name": "The desk"}],
    "items": [
        {
            "id": "4",
            "url": "https://sandvik.test/4",
            "title": "Fish",
            "content_html": "<p>Cod came back.</p>",
            "date_published": "2024-03-04T05:06:07Z",
        },
        {"id": "https://sandvik.test/5", "content_text": "Nets\n\nbroke.", "authors": "odd"},
        "odd",
    ],
}


def entries(path, data):
    return [values for _, values in read(write(path, data), "feed")]


def test_an_entry_of_rss_has_its_fields(tmp_path):
    assert entries(tmp_path / "a.rss", RSS.encode()) == [
        {
            "title": "Ferry & fares rise",
            "text": "Ada Lindqvist spoke.\n\nFares rise.",
            "date": "2024-01-09",
            "author": "Tom Reed",
            "url": "https://meridian-wire.test/1",
            "site": "Meridian Wire",
        },
        {
            "title": "Rain",
            "text": "Rain fell on Sandvik.",
            "date": None,
            "author": None,
            "url": "https://meridian-wire.test/2",
            "site": "Meridian Wire",
        },
    ]


def test_an_entry_of_atom_has_its_fields(tmp_path):
    assert entries(tmp_path / "a.atom", ATOM.encode()) == [
        {
            "title": "Gate",
            "text": "One.\n\nTwo.",
            "date": "2024-02-03",
            "author": "Nora Ilves; Tom Reed",
            "url": "https://harbour.test/3",
            "site": "Harbour News",
        }
    ]


def test_an_entry_of_a_json_feed_has_its_fields(tmp_path):
    first, second = entries(tmp_path / "a.json", json.dumps(JSON_FEED).encode())
    assert first == {
        "title": "Fish",
        "text": "Cod came back.",
        "date": "2024-03-04",
        "author": "The desk",
        "url": "https://sandvik.test/4",
        "site": "Sandvik Post",
    }
    assert (second["title"], second["text"]) == (None, "Nets\n\nbroke.")
    assert (second["author"], second["url"]) == ("The desk", "https://sandvik.test/5")


def test_a_position_is_the_number_of_an_entry(tmp_path):
    path = write(tmp_path / "a.rss", RSS.encode())
    assert [position for position, _ in read(path, "feed")] == [0, 1]
    assert [position for position, _ in read(path, "feed", end=1)] == [0]


def test_other_encodings_are_read_as_the_feed_says(tmp_path):
    data = RSS.replace("UTF-8", "iso-8859-1").replace("Short", "x").replace("Ada", "Zoë")
    [first, _] = entries(tmp_path / "a.rss", data.encode("latin-1"))
    assert first["text"].startswith("Zoë Lindqvist")


def test_an_entry_of_nothing_is_rejected(tmp_path):
    data = b"<rss version='2.0'><channel><item><guid>x</guid></item></channel></rss>"
    assert entries(tmp_path / "a.rss", data) == ["no_text"]


def test_markup_without_text_is_rejected(tmp_path):
    data = RSS.replace("Ada Lindqvist spoke.", "<b></b>" * 30_000)
    assert entries(tmp_path / "a.rss", data.encode())[0] == "too_long"


def test_entries_before_the_end_of_a_truncated_feed_are_read(tmp_path):
    path = write(tmp_path / "a.rss", RSS.encode()[:-150])
    found = scan(extent(path, "feed"), (), FIELDS)
    assert next(found).content["title"].startswith("Ferry")
    with pytest.raises(EOFError, match="the feed is cut off"):
        list(found)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<?xml version='1.0'?><map><x/></map>", "looks like no feed"),
        (b"<html><body>x</body></html>", "--format html reads it"),
        (b'{"version": "1", "items": []}', "no JSON Feed"),
        (b'{"version": ', "is no JSON"),
        (b"[1]", "looks like no feed"),
        (b"", "looks like no feed"),
    ],
)
def test_what_is_no_feed_is_told(tmp_path, data, message):
    with pytest.raises(WrongFormatError, match=message):
        entries(tmp_path / "a.xml", data)


def test_a_feed_that_is_too_long_is_rejected(tmp_path, monkeypatch):
    monkeypatch.setattr(feeds, "MAX_FEED_BYTES", 100)
    assert entries(tmp_path / "a.rss", RSS.encode()) == ["too_long"]


def test_entities_neither_expand_nor_fetch(tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    lines = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(12))
    bomb = (
        f'<!DOCTYPE x [<!ENTITY e0 "ha">{lines}<!ENTITY f SYSTEM "file://{tmp_path}/secret.txt">]>'
    )
    data = bomb + RSS.partition("?>")[2].replace("Rain fell", "&e12;&f;Rain fell")
    start = time.process_time()
    found = entries(tmp_path / "a.rss", data.encode())
    assert time.process_time() - start < 60
    assert len(str(found)) < 100_000
    assert "secret" not in str(found)


def test_a_feed_makes_documents_with_its_usual_fields(tmp_path):
    path = write(tmp_path / "a.rss", RSS.encode())
    here = extent(path, "feed")
    fields = DocumentFields(has_usual_text=True)
    found = [*scan(here, fields.columns, fields)]
    read = [read_document(parse(here, one), here, one.position, fields).document for one in found]
    assert [[field.name for field in one.fields] for one in read] == [["title", "text"]] * 2
    assert [one.id for one in read] == [f"https://meridian-wire.test/{n}" for n in (1, 2)]
    assert [one.date for one in read] == [19731, None]


def test_a_json_feed_that_is_given_as_json_says_which_format_reads_it(tmp_path):
    path = write(tmp_path / "a.json", json.dumps(JSON_FEED).encode())
    with pytest.raises(WrongFormatError, match=r"looks like a JSON Feed.*--format feed reads it"):
        read(path, "json")
    record = {"text": "see https://jsonfeed.org/version/1.1", "version": "x"}
    path = write(tmp_path / "b.json", json.dumps(record).encode())
    assert read(path, "json") == [(0, record)]


@pytest.mark.parametrize(
    "odd",
    [
        '<psc:chapters xmlns:psc="http://podlove.org/simple-chapters"><psc:chapter title="x"/>'
        "</psc:chapters>",
        "<textInput><name>n</name></textInput>",
    ],
)
def test_what_the_library_fails_on_is_no_feed(tmp_path, odd):
    data = f'<rss version="2.0"><channel><item><title>a</title>{odd}</item></channel></rss>'
    with pytest.raises(WrongFormatError, match=r"the feed cannot be parsed: (Type|Key)Error"):
        entries(tmp_path / "a.rss", data.encode())


def test_a_feed_in_utf_16_is_whole(tmp_path):
    data = RSS.replace("UTF-8", "UTF-16").encode("utf-16")
    assert len(entries(tmp_path / "a.rss", data)) == 2


def test_an_address_that_no_table_can_hold_is_written_with_its_escape(tmp_path):
    item = {"id": "1", "url": "http://x.test/\ud800" + "y" * 1000, "content_text": ""}
    data = json.dumps(JSON_FEED | {"items": [item]}).encode()
    [found] = scan(extent(write(tmp_path / "a.json", data), "feed"), (), FIELDS)
    with pytest.raises(RecordError) as raised:
        parse(extent(tmp_path / "a.json", "feed"), found)
    excerpt = raised.value.excerpt or ""
    assert excerpt.startswith("http://x.test/\\xed\\xa0\\x80y")
    assert len(excerpt) < 500

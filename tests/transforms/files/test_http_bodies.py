"""Responses are told by what they are, and bodies are decoded however they were sent."""

import gzip
import zlib

import brotli
import pytest

from tests.pages import response
from transforms.files.found import RecordError
from transforms.files.http_bodies import decode_body, kind_of, media_kind

BODY = b"<html><body><p>Rain fell on Port Meridian.</p></body></html>"


def chunked(body):
    return b"5\r\n" + body[:5] + b"\r\n%x\r\n" % len(body[5:]) + body[5:] + b"\r\n0\r\n\r\n"


# The same in each process of pytest-xdist, as these name the tests.
ZIPPED = gzip.compress(BODY, mtime=0)


@pytest.mark.parametrize(
    ("sent", "more"),
    [
        (BODY, ""),
        (chunked(BODY), "Transfer-Encoding: chunked\r\n"),
        (ZIPPED, "Content-Encoding: gzip\r\n"),
        (zlib.compress(BODY), "Content-Encoding: deflate\r\n"),
        (brotli.compress(BODY), "Content-Encoding: br\r\n"),
        (
            chunked(ZIPPED),
            "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
        ),
        # These are stored decoded, under the headers with which they came.
        (BODY, "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n"),
        (BODY, "Content-Encoding: br\r\n"),
        (ZIPPED, "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n"),
    ],
)
def test_a_body_is_decoded(sent, more):
    assert decode_body(response(sent, more=more), 1000) == (BODY, "utf-8")


def test_what_came_of_a_body_that_was_cut_off_counts():
    body = BODY * 5000
    sent = response(gzip.compress(body)[:-30], more="Content-Encoding: gzip\r\n")
    found, _ = decode_body(sent, len(body))
    assert found
    assert body.startswith(found)


def test_a_body_that_cannot_be_decoded_is_rejected():
    with pytest.raises(RecordError, match="the body cannot be decoded") as caught:
        decode_body(response(b"\x8f\x00\x01" * 50, more="Content-Encoding: br\r\n"), 1000)
    assert caught.value.reason == "bad_warc"


def test_a_body_that_expands_is_not_expanded_beyond_the_limit():
    bomb = gzip.compress(b"<p>" * 20_000_000)
    found, _ = decode_body(response(bomb, more="Content-Encoding: gzip\r\n"), 1000)
    assert len(found) == 1001


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (response(BODY), ""),
        (response(BODY, "application/xhtml+xml"), ""),
        (response(BODY, "TEXT/HTML"), ""),
        (response(b"", status="301 Moved Permanently"), "redirect"),
        (response(BODY, status="404 Not Found"), "error page"),
        (response(BODY, status="503 Busy"), "error page"),
        (response(b"\x89PNG", "image/png"), "image"),
        (response(b"x", "application/x-who-knows"), "other media"),
        (b"HTTP/1.0 200 OK\r\n\r\n" + BODY, ""),
        (b"HTTP/1.0 200 OK\r\n\r\nplain", "other media"),
        (b"garbage", "no HTTP response"),
        (b"", "no HTTP response"),
    ],
)
def test_responses_are_told_by_what_they_are(sent, kind):
    assert kind_of(sent, "https://a.test/1") == kind


def test_robots_txt_is_told_by_its_address():
    assert media_kind("text/plain", "https://a.test/robots.txt") == "robots.txt"
    assert media_kind("text/plain", "https://a.test/notes.txt") == "plain text"
    assert media_kind("text/plain", "https://[a/robots.txt") == "plain text"


@pytest.mark.parametrize("name", ["gzip", "x-gzip"])
def test_a_header_may_have_bare_line_ends_and_an_old_name_of_gzip(name):
    head = f"HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Encoding: {name}\n\n"
    assert decode_body(head.encode() + ZIPPED, 1000) == (BODY, None)

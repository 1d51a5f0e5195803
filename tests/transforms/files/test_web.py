"""Files over http, from servers of all kinds."""

import contextlib
import gzip
import http.server

import pytest

from tests.servers import BadStore, serving
from transforms.files.remote import RefusedError, StoreError
from transforms.files.storage import open_input
from transforms.files.web import look_at_url, open_url

LINES = b'{"text": "Angela Merkel met Boris Johnson."}\n' * 3
ZIPPED = gzip.compress(LINES, mtime=0)
ENCODED = {"Content-Encoding": "gzip"}


@contextlib.contextmanager
def server(body=LINES, headers=None, head=200, get=200, ranges=True):
    """Serves one file by every name; `asked` is the headers of each request."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.answer(head, b"")

        def do_GET(self):
            if ranges and self.headers.get("Range"):
                first = f"bytes 0-0/{len(body)}" if body else "bytes */0"
                self.answer(206 if body else 416, body[:1], {"Content-Range": first})
            else:
                self.answer(get, body if get == 200 else b"")

        def answer(self, status, data, more=None):
            asked.append({"method": self.command, **self.headers})
            self.send_response(status)
            length = len(body) if self.command == "HEAD" else len(data)
            told = {"Content-Length": length, "ETag": '"1"', **(headers or {}), **(more or {})}
            for name, value in told.items():
                self.send_header(name, str(value))
            self.end_headers()
            with contextlib.suppress(ConnectionError):  # a body may not be wanted
                self.wfile.write(data)

        def log_message(self, *ignored):
            pass

    with serving(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as root:
        yield root, asked


def test_a_server_tells_the_size_and_the_version():
    with BadStore({"a.txt": b"abc"}).serve() as root:
        found = look_at_url(f"{root}/a.txt")
        assert (found.size, len(found.version)) == (3, 64)
        stream, encoding = open_url(f"{root}/a.txt")
        with stream:
            assert (stream.read(), encoding) == (b"abc", "")
        with pytest.raises(FileNotFoundError):
            look_at_url(f"{root}/b.txt")


def test_files_are_asked_for_as_they_are():
    with server() as (root, asked):
        look_at_url(f"{root}/a.jsonl")
        with open_input(f"{root}/a.jsonl"):
            pass
    assert [request["Accept-Encoding"] for request in asked] == ["identity", "identity"]


@pytest.mark.parametrize("status", [403, 405, 501])
@pytest.mark.parametrize("ranges", [True, False])
@pytest.mark.parametrize("body", [LINES, b""])
def test_a_server_that_refuses_to_tell_without_reading_is_read(status, ranges, body):
    with server(body, head=status, ranges=ranges) as (root, asked):
        found = look_at_url(f"{root}/a.jsonl")
    assert (found.size, found.version) == (len(body), '"1"')
    assert asked[1]["method"] == "GET"
    assert asked[1]["Range"] == "bytes=0-0"


@pytest.mark.parametrize(
    ("head", "get", "kind"),
    [(403, 403, RefusedError), (405, 404, FileNotFoundError), (404, 200, FileNotFoundError)],
)
def test_what_reading_says_counts_where_nothing_else_is_told(head, get, kind):
    with server(head=head, get=get, ranges=False) as (root, _), pytest.raises(kind):
        look_at_url(f"{root}/a.jsonl")


def test_a_size_that_is_not_told_is_not_known():
    with server(head=405, headers={"Content-Range": "bytes 0-0/*"}, ranges=False) as (root, _):
        assert look_at_url(f"{root}/a.jsonl").size == len(LINES)
    with server(headers={"Content-Length": "unknown"}) as (root, _):
        assert look_at_url(f"{root}/a.jsonl").size == -1


@pytest.mark.parametrize(
    ("body", "headers", "compression"),
    [
        (ZIPPED, ENCODED, ""),
        (ZIPPED, {"Content-Encoding": "x-gzip"}, ""),
        (LINES, ENCODED, ""),  # the server says so, and does not do it
        (b"", ENCODED, ""),
        (ZIPPED, {}, ".gz"),
        (ZIPPED, {"Content-Type": "application/gzip"}, ".gz"),
        (ZIPPED, ENCODED, ".gz"),
        (gzip.compress(ZIPPED, mtime=0), ENCODED, ".gz"),
        (ZIPPED, {"Content-Encoding": "identity"}, ".gz"),
    ],
)
def test_an_encoding_is_undone_in_both_ways_that_servers_mean_it(body, headers, compression):
    with (
        server(body, headers) as (root, _),
        open_input(f"{root}/a.jsonl{compression}", compression) as stream,
    ):
        assert stream.read() == (LINES if body else b"")


def test_an_encoded_file_that_breaks_off_is_a_failure_of_the_server():
    headers = {**ENCODED, "Content-Length": len(ZIPPED) + 10}
    with (
        server(ZIPPED[:-4], headers) as (root, _),
        pytest.raises(StoreError),
        open_input(f"{root}/a.jsonl") as stream,
    ):
        stream.read()

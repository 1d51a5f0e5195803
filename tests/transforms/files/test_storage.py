import gzip
import os
import random
import socket

import pytest
import requests

from tests.servers import BadStore
from transforms.files.remote import RefusedError, StoreError, UnreachableError
from transforms.files.storage import expansion, open_input, stat


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (404, FileNotFoundError),
        (410, FileNotFoundError),
        (403, RefusedError),
        (429, StoreError),
        (503, StoreError),
    ],
)
def test_a_status_tells_what_may_be_well_again(status, kind):
    store = BadStore({"a.txt": b"x"})
    store.meet([status])
    with store.serve() as root, pytest.raises(kind, match=str(status)), open_input(f"{root}/a.txt"):
        pass


def test_a_host_that_is_down_is_the_same_failure_each_time():
    with socket.create_server(("127.0.0.1", 0)) as server:
        uri = f"http://127.0.0.1:{server.getsockname()[1]}/a.txt"
    messages = set()
    for _ in range(3):
        with pytest.raises(
            UnreachableError, match=r"^127\.0\.0\.1:\d+ cannot be reached: "
        ) as told:
            stat(uri)
        messages.add(str(told.value))
    assert len(messages) == 1


def test_mistakes_are_not_taken_for_failures(monkeypatch):
    def mistaken(*ignored, **also_ignored):
        raise KeyError("size")

    monkeypatch.setattr(requests, "head", mistaken)
    with pytest.raises(KeyError):
        stat("http://127.0.0.1/a.txt")


def test_a_file_that_is_written_again_has_another_identity(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("one")
    before = stat(str(path))
    assert stat(str(path)) == before
    path.write_text("two")
    os.utime(path, ns=(0, 12_345_678_000))
    after = stat(str(path))
    assert after.size == before.size
    assert after.version == "1970-01-01T00:00:12.345678+00:00" != before.version


def test_reading_begins_where_it_is_asked_to(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"0123456789")
    with open_input(str(tmp_path / "a.txt"), start=7) as stream:
        assert stream.read() == b"789"


def test_the_beginning_of_a_compressed_file_tells_how_long_it_gets(tmp_path):
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(random.Random(0).randbytes(1 << 20), compresslevel=0))
    for sample_bytes in (1 << 16, 1 << 22):
        assert expansion(str(path), ".gz", sample_bytes) == pytest.approx(1.0, rel=0.05)
    path.write_bytes(b"no gzip")
    with pytest.raises(gzip.BadGzipFile):
        expansion(str(path), ".gz", 1 << 16)

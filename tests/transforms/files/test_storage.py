import os
import socket

import boto3
import pytest
import requests

from tests.servers import BadStore
from transforms.files.remote import RefusedError, StoreError
from transforms.files.storage import exists, find, join, normalise, open_input, stat


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
        with pytest.raises(StoreError, match="ConnectionError") as failure:
            stat(uri)
        messages.add(str(failure.value))
    assert len(messages) == 1


def test_mistakes_are_not_taken_for_failures(monkeypatch):
    def mistaken(*ignored, **also_ignored):
        raise KeyError("size")

    monkeypatch.setattr(requests, "head", mistaken)
    with pytest.raises(KeyError):
        stat("http://127.0.0.1/a.txt")


def test_a_link_to_nothing_is_listed_with_the_files_beside_it(tmp_path):
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "b.txt").symlink_to(tmp_path / "nowhere.txt")
    wanted = [str(tmp_path / "a.txt"), str(tmp_path / "b.txt")]
    for pattern in (tmp_path, tmp_path / "*.txt"):
        assert sorted(file.uri for file in find(str(pattern))) == wanted
    assert [file.uri for file in find(wanted[1])] == wanted[1:]


def test_a_folder_is_read_without_what_is_hidden(tmp_path):
    for name in ("a.txt", "deep/b.txt", ".hidden.txt", "_SUCCESS", "_logs/c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    found = sorted(file.uri for file in find(str(tmp_path)))
    assert found == [str(tmp_path / "a.txt"), str(tmp_path / "deep" / "b.txt")]


def test_a_name_that_is_there_is_taken_literally(tmp_path):
    for name in ("[1].txt", "1.txt"):
        (tmp_path / name).write_text("x")
    assert [file.uri for file in find(str(tmp_path / "[1].txt"))] == [str(tmp_path / "[1].txt")]
    (tmp_path / "[1].txt").unlink()
    assert [file.uri for file in find(str(tmp_path / "[1].txt"))] == [str(tmp_path / "1.txt")]


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


def test_places_are_absolute_paths_or_uris(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert normalise("news/../a.txt") == str(tmp_path / "a.txt")
    assert normalise("s3://news/../a.txt") == "s3://news/../a.txt"
    assert join("s3://news/", "entities", "a") == "s3://news/entities/a"
    assert not exists(str(tmp_path / "a.txt"))


def test_looking_at_a_file_of_s3_makes_no_session_for_each(s3, monkeypatch):
    s3.put("seen/a.txt", b"abc")
    uri = f"{s3.root}/seen/a.txt"
    found = stat(uri)
    assert (found.uri, found.size) == (uri, 3)
    monkeypatch.setattr(boto3.session, "Session", pytest.fail)
    assert stat(uri) == found
    assert exists(uri)
    assert not exists(f"{s3.root}/seen/b.txt")

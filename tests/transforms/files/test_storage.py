import socket

import pytest
import requests

from tests.servers import BadStore
from transforms.files import remote
from transforms.files.remote import RefusedError, StoreError, patiently
from transforms.files.storage import find, open_input, stat


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(remote, "FIRST_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(remote, "PATIENCE_SECONDS", 0.5)


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


def test_a_store_is_asked_again_for_a_while_only():
    tries: list[int] = []

    def ask():
        tries.append(len(tries))
        if len(tries) != 3:
            raise StoreError("down")
        return "up"

    assert patiently(ask) == "up"
    with pytest.raises(StoreError, match="down"):
        patiently(ask)
    assert 5 <= len(tries) < 15


def test_a_link_to_nothing_is_listed_with_the_files_beside_it(tmp_path):
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "b.txt").symlink_to(tmp_path / "nowhere.txt")
    wanted = [str(tmp_path / "a.txt"), str(tmp_path / "b.txt")]
    for pattern in (tmp_path, tmp_path / "*.txt"):
        assert sorted(file.uri for file in find(str(pattern))) == wanted
    assert [file.uri for file in find(wanted[1])] == wanted[1:]

"""What stores raise comes out in three words, and a store that fails is asked again."""

import io
import traceback
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from botocore.exceptions import EndpointConnectionError
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from transforms.files import remote
from transforms.files.remote import (
    Patience,
    RefusedError,
    RemoteFile,
    StoreError,
    UnreachableError,
    in_our_words,
    patiently,
    unreachable,
)

HOST: Any = SimpleNamespace(host="news", port=80)
POOL: Any = None


@pytest.fixture
def waits(monkeypatch):
    """The waits there were, on a clock that only they move."""
    waits: list[float] = []
    monkeypatch.setattr(remote.time, "monotonic", lambda: sum(waits))
    monkeypatch.setattr(remote.time, "sleep", waits.append)
    return waits


class LibraryError(Exception):
    """An error of a library, which keeps the status where that library does."""

    def __init__(self, message: str = "", **where: object) -> None:
        super().__init__(message)
        vars(self).update(where)


def of_boto3(status: int) -> Exception:
    return LibraryError(response={"ResponseMetadata": {"HTTPStatusCode": status}})


def of_requests(status: int) -> Exception:
    return LibraryError(response=SimpleNamespace(status_code=status))


def of_google(status: int) -> Exception:
    return LibraryError(code=status)


def of_beam(status: int) -> Exception:
    return LibraryError(exception_details={"s3://news/a": of_boto3(status)})


def of_smart_open(status: int) -> Exception:
    error = ValueError("the bucket does not exist, or is forbidden for access")
    error.__cause__ = of_boto3(status)
    return error


@pytest.mark.parametrize("of_library", [of_boto3, of_requests, of_google, of_beam, of_smart_open])
@pytest.mark.parametrize(
    ("status", "kind"),
    [(404, FileNotFoundError), (403, RefusedError), (412, StoreError), (500, StoreError)],
)
def test_the_status_tells_the_word_wherever_a_library_keeps_it(of_library, status, kind):
    with pytest.raises(kind, match="LibraryError"), in_our_words():
        raise of_library(status)


@pytest.mark.parametrize("error", [LibraryError("no route"), TimeoutError("no answer")])
def test_a_failure_without_a_status_may_be_well_again(error):
    with pytest.raises(StoreError, match=f"^{type(error).__name__}: {error}$"), in_our_words():
        raise error


@pytest.mark.parametrize("error", [KeyError("size"), TypeError("None"), MemoryError()])
def test_a_mistake_stays_what_it_is(error):
    with pytest.raises(type(error)) as raised, in_our_words():
        raise error
    assert raised.value is error


def test_equal_failures_have_equal_messages():
    with pytest.raises(StoreError) as raised, in_our_words():
        raise LibraryError("<Connection at 0x7f31a14a23e0> is down")
    assert str(raised.value) == "LibraryError: <Connection> is down"


def test_a_store_is_asked_again_for_a_while_only(waits):
    tries: list[int] = []

    def ask():
        tries.append(len(tries))
        if len(tries) != 3:
            raise StoreError("down")
        return "up"

    assert patiently(ask) == "up"
    with pytest.raises(StoreError, match="down"):
        patiently(ask)
    assert waits == [1, 2, 1, 2, 4, 8, 16, 32]
    assert len(tries) == 3 + 7


def test_what_is_hopeless_is_not_asked_for_again(waits):
    def ask():
        raise UnreachableError("nobody")

    with pytest.raises(UnreachableError):
        patiently(ask, hopeless=(UnreachableError,))
    assert waits == []
    with pytest.raises(UnreachableError):
        patiently(ask)
    assert waits[:2] == [1, 2]


@pytest.mark.parametrize(
    ("inner", "told"),
    [
        (NewConnectionError(HOST, "no"), "news:80 cannot be reached: there is no answer"),
        (ConnectTimeoutError(HOST, "late"), "news:80 cannot be reached: there is no answer"),
    ],
)
@pytest.mark.parametrize(
    "wrap",
    [
        lambda inner: inner,
        lambda inner: requests.ConnectionError(MaxRetryError(POOL, "/a", inner)),
        lambda inner: EndpointConnectionError(endpoint_url="http://news"),
    ],
)
def test_a_host_that_is_not_there_is_named_however_a_library_wraps_it(inner, told, wrap):
    error = wrap(inner)
    if isinstance(error, EndpointConnectionError):
        error.__context__ = inner
    with pytest.raises(UnreachableError, match=f"^{told}$"), in_our_words():
        raise error
    assert unreachable(TimeoutError("no answer")) is None


def test_what_is_refused_is_not_asked_for_again():
    tries: list[int] = []

    def ask():
        tries.append(1)
        raise RefusedError("forbidden")

    with pytest.raises(RefusedError):
        patiently(ask)
    assert len(tries) == 1


def test_patience_is_renewed_by_a_store_that_is_well(waits):
    patience, down = Patience(), StoreError("down")

    def fail(times: int) -> None:
        for _ in range(times):
            patience.wait(down)

    fail(3)
    patience.renew()
    with pytest.raises(StoreError, match="down"):
        fail(99)
    assert waits[:4] == [1, 2, 4, 1]
    assert 60 <= sum(waits[3:]) < 120


def test_a_file_fails_in_our_words_while_it_is_read():
    class Stored(io.BytesIO):
        def readinto(self, buffer):
            raise of_google(503)

    with pytest.raises(StoreError), io.BufferedReader(RemoteFile(Stored(b"x"))) as stream:
        stream.read(1)


def test_a_remote_file_is_read_as_it_is_stored():
    data = bytes(range(200))
    with io.BufferedReader(RemoteFile(io.BytesIO(data)), 16) as stream:
        assert stream.read(20) == data[:20]
        stream.seek(150)
        assert stream.read() == data[150:]


def test_what_is_secret_in_an_address_is_in_no_message_and_no_traceback():
    secret = "".join(["hu", "sh"])  # the traceback has the line of code
    with pytest.raises(StoreError) as raised, in_our_words():
        raise LibraryError(f"no http://ann:{secret}@news/a?X-Amz-Signature={secret}&day=1 at all")
    assert str(raised.value) == "LibraryError: no http://news/a?day=1 at all"
    assert "hush" not in "".join(traceback.format_exception(raised.value))

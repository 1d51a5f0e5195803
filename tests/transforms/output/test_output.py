"""An output is written, read, listed and cleared alike in a folder and in a bucket."""

import http.client
import http.server
import os
from collections.abc import Iterator

import pytest

from tests.servers import serving
from transforms.files import buckets
from transforms.files.conditional import ABSENT
from transforms.files.remote import Patience, RefusedError, StoreError
from transforms.output.output import Output, get_file, put_file, sha256, what_is_wrong


@pytest.fixture(params=["folder", "s3", "gs"])
def output(request, tmp_path) -> Output:
    if request.param == "folder":
        return Output(str(tmp_path / "out"))
    return Output(f"{request.getfixturevalue(request.param).root}/tables")


@pytest.mark.parametrize("data", [b"", b"\0rows"], ids=["empty", "full"])
def test_what_was_put_is_got(output, data):
    output.put("entities/part.bin", data)
    assert output.get("entities/part.bin") == output.require("entities/part.bin") == data


def test_a_file_is_replaced_as_a_whole(output):
    output.put("a", b"long before")
    output.put("a", b"new")
    assert output.get("a") == b"new"


def test_a_file_that_is_not_there_is_none_unless_it_is_required(output):
    output.put("a", b"x")
    for path in ("b", "nowhere/b", "a/b"):
        assert output.get(path) is None
    with pytest.raises(FileNotFoundError, match="nowhere/b"):
        output.require("nowhere/b")


def test_names_are_those_of_a_folder_and_its_folders(output):
    for path in ("names/b", "names/a/deep", "names2/c"):
        output.put(path, b"x")
    assert output.names("names") == ["a/deep", "b"]
    assert output.names("nothing") == []


def test_removing_what_is_not_there_is_quiet(output):
    output.put("kept", b"x")
    output.remove("nothing")
    output.remove("kept/nothing")
    assert output.get("kept") == b"x"


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path, monkeypatch):
    place = str(tmp_path / "a")
    put_file(place, b"old")

    def fail(descriptor: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="no space left"):
        put_file(place, b"new")
    assert get_file(place) == b"old"
    assert os.listdir(tmp_path) == ["a"]


def test_nothing_is_written_or_removed_behind_a_link(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    put_file(str(elsewhere / "a"), b"theirs")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "entities").symlink_to(elsewhere)
    output = Output(str(tmp_path / "out"))
    for change in (
        lambda: output.put("entities/a", b"ours"),
        lambda: output.remove("entities/a"),
        lambda: output.remove("entities"),
    ):
        with pytest.raises(OSError, match="link"):
            change()
    assert get_file(str(elsewhere / "a")) == b"theirs"


@pytest.fixture
def requests(monkeypatch) -> list[str]:
    """The methods of the HTTP requests that this process makes."""
    methods: list[str] = []
    begin = http.client.HTTPConnection.putrequest

    def begin_noted(connection, method, *args, **kwargs):
        methods.append(method)
        return begin(connection, method, *args, **kwargs)

    monkeypatch.setattr(http.client.HTTPConnection, "putrequest", begin_noted)
    return methods


def test_one_request_writes_or_reads_a_file_of_s3_or_tells_that_there_is_none(s3, requests):
    output = Output(f"{s3.root}/asked")
    output.put("a", b"x")
    assert output.get("a") == b"x"
    assert output.get("b") is None
    assert requests == ["PUT", "GET", "GET"]


def test_one_request_writes_a_file_of_google_cloud_storage(gs, requests):
    Output(f"{gs.root}/asked").put("a", b"x")
    # The client looks at the bucket, too, on a thread of its own.
    assert [method for method in requests if method != "GET"] == ["POST"]


def test_a_large_file_goes_to_s3_in_parts(s3, requests, monkeypatch):
    monkeypatch.setattr(buckets, "_SINGLE_UPLOAD_BYTES", 3)
    output = Output(f"{s3.root}/large")
    output.put("a", b"long")
    assert requests == ["POST", "PUT", "POST"]
    assert output.get("a") == b"long"


def test_a_bucket_that_is_not_there_is_told_when_it_is_written(bucket):
    root = f"{bucket.root.partition('://')[0]}://no-such-bucket"
    with pytest.raises(FileNotFoundError, match=r"404|NoSuchBucket"):
        Output(root).put("a", b"x")


class Answering(http.server.BaseHTTPRequestHandler):
    """Gives every request the same status."""

    status = 403

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(self.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = answer

    def log_message(self, *ignored: object) -> None:
        pass


class Failing(Answering):
    status = 500


@pytest.fixture
def store(request, bucket, monkeypatch) -> Iterator[Output]:
    """An output in a bucket whose store answers everything with the status of a handler."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), request.param)
    with serving(server) as root:
        for name in ("AWS_ENDPOINT_URL", "STORAGE_EMULATOR_HOST"):
            monkeypatch.setenv(name, root)
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        yield Output(f"{bucket.root}/out")


USES = {
    "put": lambda output: output.put("a", b"x"),
    "get": lambda output: output.get("a"),
    "names": lambda output: output.names("a"),
    "remove": lambda output: output.remove("a"),
    "replace": lambda output: output.replace("made", b"x", ABSENT),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES.keys())
@pytest.mark.parametrize("store", [Answering], ids=["403"], indirect=True)
def test_what_a_store_refuses_is_refused_in_one_word(store, use):
    with pytest.raises(RefusedError):
        use(store)


# Google's client and Beam ask again for minutes by themselves, so S3 is only written and read here.
@pytest.mark.parametrize("use", ["put", "get"])
@pytest.mark.parametrize(
    ("bucket", "store"), [("s3", Failing)], ids=["500"], indirect=["bucket", "store"]
)
def test_a_store_that_fails_for_a_while_is_told_in_one_word(store, use, monkeypatch):
    def give_up(patience: Patience, error: StoreError) -> None:
        raise error

    monkeypatch.setattr(Patience, "wait", give_up)
    with pytest.raises(StoreError):
        USES[use](store)


@pytest.mark.parametrize("use", ["put", "get", "names", "replace"])
@pytest.mark.parametrize(
    ("bucket", "store"), [("s3", Failing)], ids=["500"], indirect=["bucket", "store"]
)
def test_a_store_that_is_well_again_is_asked_again(store, use, monkeypatch):
    errors: list[StoreError] = []

    def get_well(patience: Patience, error: StoreError) -> None:
        errors.append(error)
        monkeypatch.undo()

    monkeypatch.setattr(Patience, "wait", get_well)
    USES[use](store)
    assert len(errors) == 1


def test_a_file_is_what_was_written_or_is_said_to_be_gone_or_altered():
    assert what_is_wrong(b"x", sha256(b"x")) is None
    assert what_is_wrong(b"y", sha256(b"x")) == "has other bytes than were written"
    assert what_is_wrong(None, sha256(b"x")) == "is gone"

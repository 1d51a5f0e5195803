import json
import socket

import boto3
import pytest

from pipeline.errors import UsageError
from pipeline.launch import check_options
from pipeline.options import parse_options
from pipeline.plan.inputs import list_inputs
from tests.conftest import TOKEN
from transforms.files import remote
from transforms.files.buckets import list_objects, look_at, match
from transforms.files.remote import UnreachableError
from transforms.files.storage import exists


def test_looking_at_a_file_of_s3_makes_no_session_for_each(s3, monkeypatch):
    s3.put("seen/a.txt", b"abc")
    uri = f"{s3.root}/seen/a.txt"
    found = look_at(uri)
    assert (found.uri, found.size) == (uri, 3)
    monkeypatch.setattr(boto3.session, "Session", pytest.fail)
    assert look_at(uri) == found
    assert exists(uri)
    assert not exists(f"{s3.root}/seen/b.txt")


def test_globs_match_within_a_folder_and_two_stars_beyond_it(bucket):
    for key in ("globs/a.txt", "globs/b.csv", "globs/deep/c.txt"):
        bucket.put(key, b"x")
    root = f"{bucket.root}/globs"
    assert [file.uri for file in match(f"{root}/*.txt")] == [f"{root}/a.txt"]
    everything = sorted(file.uri for file in list_objects(f"{root}/"))
    assert sorted(file.uri for file in match(f"{root}/**")) == everything
    assert len(everything) == 3


def test_a_listing_tells_what_looking_at_each_object_tells(bucket):
    bucket.put("told/a.txt", b"abc")
    [file] = list_objects(f"{bucket.root}/told/")
    assert file == look_at(file.uri)
    assert file.size == 3


def test_a_bucket_that_is_not_there_is_told(s3, gs):
    for root in ("s3://none", "gs://none"):
        with pytest.raises(FileNotFoundError):
            list(list_objects(f"{root}/"))


@pytest.fixture
def nobody(monkeypatch, tmp_path):
    """An address at which nothing answers, for both kinds of buckets."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
    token = tmp_path / "token.json"
    token.write_text(json.dumps(TOKEN))
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{address}")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://{address}")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(token))
    # Libraries and patience may wait for a while, but for nothing that is not there.
    monkeypatch.setattr(remote.Patience, "wait", pytest.fail)
    return address


@pytest.mark.parametrize("scheme", ["s3", "gs"])
def test_a_store_that_is_not_there_is_named_at_once(nobody, scheme):
    told = f"^{nobody} cannot be reached: Connection refused$"
    for ask in (look_at, lambda uri: list(list_objects(uri))):
        with pytest.raises(UnreachableError, match=told):
            ask(f"{scheme}://news/a.txt")
    with pytest.raises(UsageError, match=f"^--input {scheme}://news/a.txt: {told[1:]}"):
        list_inputs([f"{scheme}://news/a.txt"])


def test_an_address_that_is_not_there_is_named_at_once(nobody):
    with pytest.raises(UsageError, match=f"a.txt: {nobody} cannot be reached: Connection refused$"):
        list_inputs([f"http://{nobody}/a.txt"])


@pytest.mark.parametrize("scheme", ["s3", "gs"])
def test_an_output_that_is_not_there_is_named_at_once(nobody, scheme):
    options = parse_options(["--input", "a.txt", "--output", f"{scheme}://news/out"])
    with pytest.raises(UsageError, match=f"^--output {scheme}://news/out: {nobody} cannot be"):
        check_options(options)

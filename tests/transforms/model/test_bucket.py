"""Folders of buckets are listed and fetched, or the error names them."""

import pytest

from transforms.model import bucket as buckets
from transforms.model.bucket import fetch_files, is_bucket, list_folder
from transforms.model.errors import CheckpointError


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def test_buckets_are_known_by_their_schemes():
    assert is_bucket("gs://news/model")
    assert is_bucket("s3://news/model")
    assert not is_bucket("org/model")


def test_a_folder_is_what_lies_right_in_it(bucket):
    for key in ("m/a.json", "m/b.bin", "m/deep/c.json", "m2/d.json"):
        bucket.put(key, b"x")
    assert list_folder(f"{bucket.root}/m").keys() == {"a.json", "b.bin"}
    assert list_folder(f"{bucket.root}/m/") == list_folder(f"{bucket.root}/m")
    assert list_folder(f"{bucket.root}/nothing") == {}


def test_a_file_that_is_written_again_has_another_version(bucket):
    bucket.put("v/a.json", b"one")
    before = list_folder(f"{bucket.root}/v")
    assert list_folder(f"{bucket.root}/v") == before
    bucket.put("v/a.json", b"two")
    assert list_folder(f"{bucket.root}/v") != before


def test_files_are_fetched_once_for_as_long_as_they_stay(bucket, monkeypatch):
    bucket.put("f/a.json", b"one")
    bucket.put("f/b.json", b"not wanted")
    uri = f"{bucket.root}/f"
    wanted = {"a.json": list_folder(uri)["a.json"]}
    folder = fetch_files(uri, wanted)
    assert [path.name for path in folder.iterdir()] == ["a.json"]
    assert (folder / "a.json").read_bytes() == b"one"
    with monkeypatch.context() as patch:
        patch.setattr(buckets, "_fetch", pytest.fail)
        assert fetch_files(f"{uri}/", wanted) == folder
    bucket.put("f/a.json", b"another")
    fetched = fetch_files(uri, {"a.json": list_folder(uri)["a.json"]})
    assert (fetched / "a.json").read_bytes() == b"another"


def test_what_goes_wrong_is_an_error_that_names_the_folder(bucket):
    uri = f"{bucket.root.partition('://')[0]}://no-such-bucket/m"
    for ask in (list_folder, lambda uri: fetch_files(uri, {"a.json": "v"})):
        with pytest.raises(CheckpointError, match=f"{uri} could not be fetched: [A-Z]"):
            ask(uri)


def test_files_that_are_not_those_that_were_listed_are_refused(bucket):
    bucket.put("c/a.json", b"x")
    with pytest.raises(CheckpointError, match="/c: its files changed while they were fetched"):
        fetch_files(f"{bucket.root}/c", {"a.json": "of before"})

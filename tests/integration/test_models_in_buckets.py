"""Checkpoints in S3 and Google Cloud Storage, against servers on loopback."""

import json
from pathlib import Path

import pytest

from pipeline.cli import main
from tests.checkpoints import LABELS, SENTENCES, albert_checkpoint, tag_all
from transforms.model import bucket as buckets
from transforms.model.checkpoint import find_checkpoint, fingerprint, resolve_checkpoint
from transforms.model.errors import CheckpointError
from transforms.model.loading import _find_here, load_tagger


@pytest.fixture(scope="module")
def local(tmp_path_factory) -> Path:
    return albert_checkpoint(tmp_path_factory.mktemp("checkpoint") / "albert")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    """A machine's cache, new for each test."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "news-entities" / "models"


@pytest.fixture
def stored(bucket, local):
    """A checkpoint in a bucket, beside files that belong to no checkpoint."""
    for path in local.iterdir():
        bucket.put(f"models/albert/{path.name}", path.read_bytes())
    bucket.put("models/albert/optimizer.pt", b"x" * 1000)
    bucket.put("models/albert/checkpoint-5/config.json", b"of another")
    bucket.put("models/albert-2/config.json", b"of another")
    return f"{bucket.root}/models/albert"


def test_a_checkpoint_in_a_bucket_is_the_same_as_in_a_folder(stored, local):
    found, here = resolve_checkpoint(stored), resolve_checkpoint(str(local))
    assert (found.name, found.revision) == (stored, "")
    assert (found.fingerprint, found.labels) == (here.fingerprint, here.labels)
    from_bucket, from_folder = (load_tagger(one, "cpu") for one in (found, here))
    assert tag_all(from_bucket, SENTENCES) == tag_all(from_folder, SENTENCES)
    names = {path.name for path in Path(found.path).iterdir()}
    assert names == {path.name for path in local.iterdir()} & {*names}
    assert "model.safetensors" in names
    assert "optimizer.pt" not in names


def test_a_checkpoint_is_fetched_once(stored, monkeypatch):
    first = find_checkpoint(stored)
    monkeypatch.setattr(buckets, "_fetch", pytest.fail)
    assert find_checkpoint(f"{stored}/") == first


def test_a_changed_checkpoint_is_fetched_anew(stored, bucket, local):
    first = find_checkpoint(stored)
    config = json.loads((local / "config.json").read_text()) | {"changed": True}
    bucket.put("models/albert/config.json", json.dumps(config).encode())
    second = find_checkpoint(stored)
    assert second != first
    assert json.loads((second / "config.json").read_text())["changed"]
    assert "changed" not in json.loads((first / "config.json").read_text())


def test_a_fetch_that_breaks_off_leaves_no_checkpoint(stored, cache, monkeypatch):
    fetch = buckets._fetch

    def break_off(uri, path):
        if uri.endswith(".safetensors"):
            path.write_bytes(b"half of it")
            raise ConnectionError("the line went dead")
        fetch(uri, path)

    with monkeypatch.context() as patch:
        patch.setattr(buckets, "_fetch", break_off)
        with pytest.raises(CheckpointError, match="albert could not be fetched: ConnectionError"):
            find_checkpoint(stored)
    assert [path for path in cache.iterdir() if path.is_dir()] == []
    assert resolve_checkpoint(stored).labels


def test_a_checkpoint_written_again_while_it_is_fetched_is_refused(
    stored, bucket, cache, monkeypatch
):
    fetch = buckets._fetch

    def write_again(uri, path):
        fetch(uri, path)
        bucket.put("models/albert/config.json", b"{}")

    monkeypatch.setattr(buckets, "_fetch", write_again)
    with pytest.raises(CheckpointError, match="its files changed while they were fetched"):
        find_checkpoint(stored)
    assert [path for path in cache.iterdir() if path.is_dir()] == []


def test_what_is_no_checkpoint_or_no_bucket_is_named(bucket):
    bucket.put("models/empty/readme.txt", b"x")
    with pytest.raises(CheckpointError, match=r"models/empty holds no config\.json"):
        resolve_checkpoint(f"{bucket.root}/models/empty")
    with pytest.raises(CheckpointError, match=r"://no-such-bucket/model could not be fetched: "):
        resolve_checkpoint(f"{bucket.root.partition('://')[0]}://no-such-bucket/model")


def test_a_place_that_cannot_be_written_is_named(stored, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(CheckpointError, match="set XDG_CACHE_HOME"):
        find_checkpoint(stored)


def test_a_worker_on_another_machine_fetches_it_and_refuses_another(
    stored, bucket, local, tmp_path, monkeypatch
):
    checkpoint = resolve_checkpoint(stored)
    Path(checkpoint.path).rename(tmp_path / "on the launcher's disk")
    assert fingerprint(Path(_find_here(checkpoint)), LABELS) == checkpoint.fingerprint
    bucket.put("models/albert/config.json", (local / "config.json").read_bytes() + b"\n")
    Path(checkpoint.path).rename(tmp_path / "of before")
    with pytest.raises(CheckpointError, match="is not the model that the job began with"):
        _find_here(checkpoint)


def test_the_command_takes_a_checkpoint_in_a_bucket(stored, tmp_path):
    (tmp_path / "a.txt").write_text("Maria Okafor met Ann in Gdynia.")
    command = ["--input", str(tmp_path / "a.txt"), "--model", stored]
    assert main([*command, "--output", str(tmp_path / "out")]) == 0
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["model"]["id"] == stored

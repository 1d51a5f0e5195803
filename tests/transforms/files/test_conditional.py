"""Of two writers that saw the same version of an object, only one writes it."""

import pytest

from transforms.files.conditional import (
    ABSENT,
    OverwrittenError,
    has_versions,
    read_version,
    write_version,
)


def test_an_object_is_made_only_once(bucket):
    uri = f"{bucket.root}/once.json"
    assert read_version(uri) is None
    version = write_version(uri, b"one", ABSENT)
    with pytest.raises(OverwrittenError, match=r"once\.json"):
        write_version(uri, b"two", ABSENT)
    assert read_version(uri) == (b"one", version)


def test_only_the_version_that_was_seen_is_replaced(bucket):
    uri = f"{bucket.root}/replaced.json"
    first = write_version(uri, b"one", ABSENT)
    second = write_version(uri, b"two", first)
    with pytest.raises(OverwrittenError):
        write_version(uri, b"three", first)
    assert read_version(uri) == (b"two", second)


def test_a_write_whose_answer_was_lost_is_known_again(bucket):
    uri = f"{bucket.root}/lost.json"
    version = write_version(uri, b"one", ABSENT)
    assert write_version(uri, b"one", ABSENT) == version


def test_an_object_that_is_gone_is_not_replaced(bucket):
    uri = f"{bucket.root}/never.json"
    with pytest.raises(OverwrittenError):
        write_version(uri, b"two", '"abc"' if bucket.root.startswith("s3") else "123")


def test_only_these_stores_compare(tmp_path):
    assert has_versions("s3://news/a")
    assert has_versions("gs://news/a")
    assert not has_versions("abfs://news/a")
    assert not has_versions(str(tmp_path))

import boto3
import pytest

from transforms.files.buckets import list_objects, look_at, match, split
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


def test_other_kinds_of_places_are_refused():
    with pytest.raises(ValueError, match="ftp:// is no kind of place that is known"):
        split("ftp://news/a.txt")

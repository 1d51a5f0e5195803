"""A bucket without credentials is told at once."""

import pytest

from pipeline.credentials import check_credentials, refuse_keys
from pipeline.errors import UsageError
from pipeline.options import parse_options
from pipeline.plan.inputs import list_inputs


@pytest.fixture(autouse=True)
def nobody(monkeypatch, tmp_path):
    """No credentials of this machine."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("GOOGLE_APPLICATION_CREDENTIALS", "STORAGE_EMULATOR_HOST"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "CLOUDSDK_CONFIG"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("NO_GCE_CHECK", "true")


@pytest.mark.parametrize(
    ("place", "variable"),
    [("s3://news/a.txt", "AWS_ACCESS_KEY_ID"), ("gs://news", "GOOGLE_APPLICATION_CREDENTIALS")],
)
def test_a_bucket_without_credentials_is_named_before_it_is_listed(place, variable):
    with pytest.raises(UsageError, match=f"--input {place}: no credentials found: set {variable}"):
        list_inputs([place])


def test_half_of_the_credentials_are_none(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    with pytest.raises(UsageError, match="missing: AWS_SECRET_ACCESS_KEY"):
        check_credentials("--output", "s3://news")


def test_other_places_and_emulators_need_none(monkeypatch):
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "http://localhost:1")
    for place in ("news", "/a/b", "https://example.org/a.txt", "gs://news"):
        check_credentials("--input", place)


@pytest.mark.parametrize(
    "place", ["s3://KEY:hush@news/a.txt", "s3://KEY:hu/sh+@news", "gs://a:hush@b/"]
)
def test_keys_in_a_place_are_refused_and_not_repeated(place):
    for flag in ("--input", "--output", "--model", "--metrics_file"):
        words = ["--input", "a", "--output", "b", flag, place]
        with pytest.raises(UsageError, match=f"^{flag} .*must not hold keys: set ") as raised:
            parse_options(words)
        assert "hu" not in str(raised.value)
    refuse_keys("--input", "s3://news/a:b@c.txt")

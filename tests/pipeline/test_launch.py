"""All that the options name is checked before any input is read."""

from dataclasses import replace

import pytest

from pipeline import launch
from pipeline.errors import UsageError
from pipeline.launch import check_options
from pipeline.options import parse_options
from tests.checkpoints import albert_checkpoint
from tests.fakes import load_capital_tagger


def options(*flags: str, output: str = "out"):
    return parse_options(["--input", "nowhere/*.txt", "--output", output, *flags])


@pytest.fixture(autouse=True)
def quick_tagger(monkeypatch):
    monkeypatch.setattr(launch, "load_tagger", lambda *args, **kwargs: load_capital_tagger())


def test_the_settings_know_the_model_then(tmp_path):
    found = check_options(options("--model", str(albert_checkpoint(tmp_path / "model"))))
    assert found.settings.model == str(tmp_path / "model")
    assert found.settings.labels[0] == "O"
    assert found.settings.precision == found.placement.precision
    assert len(found.settings.model_fingerprint) > 8


def test_the_model_that_comes_along_is_for_english(tmp_path):
    other = ("--model", str(albert_checkpoint(tmp_path / "model")))
    for flags, languages in (
        ((), ("en",)),
        (other, ("any",)),
        (("--languages", "any"), ("any",)),
        ((*other, "--languages", "fr", "de"), ("de", "fr")),
    ):
        assert check_options(options(*flags)).settings.languages == languages


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--model", "./nowhere"), "--model: there is no folder ./nowhere"),
        (("--device", "cuda:99"), "--device cuda:99 .*: there is no device"),
        (("--runner", "DataflowRunner"), "--runner .*Dataflow"),
        (("--runner", "no.such.Runner"), "--runner no.such.Runner"),
    ],
)
def test_what_cannot_be_right_is_wrong_usage(flags, message):
    with pytest.raises(UsageError, match=message):
        check_options(options(*flags))


def test_a_bucket_without_credentials_is_told_at_once(monkeypatch, tmp_path):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(UsageError, match=r"--output s3://news/out: no credentials found"):
        check_options(options(output="s3://news/out"))


def test_a_folder_of_this_machine_serves_only_workers_that_are_here(tmp_path):
    folder = albert_checkpoint(tmp_path / "model")
    here = options("--model", str(folder))
    assert check_options(here).settings.model == str(folder)
    elsewhere = options("--runner", "FlinkRunner", "--flink_master", "h:8081")
    with pytest.raises(UsageError, match="a folder of this machine"):
        check_options(replace(elsewhere, model=here.model))

"""Beam's own flags beside ours."""

import pytest

from pipeline.beam_flags import parse_beam_flags
from pipeline.errors import UsageError
from pipeline.options import make_parser
from pipeline.settings import BeamFlags


def parse(*flags: str) -> BeamFlags:
    return parse_beam_flags(flags, make_parser())


def test_flags_that_beam_knows_are_kept_for_it():
    assert parse("--direct_num_workers", "2") == BeamFlags(flags=("--direct_num_workers", "2"))


@pytest.mark.parametrize("name", ["flink", "FLINKRUNNER", "apache_beam.runners.FlinkRunner"])
def test_a_runner_is_known_in_any_case_short_or_by_its_path(name):
    assert parse(f"--runner={name}").runner == "FlinkRunner"


def test_flags_that_python_cannot_know_are_for_portable_runners_only():
    assert parse("--runner=FlinkRunner", "--some_flink_flag=1").runner == "FlinkRunner"
    with pytest.raises(UsageError, match="unknown flag --some_flink_flag"):
        parse("--some_flink_flag=1")


def test_secrets_of_s3_are_refused_and_not_repeated():
    with pytest.raises(UsageError, match="--s3_secret_access_key does not reach") as error:
        parse("--s3_secret_access_key=xyz")
    assert "xyz" not in str(error.value)

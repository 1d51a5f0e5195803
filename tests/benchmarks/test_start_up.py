"""Commands are run as processes, and what they load is read from Python's own report."""

import subprocess

import pytest

from benchmarks.start_up import (
    PLAIN_TRANSFORMERS,
    SENTENCE,
    Command,
    loaded,
    measure,
    ratio,
    run_python,
)
from transforms.model.checkpoint import EMBEDDED, find_checkpoint


def test_only_libraries_that_are_imported_count_as_loaded():
    words = ["-c", "import json.decoder; name = 'torch'"]
    assert loaded(words, ("json", "json.decoder", "torch", "decoder")) == ["json", "json.decoder"]


def test_every_run_of_a_command_is_timed():
    command = Command("nothing", ["-c", "pass"])
    measure(command)
    measure(command)
    assert len(command.wall) == len(command.cpu) == 2
    assert min(command.wall) <= command.seconds <= max(command.wall)
    assert ratio(command, command) == 1


def test_a_command_that_fails_ends_the_benchmark():
    with pytest.raises(subprocess.CalledProcessError):
        run_python(["-c", "raise SystemExit(2)"])


def test_the_plain_script_tags_with_the_model_that_comes_along():
    words = ["-c", PLAIN_TRANSFORMERS, str(find_checkpoint(EMBEDDED)), SENTENCE]
    printed = dict(line.split() for line in run_python(words).stdout.splitlines())
    assert (printed["Scott"], printed["Columbus"], printed["live"]) == ("B-PER", "B-LOC", "O")

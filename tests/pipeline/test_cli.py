"""The command answers at once, and its end is an exit code."""

import json
import subprocess
import sys

import pytest

from pipeline.cli import main
from pipeline.commands import COMMANDS
from pipeline.errors import ExitCode
from tests.places import HANG_SECONDS, ROOT

HEAVY = ("torch", "transformers", "apache_beam", "pyarrow", "numpy", "duckdb")
RUN = ("--input", "a.txt", "--output", "out")

# Prints the exit code and which of the heavy packages were loaded.
ANSWER = f"""
import json, sys
from pipeline.cli import main
try:
    code = main(sys.argv[1:])
except SystemExit as end:
    code = end.code
print("\\n" + json.dumps([code, [name for name in {HEAVY!r} if name in sys.modules]]))
"""


def answer(*words: str) -> tuple[int, list[str], str]:
    """Runs a command in a process of its own; returns code, heavy packages and what it said."""
    done = subprocess.run(
        [sys.executable, "-c", ANSWER, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=HANG_SECONDS,
    )
    *said, last = done.stdout.splitlines()
    code, loaded = json.loads(last)
    return code, loaded, "\n".join(said) + done.stderr


@pytest.mark.parametrize("command", [(), *((command,) for command in COMMANDS)])
def test_help_is_there_before_anything_heavy_is_loaded(command):
    code, loaded, said = answer(*command, "--help")
    assert (code, loaded) == (0, [])
    assert said.startswith("usage: news-entities")


def test_the_version_is_there_before_anything_heavy_is_loaded():
    code, loaded, said = answer("--version")
    assert (code, loaded) == (0, [])
    assert said.startswith("news-entities ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("tagg",), "did you mean tag?"),
        (("--output", "out"), "required: --input"),
        ((*RUN, "--limit", "0"), "must be at least 1"),
        ((*RUN, "--line_breaks", "never"), "invalid choice"),
        ((*RUN, "--partition_by", "year"), "needs --date_field"),
        ((*RUN, "--label_names", "O", "We met Ann."), "is no label"),
        (("tag", "--jsn", "x"), "did you mean --json?"),
        (("tag", "--lines", "x"), "takes no text beside it"),
        (("tag", " "), "there is no text to tag"),
        (("train", "--train", "x"), "required: --validation"),
        (("evaluate",), "required: --data"),
        (("--config", "setup.cfg"), "its name must end in .toml"),
        (("--config", "pyproject.toml"), "pyproject.toml: [tool]: there is no such section"),
    ],
)
def test_a_mistake_is_told_before_anything_heavy_is_loaded(words, said):
    code, loaded, told = answer(*words)
    assert (code, loaded) == (ExitCode.WRONG_USAGE, [])
    assert said in told


def test_only_a_flag_that_is_not_ours_loads_beam():
    code, loaded, said = answer(*RUN, "--runer", "x")
    assert code == ExitCode.WRONG_USAGE
    assert "unknown flag --runer; did you mean --runner?" in said
    assert "torch" not in loaded


def test_one_sentence_is_tagged_without_beam():
    code, loaded, said = answer("tag", "Angela Merkel met Shell in Berlin.")
    assert code == ExitCode.DONE
    assert "apache_beam" not in loaded
    assert [json.loads(line)["text"] for line in said.splitlines() if line[:1] == "{"] == [
        "Angela Merkel",
        "Shell",
        "Berlin",
    ]


def test_an_error_of_the_command_is_its_message_and_its_code(capsys):
    assert main(["tag", "--model", "./nowhere", "We met Ann."]) == ExitCode.WRONG_USAGE
    said = capsys.readouterr().err
    assert "there is no folder ./nowhere" in said
    assert "`news-entities tag --help` explains the flags." in said

"""The command that looks at an output."""

import json

import pytest

from pipeline.cli import main
from pipeline.errors import ExitCode
from pipeline.plan.clear import clear_staging
from tests.fakes import write_texts
from tests.jobs import run_job


@pytest.fixture
def output(tmp_path):
    output = run_job([write_texts(tmp_path / "in", a="We met Ann.")], tmp_path / "out")
    clear_staging(output)
    return output


def test_a_sound_output_is_said_to_be_sound(output, capsys):
    assert main(["verify", output.root, "--sources"]) == ExitCode.DONE
    assert capsys.readouterr().out.splitlines() == [
        f"{output.root} is sound: 4 parts of 1 input",
        "inputs compared, group by group: 1 read",
    ]


def test_damage_has_an_exit_code_and_names_file_and_inputs(output, capsys):
    output.remove("entities/part-00000.parquet")
    assert main(["verify", output.root]) == ExitCode.DAMAGED
    uri = output.root.removesuffix("out") + "in/a.txt"
    first, last = capsys.readouterr().out.splitlines()
    assert first == f"entities/part-00000.parquet is gone: 1 input ({uri})"
    assert last.endswith(f"`news-entities repair {output.root}` mends it, and tags 1 input")
    assert main(["verify", output.root, "--json"]) == ExitCode.DAMAGED
    told = json.loads(capsys.readouterr().out)
    assert told["sound"] is False
    assert told["to_tag_again"] == [uri]
    assert told["findings"] == [
        {"path": "entities/part-00000.parquet", "what": "is gone", "inputs": [uri]}
    ]


def test_the_output_must_be_named(capsys):
    assert main(["verify"]) == ExitCode.WRONG_USAGE
    assert "required: OUT" in capsys.readouterr().err

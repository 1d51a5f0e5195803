"""The command that mends an output; tests/integration/test_repair.py tries all kinds of damage."""

import pytest

from pipeline import launch
from pipeline.cli import main
from pipeline.errors import ExitCode
from pipeline.plan.clear import clear_staging
from tests.fakes import load_capital_tagger, write_texts
from tests.jobs import read, run_job, tables_of
from transforms.model.checkpoint import Checkpoint


@pytest.fixture
def output(tmp_path, monkeypatch):
    found = Checkpoint("capitals", "", "", ("O", "B-PER", "I-PER"), "0")
    monkeypatch.setattr(launch, "resolve_checkpoint", lambda *args: found)
    monkeypatch.setattr(launch, "load_tagger", lambda *args, **kwargs: load_capital_tagger())
    output = run_job([write_texts(tmp_path / "in", a="We met Ann.")], tmp_path / "out")
    clear_staging(output)
    return output


def test_a_sound_output_stays_as_it_is(output, capsys):
    before = tables_of(output)
    assert main(["repair", output.root]) == ExitCode.DONE
    assert "is sound" in capsys.readouterr().out
    assert tables_of(output) == before


def test_lost_rows_are_made_again(output, capsys):
    before = read(output, "entities")
    output.remove("entities/part-00000.parquet")
    assert main(["repair", output.root]) == ExitCode.DONE
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"{output.root} is sound")
    assert read(output, "entities") == before


def test_another_model_does_not_mend(output, monkeypatch, capsys):
    other = Checkpoint("capitals", "", "", ("O", "B-PER", "I-PER"), "1")
    monkeypatch.setattr(launch, "resolve_checkpoint", lambda *args: other)
    output.remove("entities/part-00000.parquet")
    before = tables_of(output)
    assert main(["repair", output.root]) == ExitCode.WRONG_USAGE
    assert "(model_fingerprint was 0, is 1)" in capsys.readouterr().err
    assert tables_of(output) == before

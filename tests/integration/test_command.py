"""The command itself, as a person or a scheduler starts it."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parents[2]
NEWS = ROOT / "examples" / "news"
LIMIT_SECONDS = 240


def command(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        **options,
    )


@pytest.fixture(scope="module")
def tagged(tmp_path_factory):
    output = tmp_path_factory.mktemp("tagged") / "out"
    flags = ("--date_field", "date", "--keep", "source", "section")
    done = command("--input", NEWS, "--output", output, *flags)
    return done, output, flags


def test_the_examples_become_tables(tagged):
    done, output, _ = tagged
    assert done.returncode == 0, done.stderr
    assert "58 documents of 15 inputs" in done.stdout
    manifest = json.loads((output / "manifest.json").read_text())
    assert manifest["counts"]["rejects"] == 0
    assert manifest["model"]["id"] == "embedded"
    people = duckdb.execute(
        f"SELECT count(*) FROM '{output}/entities/*.parquet' "
        "WHERE label = 'PER' AND name LIKE '%Halvorsen'"
    ).fetchall()
    assert people[0][0] >= 5
    assert not (output / "_run" / "parts").exists()


def test_a_finished_job_has_nothing_to_do(tagged):
    _, output, flags = tagged
    before = {path: path.stat().st_mtime_ns for path in output.rglob("*.parquet")}
    done = command("--input", NEWS, "--output", output, *flags)
    assert done.returncode == 0, done.stderr
    assert "nothing to do" in done.stdout
    assert {path: path.stat().st_mtime_ns for path in output.rglob("*.parquet")} == before


def test_another_job_is_refused_and_named(tagged):
    _, output, _ = tagged
    done = command("--input", NEWS, "--output", output, "--line_breaks", "wrapped")
    assert done.returncode == 2
    assert "line_breaks was auto, is wrapped" in done.stderr
    assert "--overwrite" in done.stderr


def test_wrong_usage_reads_nothing(tmp_path):
    done = command("--input", NEWS, "--output", tmp_path / "out", "--model", "./no/such/model")
    assert done.returncode == 2
    assert "./no/such/model" in done.stderr
    assert not (tmp_path / "out").exists()


def test_too_many_rejects_have_an_exit_code_of_their_own(tmp_path):
    done = command("--input", ROOT / "examples" / "bad", "--output", tmp_path / "out")
    assert done.returncode == 3, done.stderr
    assert "over --max_reject_ratio 0.05" in done.stderr
    assert "bad_json 1" in done.stdout


def test_the_plan_can_be_seen_beforehand(tmp_path):
    done = command("--input", NEWS, "--output", tmp_path / "out", "--plan_only")
    assert done.returncode == 0, done.stderr
    assert "15 files" in done.stdout
    assert "estimated" in done.stdout
    assert not (tmp_path / "out").exists()


def test_one_sentence_on_the_command_line():
    done = command("tag", "My name is Scott and I live in Columbus.")
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(e["text"], e["label"]) for e in found] == [("Scott", "PER"), ("Columbus", "LOC")]

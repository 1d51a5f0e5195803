"""The command that writes a table of names."""

import pytest

from pipeline.cli import main
from pipeline.errors import ExitCode
from tests.fakes import write_texts
from tests.jobs import rows, run_job

TEXTS = {"a": "We met Ann Lee. Then Lee left.", "b": "Bo met Ann Lee in Rome.", "c": "Bo left."}


@pytest.fixture
def output(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return run_job([write_texts(tmp_path / "in", **TEXTS)], tmp_path / "out")


def test_the_table_is_what_plain_sql_counts(output):
    assert main(["names", output.root]) == ExitCode.DONE
    found = rows("SELECT name, label, mentions, documents FROM 'names.parquet'")
    expected = rows(
        """
        SELECT resolved_name, label, count(*) AS n, count(DISTINCT document_key) AS documents
        FROM 'out/entities/*.parquet' GROUP BY resolved_name, label
        ORDER BY n DESC, documents DESC, resolved_name, label
        """
    )
    assert found == expected
    assert ("Bo", "PER", 2, 2) in found


def test_flags_choose_what_counts(output, capfd):
    words = ["--output", "-", "--min_documents", "2", "--min_score", "0.9", "--label", "PER"]
    assert main(["names", output.root, *words]) == ExitCode.DONE
    names = [line.split(",")[0] for line in capfd.readouterr().out.splitlines()]
    assert names == ["name", "Ann Lee", "Bo"]
    assert main(["names", output.root, "--output", "-", "--min_score", "0.91"]) == ExitCode.DONE
    assert len(capfd.readouterr().out.splitlines()) == 1


def test_the_output_must_be_named(capsys):
    assert main(["names"]) == ExitCode.WRONG_USAGE
    assert "required: OUT" in capsys.readouterr().err

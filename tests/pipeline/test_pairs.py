"""The command that writes a table of pairs."""

import pytest

from pipeline.cli import main
from pipeline.errors import ExitCode
from tests.fakes import write_texts
from tests.jobs import rows, run_job

TEXTS = {"a": "Ann met Bo in Rome.", "b": "Bo met Ann Lee in Rome.", "c": "Rome has Bo, Cy, Ann."}


@pytest.fixture
def output(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return run_job([write_texts(tmp_path / "in", **TEXTS)], tmp_path / "out")


def test_the_table_is_what_plain_sql_counts(output):
    assert main(["pairs", output.root, "--min_documents", "1"]) == ExitCode.DONE
    found = rows("SELECT name, other_name, documents FROM 'pairs.parquet'")
    expected = rows(
        """
        WITH names AS (SELECT DISTINCT document_key, resolved_name FROM 'out/entities/*.parquet')
        SELECT one.resolved_name, other.resolved_name, count(*)
        FROM names AS one JOIN names AS other USING (document_key)
        WHERE one.resolved_name < other.resolved_name
        GROUP BY one.resolved_name, other.resolved_name
        """
    )
    assert sorted(found) == sorted(expected)
    assert ("Bo", "Rome", 3) in found


def test_flags_bound_the_pairs(output, capfd):
    def pairs(*words: str) -> list[str]:
        assert main(["pairs", output.root, "--output", "-", *words]) == ExitCode.DONE
        return capfd.readouterr().out.splitlines()[1:]

    assert len(pairs("--min_documents", "3")) == 1
    assert len(pairs("--min_documents", "1", "--max_names", "2")) < len(
        pairs("--min_documents", "1")
    )
    assert len(pairs("--min_documents", "1", "--limit", "2")) == 2


def test_a_name_has_no_pair_alone(output, capsys):
    assert main(["pairs", output.root, "--max_names", "1"]) == ExitCode.WRONG_USAGE
    assert "must be at least 2" in capsys.readouterr().err

"""Published groups without the rows of some inputs."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.jobs import run_job
from transforms.output.published import load_parts
from transforms.records import Counts, PublishedGroup
from transforms.revise_published import revise_group


@pytest.fixture
def output(tmp_path):
    for name, text in {"a": "We met Ann.", "b": "kaboom here", "c": "in Rome", "d": "Bob"}.items():
        (tmp_path / f"{name}.txt").write_text(text)
    return run_job([tmp_path / "*.txt"], tmp_path / "out")


def revise(output, *names):
    folder = output.root.removesuffix("/out")
    dropped = pa.array([f"{folder}/{name}.txt" for name in names], pa.string())
    return revise_group(PublishedGroup(0, 0, load_parts(output)), dropped, output, 7)


def column(output, path, name):
    return pq.read_table(output.uri(path))[name].to_pylist()


def test_parts_without_such_rows_stay(output):
    assert revise(output).replaced == []
    assert revise(output, "elsewhere").replaced == []
    # Of c nothing was rejected, of b nothing found.
    assert revise(output, "c").replaced == [
        f"{table}/part-00000.parquet" for table in ("entities", "sentences", "documents")
    ]
    assert "entities/part-00000.parquet" not in revise(output, "b").replaced


def test_rows_go_from_all_tables_and_the_summary_counts_them(output):
    summary = revise(output, "a", "b")
    assert [(part.path, part.rows) for part in summary.parts] == [
        ("entities/part-00000-r00007.parquet", 2),
        ("sentences/part-00000-r00007.parquet", 2),
        ("documents/part-00000-r00007.parquet", 2),
    ]
    assert summary.replaced[-1] == "rejects/part-00000.parquet"
    assert summary.added == Counts()
    # A sentence that was rejected has no words.
    assert summary.gone == Counts(
        documents=2, sentences=2, words=4, by_label={"PER": 2}, by_reason={"model_failed": 1}
    )
    assert column(output, summary.parts[0].path, "text") == ["Rome", "Bob"]


def test_a_part_that_loses_all_its_rows_has_no_successor(output):
    summary = revise(output, "a", "b", "c", "d")
    assert summary.parts == []
    assert len(summary.replaced) == 4


def test_a_part_that_is_not_what_was_written_is_told(output):
    path = load_parts(output)[0].path
    output.put(path, b"other")
    with pytest.raises(ValueError, match=rf"{path} has other bytes than were written"):
        revise(output, "a")

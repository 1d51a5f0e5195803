"""What is said when a job is over."""

from pipeline.summary import summarise
from tests.fakes import write_texts
from tests.jobs import run_job
from transforms.output.published import load_manifest


def test_it_counts_what_the_tables_hold_and_names_the_most_frequent(tmp_path):
    inputs = write_texts(tmp_path / "in", a="we met Ann and Ann in Rome", b="")
    output = run_job([inputs], tmp_path / "out")
    first, labels, rejects, top, tables, query = summarise(
        output, load_manifest(output)
    ).splitlines()
    assert first == "1 document of 2 inputs: 1 sentence, 7 words, 3 entities, 1 reject"
    assert labels == "entities by label: PER 3"
    assert rejects == "rejects by reason: empty 1"
    assert top == "most frequent: Ann (PER) 2, Rome (PER) 1"
    assert tables == f"tables: {output.root}"
    assert f"FROM '{output.root}/entities/**/*.parquet'" in query

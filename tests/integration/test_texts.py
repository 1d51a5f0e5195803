"""The table of texts: what is checked against it, and where it is."""

import json
import re

import duckdb
import pytest

from tests.integration.test_additions import check_parts, counts_of, folders, rows_of, tag
from tests.integration.test_additions import quick_tagger as quick_tagger  # for every test
from tests.jobs import run_job
from tests.places import ROOT
from transforms.output.datasets import open_datasets

PAGE = (ROOT / "docs" / "reference" / "tables.md").read_text()
[NOT_SLICES] = re.findall(r"```sql\n(SELECT count.*?);\n```", PAGE, re.DOTALL)
# SQL's substring counts code points, of which each of these letters is one or several.
WRITTEN = [
    "We met Zoë in Łódź.",
    "\U0001f642 Then Ann\u0301a left.",
    "It rained.",
    "Bob\r\nsaw 東京.",
]


def lines(*texts, source="Gazette"):
    return "".join(
        json.dumps({"title": "Ann\u0301a", "text": text, "source": source}) + "\n" for text in texts
    )


@pytest.mark.parametrize("partition_by", [(), ("source",)])
def test_every_row_is_a_slice_of_the_text_by_plain_sql(tmp_path, partition_by):
    (tmp_path / "a.jsonl").write_text(lines(*WRITTEN) + lines("Cy came.", source=None))
    output = run_job(
        [tmp_path / "a.jsonl"],
        tmp_path / "out",
        text_field=("title", "text"),
        keep=("source",),
        partition_by=partition_by,
        texts=True,
    )
    counts = counts_of(tmp_path / "out")
    assert counts["texts"] == 10
    for table in ("entities", "sentences"):
        query = NOT_SLICES.replace("'out/", f"'{output.root}/").replace("entities/", f"{table}/")
        assert duckdb.execute(query).fetchall() == [(0,)]
        assert duckdb.execute(query.replace("!=", "=")).fetchall() == [(counts[table],)]


def test_texts_are_added_revised_and_pruned_with_their_documents(tmp_path):
    inputs, output = folders(tmp_path)
    for name in "abc":
        (inputs / f"{name}.jsonl").write_text(lines(f"We met {name.upper()}nn."))
    tag(inputs, output, "--texts")
    (inputs / "a.jsonl").write_text(lines("We met Ann, and Rome.", "And Oslo."))
    (inputs / "b.jsonl").unlink()
    (inputs / "d.jsonl").write_text(lines("We met Di."))
    tag(inputs, output, "--texts", "--prune")
    tag(inputs, tmp_path / "fresh", "--texts")
    assert rows_of(output) == rows_of(tmp_path / "fresh")
    assert counts_of(output) == counts_of(tmp_path / "fresh")
    assert counts_of(output)["texts"] == 4
    check_parts(output)


def test_the_table_is_there_for_those_who_ask_for_it(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": ""}\n')
    for texts in (True, False):
        output = run_job([tmp_path / "a.jsonl"], tmp_path / f"out_{texts}", texts=texts)
        assert (tmp_path / f"out_{texts}" / "texts").exists() == texts
        assert open_datasets(output.root)["texts"].to_table().num_rows == 0
        assert counts_of(tmp_path / f"out_{texts}")["texts"] == 0

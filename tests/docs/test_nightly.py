"""The query of the nightly page reads just the parts that are listed."""

import re

import duckdb

from tests.jobs import read, run_job
from tests.places import ROOT


def test_the_nightly_query_takes_the_parts_that_are_listed(tmp_path):
    output = run_job([ROOT / "examples" / "news" / "meridian-wire.jsonl"], tmp_path / "out")
    (tmp_path / "out" / "entities" / "part-00099.parquet").write_bytes(b"one that is not listed")
    page = (ROOT / "docs" / "how-to" / "nightly.md").read_text()
    (script,) = re.findall(r"```sql\n(.*?)```", page, re.DOTALL)
    connection = duckdb.connect()
    rows = connection.execute(script.replace("/data/tables", output.root)).fetchall()
    assert rows == [(len(read(output, "entities")),)]
    assert rows[0][0] > 0

"""What is told from the first records of a plan."""

import gzip

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import UsageError
from pipeline.plan.inputs import list_inputs
from pipeline.plan.plan import make_plan
from tests.fakes import settings
from tests.pages import page, record, response


def plan_of(*patterns, **changes):
    return make_plan(list_inputs([str(p) for p in patterns]).files, settings(**changes))


def test_the_limit_counts_records_across_files(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "a"}\n' * 5)
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(b'{"text": "b"}\n' * 5))
    (tmp_path / "c.txt").write_text("c")
    rows = plan_of(tmp_path, limit=7).rows
    extents = [extent for row in rows for extent in row.extents]
    assert [(e.uri[-10:], e.end) for e in extents][1:] == [("b.jsonl.gz", 28)]


def test_a_wrong_text_field_stops_before_the_run(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"body": "a", "title": "b"}\n')
    with pytest.raises(UsageError, match="none of the first 1 record has text; found: body, title"):
        plan_of(tmp_path)


def test_a_field_that_no_record_has_is_a_warning(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "a", "date": null, "id": 1}\n' * 2)
    asked = {"date_field": "dat", "id_field": "key", "keep": ("text", "who=by")}
    asked["text_field"] = ("text", "tilte")
    none_has, found = "none of the first 2 records has", "found: text, date, id"
    assert plan_of(tmp_path, **asked).warnings == (
        f"{none_has} --text_field tilte; {found}",
        f"{none_has} --id_field key; {found}",
        f"{none_has} --date_field dat; {found}",
        f"{none_has} --keep who; {found}",
    )
    assert plan_of(tmp_path, date_field="date", keep=("id",)).warnings == ()


def test_a_warning_of_parquet_tells_all_columns(tmp_path):
    pq.write_table(pa.table({"text": ["a"], "date": ["b"]}), tmp_path / "a.parquet")
    [warning] = plan_of(tmp_path, date_field="dat").warnings
    assert warning == "none of the first 1 record has --date_field dat; found: text, date"


def test_a_thousand_files_without_a_record_are_enough_of_a_sample(tmp_path):
    for i in range(1_000):
        (tmp_path / f"{i:04}.jsonl").touch()
    (tmp_path / "9999.jsonl").write_text('{"body": "a"}\n')
    assert plan_of(tmp_path).files == 1_001
    (tmp_path / "0000.jsonl").unlink()
    with pytest.raises(UsageError, match="none of the first 1 record has text"):
        plan_of(tmp_path)


def test_the_limit_counts_the_pages_of_a_crawl_alone(tmp_path):
    image = record(response(b"\x89PNG", "image/png"))
    first, second = (record(response(page().encode()), url=f"https://a.test/{n}") for n in "12")
    (tmp_path / "a.warc").write_bytes(image + first + image + second)
    [row] = plan_of(tmp_path, limit=1, text_field=()).rows
    assert row.extents[0].end == len(image + first + image)


def test_a_field_that_no_page_has_is_told_before_a_page_is_read(tmp_path):
    (tmp_path / "a.html").write_bytes(b"")
    with pytest.raises(UsageError, match="has body; found: title, text, date, author, url, site"):
        plan_of(tmp_path, text_field=("body",))
    none_has = "none of the first 1 record has --keep section"
    [warning] = plan_of(tmp_path, text_field=(), keep=("section", "site")).warnings
    assert warning.startswith(none_has)

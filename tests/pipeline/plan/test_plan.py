import gzip
import io
import itertools

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import UsageError
from pipeline.plan.inputs import list_inputs
from pipeline.plan.kept_columns import kept_schema
from pipeline.plan.plan import make_plan
from tests.fakes import settings
from tests.servers import CUT, BadStore
from transforms.files import remote


def plan_of(*patterns, **changes):
    return make_plan(list_inputs([str(p) for p in patterns]).files, settings(**changes))


def test_a_pattern_that_names_nothing_is_wrong_usage(tmp_path):
    with pytest.raises(UsageError, match="names no file"):
        list_inputs([str(tmp_path / "*.jsonl")])


def test_a_name_that_tells_no_format_is_wrong_usage(tmp_path):
    (tmp_path / "a.pdf").write_text("x")
    with pytest.raises(UsageError, match="tells no format"):
        list_inputs([str(tmp_path / "a.pdf")])


def test_brackets_in_a_name_that_is_there_are_literal(tmp_path):
    (tmp_path / "a[1].txt").write_text("x")
    [file] = list_inputs([str(tmp_path / "a[1].txt")]).files
    assert file.stored.uri.endswith("a[1].txt")


def test_names_that_are_stored_alike_are_one_input(tmp_path):
    # As two, with one identity to be known by, one of them would be new in every run.
    (tmp_path / "caf\\xe9.txt").write_text("x")
    (tmp_path / "caf\udce9.txt").write_text("y")
    [file] = list_inputs([str(tmp_path)]).files
    assert file.stored.uri.endswith("caf\\xe9.txt")


def test_a_directory_is_read_without_hidden_and_unknown_files(tmp_path):
    for name in ("a.txt", "sub/b.txt", ".c.txt", "_SUCCESS", "d.pdf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    listing = list_inputs([str(tmp_path), str(tmp_path / "a.txt")])
    assert [f.stored.uri[len(str(tmp_path)) + 1 :] for f in listing.files] == ["a.txt", "sub/b.txt"]
    assert listing.passed_over == 1


def test_parquet_is_cut_by_rows(tmp_path):
    pq.write_table(
        pa.table({"text": ["x" * 1000] * 100}), tmp_path / "a.parquet", use_dictionary=False
    )
    rows = plan_of(tmp_path, block_bytes=10_000).rows
    extents = [extent for row in rows for extent in row.extents]
    assert 8 <= len(rows) <= 12
    assert next((e.start, e.end) for e in extents)[0] == 0
    assert all(a.end == b.start for a, b in itertools.pairwise(extents))
    assert extents[-1].end == 100


def ends(plan):
    return [(extent.start, extent.end) for row in plan.rows for extent in row.extents]


def parquet(**columns):
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def test_a_footer_that_cannot_be_read_leaves_the_end_open(tmp_path):
    (tmp_path / "a.parquet").write_bytes(parquet(text=pa.array([], pa.string())))
    (tmp_path / "b.parquet").write_bytes(b"no Parquet")
    assert ends(plan_of(tmp_path)) == [(0, 0), (0, -1)]


def test_a_footer_is_asked_for_again(monkeypatch):
    monkeypatch.setattr(remote, "FIRST_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(remote, "PATIENCE_SECONDS", 0.5)
    store = BadStore({"a.parquet": parquet(text=["a", "b"], n=[1, 2])})
    with store.serve() as root:
        files = list_inputs([f"{root}/a.parquet"]).files
        store.meet([503, CUT])
        assert ends(make_plan(files, settings())) == [(0, 2)]
        store.meet([503, CUT])
        assert kept_schema(files, settings(keep=("n",))).types == [pa.int64()]
        # Never guessed: what is planned, and the types kept, would be others when it is up.
        for plan in (make_plan, kept_schema):
            store.meet(itertools.repeat(503))
            with pytest.raises(UsageError, match=r"a\.parquet cannot be read now"):
                plan(files, settings(keep=("n",)))
        store.meet(itertools.repeat(503))
        with pytest.raises(UsageError, match=r"a\.parquet cannot be read now"):
            make_plan(files, settings(limit=1))


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


def test_kept_columns_of_parquet_keep_their_types(tmp_path):
    pq.write_table(pa.table({"text": ["a"], "n": [1]}), tmp_path / "a.parquet")
    files = list_inputs([str(tmp_path)]).files
    schema = kept_schema(files, settings(keep=("n=count",)))
    assert schema == pa.schema([("count", pa.int64())])
    with pytest.raises(UsageError, match="no input has such a column"):
        kept_schema(files, settings(keep=("m",)))
    with pytest.raises(UsageError, match="already"):
        kept_schema(files, settings(keep=("n=uri",)))

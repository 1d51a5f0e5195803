"""Which types the kept columns have."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import UsageError
from pipeline.plan.inputs import list_inputs
from pipeline.plan.kept_columns import kept_schema
from tests.fakes import settings

PAGES = settings(keep=("page",))


def write(path, pages):
    pq.write_table(pa.table({"text": ["Ann"] * len(pages), "page": pages}), path)


def files_in(folder):
    return list_inputs([str(folder)]).files


def test_the_types_of_parquet_stay_where_all_inputs_agree(tmp_path):
    write(tmp_path / "a.parquet", pa.array([1], pa.int16()))
    write(tmp_path / "b.parquet", pa.array([2], pa.int16()))
    assert kept_schema(files_in(tmp_path), PAGES) == pa.schema([("page", pa.int16())])


@pytest.mark.parametrize("other", [pa.array([2.5]), pa.array([1], pa.int64())])
def test_types_that_differ_become_text(tmp_path, other):
    write(tmp_path / "a.parquet", pa.array([1], pa.int16()))
    write(tmp_path / "b.parquet", other)
    assert kept_schema(files_in(tmp_path), PAGES) == pa.schema([("page", pa.string())])


def test_beside_another_format_all_is_text(tmp_path):
    write(tmp_path / "a.parquet", [1])
    (tmp_path / "b.jsonl").write_text('{"text": "Ann", "page": 2}')
    assert kept_schema(files_in(tmp_path), PAGES) == pa.schema([("page", pa.string())])


def test_a_folder_tells_text_where_a_file_lacks_the_column(tmp_path):
    (tmp_path / "page=7").mkdir()
    write(tmp_path / "page=7" / "a.parquet", pa.array([1], pa.int16()))
    assert kept_schema(files_in(tmp_path), PAGES) == pa.schema([("page", pa.int16())])
    pq.write_table(pa.table({"text": ["Ann"]}), tmp_path / "page=7" / "b.parquet")
    assert kept_schema(files_in(tmp_path), PAGES) == pa.schema([("page", pa.string())])
    published = pa.schema([("page", pa.int16())])
    with pytest.raises(UsageError, match="int16 in the tables of --output, string in "):
        kept_schema(files_in(tmp_path), PAGES, published)


@pytest.mark.parametrize("kind", [pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
def test_every_kind_of_string_is_a_plain_one(tmp_path, kind):
    write(tmp_path / "a.parquet", pa.array(["i"]).cast(kind))
    assert kept_schema(files_in(tmp_path), PAGES) == pa.schema([("page", pa.string())])


@pytest.mark.parametrize(
    ("keep", "message"),
    [
        (("uri",), "--keep uri: there is a column of this name already"),
        (("a=x", "b=x"), "--keep x: there is a column of this name already"),
        (("year",), "--keep year: there is a column of this name already"),
        (("pge",), "--keep pge: no input has such a column; the first has text, page"),
    ],
)
def test_names_that_cannot_be_kept_are_wrong_usage(tmp_path, keep, message):
    write(tmp_path / "a.parquet", [1])
    with pytest.raises(UsageError, match=message):
        kept_schema(files_in(tmp_path), settings(keep=keep))


def test_what_is_added_has_the_types_of_the_tables(tmp_path):
    write(tmp_path / "a.parquet", pa.array([1], pa.int64()))
    published = pa.schema([("page", pa.int64())])
    assert kept_schema(files_in(tmp_path), PAGES, published) is published
    with pytest.raises(UsageError, match="--keep page: int16 in the tables of --output, int64 in"):
        kept_schema(files_in(tmp_path), PAGES, pa.schema([("page", pa.int16())]))

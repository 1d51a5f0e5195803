"""Folders are Hive's, and splitting a table by them loses no row."""

from urllib.parse import unquote

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.choices import HIVE_NULL
from transforms.partitions import MAX_PARTITIONS, add_folders, check_count, folder, folders, split

KEPT = pa.table({"source": ["Gazette", None, ""], "n": [1, 2, None]})


def test_a_document_goes_where_its_values_say():
    assert folders([19723, 0, None], KEPT, ("source", "year")) == [
        "source=Gazette/year=2024",
        "source=unknown/year=1970",
        "source=unknown/year=unknown",
    ]
    assert folders([19723, -1, None], KEPT, ("n", "month")) == [
        "n=1/month=2024-01",
        "n=2/month=1969-12",
        "n=unknown/month=unknown",
    ]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("Łódź & Søn", "Łódź %26 Søn"),
        ("東京", "東京"),
        ("100%", "100%25"),
        ("it's", "it%27s"),
        ("a\x00\x9f\ufffe", "a%00%C2%9F%EF%BF%BE"),
        ("unknown", "unknown"),
        ("__HIVE_DEFAULT_PARTITION__", "unknown"),
        (7, "7"),
    ],
)
def test_letters_stay_as_they_are_and_what_cuts_paths_is_escaped(value, written):
    assert folder("source", value) == f"source={written}"


@given(st.text(min_size=1).filter(lambda value: value != HIVE_NULL))
def test_a_value_is_one_folder_and_can_be_read_from_its_name(value):
    name = folder("source", value)
    assert "/" not in name
    column, _, written = name.partition("=")
    assert (column, unquote(written)) == ("source", value)


ROWS = st.lists(st.tuples(st.integers(0, 99), st.sampled_from("abc")), max_size=30)


@given(ROWS)
def test_splitting_keeps_every_row_and_their_order_in_each_folder(rows):
    table = pa.table({"number": pa.array([number for number, _ in rows], pa.int64())})
    parts = list(split(add_folders(table, pa.array([name for _, name in rows], pa.string()))))
    names = [name for name, _ in parts]
    assert names == sorted(set(names))
    assert all(part.schema == table.schema for _, part in parts)
    assert {name: part["number"].to_pylist() for name, part in parts} == {
        name: [number for number, own in rows if own == name] for name in names
    }
    assert sum(part.num_rows for _, part in parts) == len(rows)


def test_a_table_without_folders_stays_whole():
    assert [*split(KEPT)] == [("", KEPT)]


def test_more_folders_than_readers_can_bear_are_refused():
    check_count(MAX_PARTITIONS, ("source",))
    with pytest.raises(ValueError, match="partition_by source year gives 1001 folders or more"):
        check_count(MAX_PARTITIONS + 1, ("source", "year"))

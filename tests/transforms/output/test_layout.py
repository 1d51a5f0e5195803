"""Names of files in an output are read as they were written."""

from hypothesis import given
from hypothesis import strategies as st

from transforms.output.layout import (
    PartName,
    base_path,
    block_id,
    folder_of,
    folders_above,
    is_part,
    receipt_path,
    receipts_folder,
    staged_path,
)
from transforms.records import TABLES

NUMBERS = st.integers(0, 10**7)
NAMES = st.builds(
    PartName,
    group=NUMBERS,
    part=st.integers(0, 10**5),
    round=st.one_of(st.none(), NUMBERS),
)
FOLDERS = st.sampled_from(["", "source=Gazette", "source=A%2FB/year=2024"])


@given(NAMES, st.sampled_from(TABLES), FOLDERS)
def test_the_name_of_a_part_is_read_as_it_was_written(name, table, folder):
    path = name.path(table, folder)
    assert PartName.parse(path) == name
    assert is_part(path)
    assert folder_of(path) == (f"{table}/{folder}" if folder else table)
    assert PartName.parse(str(name.first_writing())) == name.first_writing()


@given(NAMES, NAMES)
def test_parts_have_one_name_only_if_they_are_the_same(one, other):
    assert (str(one) == str(other)) == (one == other)


def test_parts_are_called_as_the_manual_says():
    assert PartName(7).path("entities") == "entities/part-00007.parquet"
    assert (
        PartName(7, 3, 12).path("entities", "source=Gazette")
        == "entities/source=Gazette/part-00007-0003-r00012.parquet"
    )


def test_what_only_resembles_a_part_is_none():
    for path in (
        "entities/mine.parquet",
        "entities/part-7.parquet",
        "entities/part-00007.parquet.tmp",
        "entities/deep/part-00007.parquet",
        "mine/part-00007.parquet",
        "part-00007.parquet",
    ):
        assert not is_part(path)


PLACES = st.tuples(st.integers(0, 10**8 - 1), st.integers(0, 10**5 - 1), st.integers(0, 10**7 - 1))


@given(PLACES, PLACES)
def test_names_of_blocks_sort_as_their_places_do(one, other):
    assert (block_id(*one) < block_id(*other)) == (one < other)


def test_what_a_job_needs_while_it_runs_lies_apart():
    block = block_id(12345, 0, 0)
    paths = [
        receipt_path("p", block),
        staged_path("p", block, "entities", "0" * 64),
        base_path("b", "parts.parquet"),
    ]
    assert all(path.startswith("_run/") for path in paths)
    assert paths[0].startswith(receipts_folder("p") + "/")
    assert len({*paths}) == 3
    assert staged_path("p", block, "entities", "1" * 64) != paths[1]


def test_folders_above_a_path_come_from_the_top():
    assert [*folders_above("entities/year=2024/a")] == [
        "entities",
        "entities/year=2024",
        "entities/year=2024/a",
    ]
    assert folder_of("a") == ""

"""What was published before a job is copied, and read without what goes."""

import json

import pyarrow as pa
import pytest

from transforms.output.layout import INPUTS_PATH, MANIFEST_PATH, PARTS_PATH
from transforms.output.output import Output
from transforms.output.published import (
    find_manifest,
    load_dropped,
    load_groups,
    load_inputs,
    load_manifest,
    load_parts,
    make_base,
    save_base,
)
from transforms.output.tables import to_parquet, to_table
from transforms.records import (
    INPUTS_SCHEMA,
    PARTS_SCHEMA,
    InputCount,
    PublishedGroup,
    TableFile,
)

MANIFEST = {"next_group": 5, "counts": {"documents": 1}}


def part(path: str) -> TableFile:
    return TableFile(path.partition("/")[0], path, 1, 2, "3")


PARTS = [
    part("entities/part-00000-r00003.parquet"),
    part("entities/part-00001.parquet"),
    part("entities/part-00001-0002.parquet"),
    part("documents/year=2024/part-00000.parquet"),
    part("documents/year=2025/part-00000.parquet"),
]


def publish(output: Output, parts: list[TableFile] = PARTS) -> None:
    inputs = [InputCount(uri, 1, "v", "txt", "complete", 1, 1, 0, 0) for uri in "abc"]
    output.put(INPUTS_PATH, to_parquet(to_table(inputs, INPUTS_SCHEMA)))
    output.put(PARTS_PATH, to_parquet(to_table(parts, PARTS_SCHEMA)))
    output.put(MANIFEST_PATH, json.dumps(MANIFEST).encode())


@pytest.fixture
def output(tmp_path) -> Output:
    output = Output(str(tmp_path))
    publish(output)
    return output


def test_where_nothing_is_published_there_is_no_manifest(tmp_path):
    empty = Output(str(tmp_path))
    assert find_manifest(empty) is None
    with pytest.raises(FileNotFoundError, match=MANIFEST_PATH):
        load_manifest(empty)
    with pytest.raises(FileNotFoundError, match=INPUTS_PATH):
        save_base(empty, make_base(MANIFEST, []), [])


def test_what_is_published_is_read_as_it_was_written(output):
    assert find_manifest(output) == load_manifest(output) == MANIFEST
    assert load_parts(output) == PARTS
    assert load_inputs(output)["uri"].to_pylist() == ["a", "b", "c"]


def test_a_base_stays_when_more_is_published(output):
    base = make_base(MANIFEST, ["b"])
    save_base(output, base, ["b"])
    publish(output, PARTS[:1])
    output.put(MANIFEST_PATH, b"{}")
    assert load_manifest(output, base) == MANIFEST
    assert load_parts(output, base) == PARTS
    assert load_inputs(output, base)["uri"].to_pylist() == ["a", "c"]
    assert load_dropped(output, base).equals(pa.array(["b"]))


def test_a_base_is_named_for_what_is_published_and_what_goes():
    bases = [
        make_base(MANIFEST, []),
        make_base(MANIFEST, ["b"]),
        make_base(MANIFEST, ["b", "c"]),
        make_base(MANIFEST | {"next_group": 6}, []),
    ]
    assert make_base(MANIFEST, []) == bases[0]
    assert len({base.id for base in bases}) == 4
    assert [(base.first_group, base.drops) for base in bases] == [
        (5, False),
        (5, True),
        (5, True),
        (6, False),
    ]


def test_parts_are_grouped_over_tables_folders_and_rounds(output):
    base = make_base(MANIFEST, [])
    save_base(output, base, [])
    assert list(load_groups(output, base)) == [
        PublishedGroup(0, 0, [PARTS[0], PARTS[3], PARTS[4]]),
        PublishedGroup(1, 0, [PARTS[1]]),
        PublishedGroup(1, 2, [PARTS[2]]),
    ]


def test_a_name_that_is_no_parts_is_told(output):
    publish(output, [part("entities/mine.parquet")])
    base = make_base(MANIFEST, [])
    save_base(output, base, [])
    with pytest.raises(ValueError, match=r"entities/mine\.parquet .* is not the name of a part"):
        list(load_groups(output, base))

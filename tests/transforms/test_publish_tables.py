"""A group's parts hold the rows of its blocks in order, whatever happened to the receipts."""

import itertools
import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.output.layout import staged_path
from transforms.output.output import Output, sha256
from transforms.output.tables import table_schemas, to_parquet, to_table
from transforms.partitions import add_folders
from transforms.publish_tables import merge_inputs, publish_group
from transforms.records import (
    REJECTS_SCHEMA,
    Counts,
    InputCount,
    InputStatus,
    Receipt,
    Reject,
    TableFile,
)

SCHEMAS = table_schemas(pa.schema([]), {}) | {
    "entities": pa.schema([("label", pa.string()), ("number", pa.int64())])
}


def stage(output: Output, block: str, table: str, rows: pa.Table) -> TableFile:
    data = to_parquet(rows)
    path = staged_path("0" * 16, block, table, sha256(data))
    output.put(path, data)
    return TableFile(table, path, rows.num_rows, len(data), sha256(data))


def entities(*numbers: int, label: str = "PER") -> pa.Table:
    return pa.table({"label": [label] * len(numbers), "number": numbers}, SCHEMAS["entities"])


def receipt(block: str, *staged: TableFile, counts: tuple[InputCount, ...] = ()) -> Receipt:
    return Receipt(block, 4, 0, [*staged], [*counts], sentences=1, words=10)


def failure(reason: str = "corrupt", message: str = "m") -> Reject:
    return Reject("file", "read", reason, message, "a.jsonl.gz", 7)


def column(output: Output, path: str, name: str) -> list:
    return pq.read_table(output.uri(path))[name].to_pylist()


def test_rows_are_in_the_order_of_the_blocks(tmp_path):
    output = Output(str(tmp_path))
    receipts = [
        receipt(name, stage(output, name, "entities", entities(first, first + 1)))
        for first, name in enumerate("abcdef")
    ]
    random.Random(1).shuffle(receipts)
    summary = publish_group(receipts, output, SCHEMAS)
    assert [(part.table, part.path, part.rows) for part in summary.parts] == [
        ("entities", "entities/part-00004.parquet", 12)
    ]
    numbers = column(output, summary.parts[0].path, "number")
    assert numbers == [0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6]
    assert summary.added == Counts(sentences=6, words=60, by_label={"PER": 12})


def test_a_receipt_that_comes_twice_counts_once(tmp_path):
    output = Output(str(tmp_path))
    once = receipt("a", stage(output, "a", "entities", entities(1, 2)))
    assert publish_group([once, once], output, SCHEMAS) == publish_group([once], output, SCHEMAS)


def test_a_failure_that_all_stripes_tell_of_is_published_once(tmp_path):
    output = Output(str(tmp_path))
    record = Reject("record", "read", "bad_json", "m", "a.jsonl.gz", 7)
    told = [[failure(), record], [failure(), record], [failure(message="another")]]
    receipts = [
        receipt(name, stage(output, name, "rejects", to_table(rejects, REJECTS_SCHEMA)))
        for name, rejects in zip("abc", told, strict=True)
    ]
    summary = publish_group(receipts, output, SCHEMAS)
    assert column(output, "rejects/part-00004.parquet", "reason") == [
        "corrupt",
        "bad_json",
        "bad_json",
        "corrupt",
    ]
    assert summary.added.by_reason == {"bad_json": 2, "corrupt": 2}


def test_every_folder_has_a_part(tmp_path):
    output = Output(str(tmp_path))
    folders = pa.array(["year=2024", "year=2023", "year=2024"])
    rows = add_folders(entities(1, 2, 3), folders)
    staged = stage(output, "a", "entities", rows)
    summary = publish_group([receipt("a", staged)], output, SCHEMAS, ("year",))
    assert [(part.path, part.rows) for part in summary.parts] == [
        ("entities/year=2023/part-00004.parquet", 1),
        ("entities/year=2024/part-00004.parquet", 2),
    ]
    assert column(output, "entities/year=2024/part-00004.parquet", "number") == [1, 3]


def test_a_staged_file_that_is_not_what_was_written_is_told(tmp_path):
    output = Output(str(tmp_path))
    staged = stage(output, "a", "entities", entities(1))
    output.put(staged.path, b"other")
    with pytest.raises(ValueError, match=f"{staged.path} has other bytes than were written"):
        publish_group([receipt("a", staged)], output, SCHEMAS)
    output.remove(staged.path)
    with pytest.raises(ValueError, match=f"{staged.path} is gone"):
        publish_group([receipt("a", staged)], output, SCHEMAS)


COUNTS = st.builds(
    InputCount,
    uri=st.sampled_from("abc"),
    size=st.just(1),
    version=st.sampled_from(["v", None]),
    format=st.just("jsonl"),
    status=st.sampled_from(InputStatus),
    records=st.integers(0, 9),
    documents=st.integers(0, 9),
    rejected=st.integers(0, 9),
    dates_unparsed=st.integers(0, 9),
)


def merge(counts: list[InputCount]) -> list[InputCount]:
    return list(merge_inputs(sorted(counts, key=lambda count: count.uri)))


@given(st.lists(COUNTS, max_size=12), st.integers(0, 12))
def test_inputs_add_up_in_whatever_groups_they_come(counts, cut):
    merged = merge(counts)
    assert [count.uri for count in merged] == sorted({count.uri for count in counts})
    for name in ("records", "documents", "rejected", "dates_unparsed"):
        assert sum(getattr(count, name) for count in merged) == sum(
            getattr(count, name) for count in counts
        )
    grouped = [*itertools.chain(merge(counts[:cut]), merge(counts[cut:]))]
    assert merge(grouped) == merged

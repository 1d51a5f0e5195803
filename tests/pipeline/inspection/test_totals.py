"""The law of records, over all groups."""

import pyarrow as pa
import pytest

from pipeline.inspection.totals import Totals
from transforms.output.tables import to_table
from transforms.records import INPUTS_SCHEMA, InputCount

INPUTS = [
    InputCount("a", 9, "v", "jsonl", "complete", 3, 2, 1, 0),
    InputCount("b", 9, "v", "jsonl", "failed", 0, 0, 0, 0),
]
DOCUMENTS = ["a", "a"]
REJECTS = [("record", "a"), ("sentence", "a"), ("file", "b")]


def found(inputs=INPUTS, documents=DOCUMENTS, rejects=REJECTS):
    totals = Totals(to_table(inputs, INPUTS_SCHEMA))
    for uri in documents:  # a group each
        totals.add_documents(pa.chunked_array([[uri]], pa.string()))
    scopes, uris = zip(*rejects, strict=True) if rejects else ((), ())
    totals.add_rejects(
        pa.chunked_array([scopes], pa.string()), pa.chunked_array([uris], pa.string())
    )
    return {(breach.table, breach.what): {*breach.inputs} for breach in totals.breaches()}


def test_what_is_all_there_breaks_nothing():
    assert found() == {}
    assert found([], [], []) == {}


@pytest.mark.parametrize(
    ("changes", "table", "what", "inputs"),
    [
        ({"documents": ["a"]}, "documents", "lacks documents, or has others", {"a"}),
        ({"documents": ["a"] * 3}, "documents", "lacks documents, or has others", {"a"}),
        ({"rejects": REJECTS[1:]}, "rejects", "lacks records, or has others", {"a"}),
        ({"rejects": REJECTS[:2]}, "rejects", "lacks files that failed, or has others", {"b"}),
        (
            {"documents": [*DOCUMENTS, "c"]},
            "documents",
            "has rows of inputs that are not listed",
            {"c"},
        ),
    ],
)
def test_what_is_missing_or_too_much_is_that_of_an_input(changes, table, what, inputs):
    assert found(**changes) == {(table, what): inputs}


def test_records_are_documents_and_rejected_ones():
    wrong = InputCount("a", 9, "v", "jsonl", "complete", 4, 2, 1, 0)
    assert found([wrong, INPUTS[1]]) == {("inputs", "breaks records = documents + rejected"): {"a"}}

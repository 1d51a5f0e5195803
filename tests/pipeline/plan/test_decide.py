"""What a run is to do, as a table of cases; nothing is read or written."""

import io
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.plan.changes import planned
from pipeline.plan.decide import Addition, Damaged, FirstJob, NothingToDo, Refused, Resume, decide
from pipeline.plan.inputs import InputFile
from pipeline.plan.output_state import OutputState
from pipeline.plan.plan_file import StoredPlan
from pipeline.settings import Settings
from tests.fakes import settings
from transforms.files.places import StoredFile
from transforms.output.tables import to_table
from transforms.records import INPUTS_SCHEMA, PLAN_SCHEMA, Extent, InputCount, PlanRow

OURS = settings()
LIMITED = settings(limit=2)
A, B, C = (InputFile(StoredFile(f"/news/{name}.txt", 9, "v1"), "txt", "") for name in "abc")
NEW_B = InputFile(StoredFile("/news/b.txt", 9, "v2"), "txt", "")


def plan_of(*files: InputFile) -> list[PlanRow]:
    extents = [
        Extent(f.stored.uri, f.format, f.compression, f.stored.size, f.stored.version, 0, -1)
        for f in files
    ]
    return [PlanRow(0, 0, 1, 0, extents)]


def stored(*files: InputFile, ours: Settings = OURS) -> StoredPlan:
    rows = [
        {
            "first": 0,
            "stripe": 0,
            "stripes": 1,
            "group": 0,
            "extents": [
                {name: getattr(extent, name) for name in Extent.__slots__}
                for row in plan_of(*files)
                for extent in row.extents
            ],
        }
    ]
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, PLAN_SCHEMA), sink)
    return StoredPlan(
        "plan", ours.as_json(), pa.schema([]), None, ours.block_bytes, pq.ParquetFile(sink)
    )


def published(*files: InputFile) -> pa.Table:
    counts = [
        InputCount(f.stored.uri, f.stored.size, f.stored.version, f.format, "complete", 1, 1, 0, 0)
        for f in files
    ]
    return to_table(counts, INPUTS_SCHEMA)


def running(*files: InputFile) -> OutputState:
    """An output whose first job has not come to its end."""
    return OutputState(stored=stored(*files))


def complete(*files: InputFile) -> OutputState:
    return OutputState(
        stored=stored(*files),
        manifest={"plan": "plan", "next_group": 1},
        published=published(*files),
    )


def adding(*files: InputFile) -> OutputState:
    """An output that was complete, and whose addition has not come to its end."""
    return replace(complete(*files), manifest={"plan": "before", "next_group": 1}, published=None)


def limited(now: list[InputFile], *files: InputFile) -> OutputState:
    state = OutputState(
        stored=stored(*files, ours=LIMITED), manifest={"plan": "plan"}, published=published(*files)
    )
    return replace(state, limited=planned(plan_of(*now)))


@pytest.mark.parametrize(
    ("state", "files", "case"),
    [
        (OutputState(), [A, B], FirstJob),
        (running(A, B), [A, B], Resume),
        (running(A, B), [A, B, C], Resume),  # what has come since is for the round that follows
        (running(A, B), [A, NEW_B], Resume),
        (running(A, B), [A], Refused),  # nothing is published yet: it may be a slip
        (adding(A, B), [A], Resume),
        (complete(A, B), [A, B], NothingToDo),
        (complete(A, B), [A], NothingToDo),
        (complete(A, B), [A, B, C], Addition),
        (complete(A, B), [A, NEW_B], Addition),
        (OutputState(foreign="documents/"), [A], Refused),
        (OutputState(broken="its plan is gone"), [A], Refused),
        (OutputState(damage={"parts.parquet": "is gone"}), [A], Damaged),
    ],
)
def test_the_case_follows_from_what_is_there(state, files, case):
    assert type(decide(state, files, OURS)) is case


def test_other_settings_are_refused_and_named():
    decision = decide(complete(A), [A], settings(sentences="none", limit=5))
    assert isinstance(decision, Refused)
    assert decision.may_overwrite
    assert decision.message("/out", "its 3 documents") == (
        "--output /out holds another job.\n"
        "This command has --limit 5 --sentences none, which it was made without.\n"
        "Give the flags that it was made with, to add to it; or choose another --output; or "
        "--overwrite, which deletes its 3 documents."
    )


def test_flags_that_a_command_lacks_stand_beside_those_that_it_has():
    state = OutputState(stored=stored(A, ours=settings(keep=("source",), date_field="day")))
    decision = decide(state, [A], settings(limit=5))
    assert isinstance(decision, Refused)
    _, had, has, _ = decision.message("/out", "nothing").splitlines()
    assert had == "It was made with --date_field day --keep source"
    assert has == "This command has --limit 5"
    decision = decide(state, [A], settings())
    assert isinstance(decision, Refused)
    _, had, _ = decision.message("/out", "nothing").splitlines()
    assert had == "It was made with --date_field day --keep source, which this command lacks."


def test_where_flags_do_not_help_none_are_asked_for():
    state = OutputState(stored=stored(A, ours=settings(libraries={"torch": "1"})))
    decision = decide(state, [A], settings(libraries={"torch": "2"}))
    assert isinstance(decision, Refused)
    _, others, way_out = decision.message("/out", "its 3 documents").splitlines()
    assert others == "What made it differs: torch 1, here 2."
    assert way_out == "Choose another --output; or --overwrite, which deletes its 3 documents."


def test_inputs_that_are_missing_are_named():
    decision = decide(running(A, B), [A], OURS)
    assert isinstance(decision, Refused)
    assert f"input {B.stored.uri} is no longer there." in decision.message("/out", "").splitlines()


@pytest.mark.parametrize(
    "state",
    [
        OutputState(broken="its plan is gone"),
        OutputState(damage={"parts.parquet": "is gone"}),
        running(A, B),
        complete(A),
    ],
)
def test_what_is_in_the_way_is_cleared_where_it_may_be_overwritten(state):
    other = settings(id_field="key")
    assert decide(state, [C], other, overwrite=True) == FirstJob([C], clears=True)


def test_what_no_job_wrote_stays_whatever_may_be_overwritten():
    decision = decide(OutputState(foreign="documents/"), [A], OURS, overwrite=True)
    assert isinstance(decision, Refused)
    assert not decision.may_overwrite
    assert decision.message("/out", "nothing") == (
        "--output /out holds documents/, which no job wrote: choose another place"
    )


def test_overwriting_is_for_other_jobs_only():
    assert isinstance(decide(complete(A), [A], OURS, overwrite=True), NothingToDo)
    assert isinstance(decide(running(A), [A], OURS, overwrite=True), Resume)


def test_an_addition_tags_what_is_new_or_has_changed_in_the_order_of_the_listing():
    decision = decide(complete(A, B), [NEW_B, A, C], OURS)
    assert isinstance(decision, Addition)
    assert decision.files == [NEW_B, C]
    assert decision.dropped == ["/news/b.txt"]
    assert (decision.base.first_group, decision.base.drops) == (1, True)
    assert decision.news == "1 input new, 1 input changed"


def test_new_parts_take_no_number_that_a_stray_has():
    state = replace(complete(A), strays=["entities/part-00009.parquet"])
    decision = decide(state, [A, B], OURS)
    assert isinstance(decision, Addition)
    assert decision.base.first_group == 10


def test_vanished_inputs_go_only_where_it_is_asked_for():
    assert isinstance(decide(complete(A, B), [A], OURS), NothingToDo)
    decision = decide(complete(A, B), [A], OURS, prune=True)
    assert isinstance(decision, Addition)
    assert (decision.files, decision.dropped) == ([], ["/news/b.txt"])


def test_two_rounds_that_drop_other_inputs_have_other_bases():
    pruned = decide(complete(A, B, C), [A, B], OURS, prune=True)
    changed = decide(complete(A, B, C), [A, NEW_B, C], OURS, prune=True)
    assert isinstance(pruned, Addition)
    assert isinstance(changed, Addition)
    assert pruned.base.id != changed.base.id


def test_a_job_with_a_limit_is_not_added_to():
    assert isinstance(decide(limited([A, B], A, B), [A, B, C], LIMITED), NothingToDo)
    decision = decide(limited([A, NEW_B], A, B), [A, NEW_B], LIMITED)
    assert isinstance(decision, Refused)
    assert list(decision.reasons) == ["input /news/b.txt has changed"]


def test_of_many_reasons_the_first_are_shown():
    files = [InputFile(StoredFile(f"/{n}.txt", 1, ""), "txt", "") for n in range(15)]
    decision = decide(running(*files), [], OURS)
    assert isinstance(decision, Refused)
    message = decision.message("/out", "nothing")
    assert message.count("is no longer there") == 10
    assert "; and 5 more." in message

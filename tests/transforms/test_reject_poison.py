"""Documents that end their process become rejects, and the others of their block go on."""

from dataclasses import replace

import pyarrow as pa
import pytest

from tests.fakes import load_capital_tagger, load_killing_tagger
from transforms.errors import HopelessError
from transforms.files.documents import kept_table
from transforms.output.attempts import Attempts
from transforms.output.output import Output
from transforms.records import Block, Document, InputCount, TextField
from transforms.reject_poison import _RejectPoison, find_poison, is_doubtful, reject_documents
from transforms.trial import Recipe

KEPT = pa.schema([("source", pa.string())])


@pytest.fixture
def attempts(tmp_path):
    return Attempts(Output(str(tmp_path)), "plan")


def block_of(*words: str, kept: pa.Schema = KEPT) -> Block:
    documents = [
        Document(f"{i:032d}", f"d{i}", f"{'ab'[i % 2]}.jsonl", i, None, [TextField("text", word)])
        for i, word in enumerate(words)
    ]
    names = [document.uri for document in documents]
    counts = [
        InputCount(uri, 9, "1", "jsonl", "complete", names.count(uri), names.count(uri), 0, 0)
        for uri in sorted({*names})
    ]
    rows = [[word] for word in words] if len(kept) else [[] for _ in words]
    return Block("00000000-00000-0000000", 0, 0, documents, kept_table(rows, kept), [], counts)


class Trials:
    """Stands for the process: notes what is tried, and says how "bad" documents end it."""

    def __init__(self) -> None:
        self.tried: list[str] = []

    def __call__(self, document: Document) -> str:
        self.tried.append(document.id)
        return "SIGSEGV" if document.fields[0].text == "bad" else ""


MESSAGE = "it ended its process 2 times when it was tried alone"


def test_a_document_is_poison_when_it_ended_its_process_twice(attempts):
    trials = Trials()
    poison = find_poison(block_of("good", "bad", "good"), attempts, trials)
    assert poison == {1: f"{MESSAGE}: SIGSEGV"}
    assert trials.tried == ["d0", "d1", "d1", "d2"]


def test_a_document_that_ended_the_whole_worker_twice_is_not_tried_again(attempts):
    block = block_of("good", "good", "good")

    def die(document: Document) -> str:
        raise KeyboardInterrupt

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            find_poison(block, attempts, die)
    trials = Trials()
    assert find_poison(block, attempts, trials) == {0: MESSAGE}
    assert trials.tried == ["d1", "d2"]


def test_a_try_that_was_disturbed_once_leaves_no_mark_when_the_next_one_is_well(attempts, tmp_path):
    block = block_of("good")
    attempts.begin(block.id, block.documents[0].key)
    assert find_poison(block, attempts, Trials()) == {}
    assert [*tmp_path.rglob("*.json")] == []


def test_if_most_documents_end_their_process_none_is_at_fault(attempts, tmp_path):
    block = block_of("good", "good", *["bad"] * 10)
    with pytest.raises(HopelessError, match=r"3 of the first 5 documents .*: SIGSEGV"):
        find_poison(block, attempts, Trials())
    assert [path.name for path in tmp_path.rglob("*.json")] == ["poison.json"]


def test_poison_leaves_its_place_in_the_rejects_and_the_counts():
    block = block_of("a", "b", "c", "d")
    left = reject_documents(block, {1: "why"})
    assert [document.id for document in left.documents] == ["d0", "d2", "d3"]
    assert pa.ipc.open_stream(left.kept).read_all().to_pydict() == {"source": ["a", "c", "d"]}
    assert [(c.uri, c.records, c.documents, c.rejected) for c in left.inputs] == [
        ("a.jsonl", 2, 2, 0),
        ("b.jsonl", 2, 1, 1),
    ]
    [reject] = left.rejects
    assert (reject.scope, reject.reason, reject.message) == ("record", "poison", "why")
    assert (reject.uri, reject.position, reject.document_id) == ("b.jsonl", 1, "d1")
    assert reject.excerpt == "b"


def test_a_block_of_nothing_but_poison_keeps_its_rejects_and_its_schema():
    left = reject_documents(block_of("a"), {0: "why"})
    assert left.documents == []
    assert pa.ipc.open_stream(left.kept).read_all() == KEPT.empty_table()
    empty = reject_documents(block_of("a", kept=pa.schema([])), {0: "why"})
    assert pa.ipc.open_stream(empty.kept).read_all().schema == pa.schema([])


def test_a_block_is_in_doubt_after_two_attempts_and_after_one_where_poison_was_found(attempts):
    block = block_of("good")
    assert [is_doubtful(block, attempts) for _ in range(3)] == [False, False, True]
    find_poison(block_of("bad"), attempts, Trials())
    others = [replace(block, id=f"0000000{number}-00000-0000000") for number in (1, 2)]
    assert [is_doubtful(one, attempts) for one in others * 2] == [False, False, True, True]


def test_blocks_pass_as_they_are_until_they_had_two_attempts(attempts):
    block = block_of("good", "killer")
    stage = _RejectPoison(attempts, Recipe(load_killing_tagger, ("any",), "auto", 60))
    stage.setup()
    found = [one for _ in range(3) for one in stage.process(block)]
    stage.teardown()
    assert [one is block for one in found] == [True, True, False]
    assert [document.id for document in found[2].documents] == ["d0"]
    assert [reject.message for reject in found[2].rejects] == [f"{MESSAGE}: SIGKILL"]


def test_a_block_that_others_killed_goes_on_as_it_is(attempts):
    block = block_of("good", "kaboom")
    stage = _RejectPoison(attempts, Recipe(load_capital_tagger, ("any",), "auto", 60))
    stage.setup()
    found = [one for _ in range(3) for one in stage.process(block)]
    stage.teardown()
    assert [one is block for one in found] == [True] * 3

"""Jobs with documents that kill their process, or hang it, come to their end."""

import json
import subprocess
import sys

from pipeline.graph import Job
from pipeline.logs import set_up_logs
from pipeline.metrics import RunMetrics
from pipeline.plan.inputs import list_inputs
from pipeline.plan.plan import make_plan
from pipeline.plan.plan_file import save_plan
from pipeline.run_graph import run_graph
from pipeline.runners import Runner
from pipeline.settings import BeamFlags
from tests.fakes import load_killing_tagger, settings
from tests.jobs import read, read_inputs, run_job, tables_of
from tests.places import HANG_SECONDS, ROOT
from transforms.output.output import Output

DOCUMENTS = 24
BLOCK_BYTES = 500  # blocks of some ten documents
FEW_MINUTES = 2 / 60  # a limit that any work of these jobs keeps


def start(inputs: str, output: str, workers: int, stall_minutes: float) -> None:
    """Runs a job as the command does, with a tagger that kills."""
    set_up_logs("text")
    plan = make_plan(list_inputs([inputs]).files, settings(block_bytes=BLOCK_BYTES))
    out = Output(output)
    job = Job.of(out, plan, save_plan(out, plan), load_killing_tagger, stall_minutes=stall_minutes)
    metrics = RunMetrics(place=None, output=output)
    run_graph(job, 9, Runner(BeamFlags()), workers, metrics)


def run_until_done(inputs, output, workers=1, stall_minutes=60.0) -> tuple[int, str]:
    """Gives the same command again until it ends well; returns how often, and what all said."""
    arguments = (str(inputs), str(output), workers, stall_minutes)
    program = f"from tests.integration.test_poison import start; start(*{arguments})"
    said = ""
    for starts in range(1, 10):
        done = subprocess.run(
            [sys.executable, "-P", "-c", program],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=HANG_SECONDS,
        )
        said += done.stderr
        if done.returncode == 0:
            return starts, said
    raise AssertionError(said)


def corpus(path, **words: str):
    """Writes documents; `words` has those of some by their ids."""
    lines = [
        {"id": f"d{i}", "text": f"It was Ann Lee, a {words.get(f'd{i}', 'woman')} of {i}."}
        for i in range(DOCUMENTS)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def rows(output: Output, table: str, without: set[str]) -> list[dict]:
    gone = {
        row["document_key"] for row in read(output, "documents") if row["document_id"] in without
    }
    return [row for row in read(output, table) if row["document_key"] not in gone]


def check(output: Output, expected: Output, poison: set[str]) -> None:
    rejects = read(output, "rejects")
    assert {(row["scope"], row["reason"]) for row in rejects} == {("record", "poison")}
    assert {row["document_id"] for row in rejects} == poison
    for table in ("entities", "sentences", "documents"):
        assert rows(output, table, set()) == rows(expected, table, poison)
    [counts] = read_inputs(output).values()
    assert (counts["records"], counts["rejected"]) == (DOCUMENTS, len(poison))
    assert counts["documents"] == DOCUMENTS - len(poison)


def test_documents_that_kill_become_rejects_and_the_rest_goes_on(tmp_path):
    inputs = corpus(tmp_path / "a.jsonl", d1="killer", d2="killer", d20="killer")
    expected = run_job([inputs], tmp_path / "expected", block_bytes=BLOCK_BYTES)
    starts, said = run_until_done(inputs, tmp_path / "out")
    # The first block with poison ends two starts, the second one ends the third.
    assert starts == 4
    assert "document 'd20' (" in said
    check(Output(str(tmp_path / "out")), expected, {"d1", "d2", "d20"})


def test_a_document_that_hangs_becomes_a_reject_and_is_named_while_it_is_waited_for(tmp_path):
    inputs = corpus(tmp_path / "a.jsonl", d9="sleeper")
    expected = run_job([inputs], tmp_path / "expected", block_bytes=BLOCK_BYTES)
    _, said = run_until_done(inputs, tmp_path / "out", stall_minutes=FEW_MINUTES)
    assert "minutes with document 'd9' (" in said
    assert "A worker failed. The same command goes on where it stopped." in said
    check(Output(str(tmp_path / "out")), expected, {"d9"})


def test_workers_that_are_killed_and_that_hang_end_the_job_which_then_goes_on(tmp_path):
    inputs = corpus(tmp_path / "a.jsonl", d1="killer", d20="sleeper")
    expected = run_job([inputs], tmp_path / "expected", block_bytes=BLOCK_BYTES)
    _, said = run_until_done(inputs, tmp_path / "out", 2, FEW_MINUTES)
    assert "A worker failed. The same command goes on where it stopped." in said
    assert "document 'd1' (" in said
    check(Output(str(tmp_path / "out")), expected, {"d1", "d20"})


def test_a_job_that_was_killed_by_others_ends_with_the_same_bytes(tmp_path):
    inputs = corpus(tmp_path / "a.jsonl")
    expected = run_job([inputs], tmp_path / "expected", block_bytes=BLOCK_BYTES)
    output = Output(str(tmp_path / "out"))
    run_job([inputs], output.root, block_bytes=BLOCK_BYTES)
    # As if it had been killed twice at each block.
    for mark in [*(tmp_path / "out" / "_run" / "attempts").rglob("*-0.json")]:
        mark.with_name(mark.name.replace("-0.json", "-1.json")).write_bytes(mark.read_bytes())
    for receipt in [*(tmp_path / "out" / "_run" / "receipts").rglob("*.json")][:1]:
        receipt.unlink()
    (tmp_path / "out" / "manifest.json").unlink()
    run_job([inputs], output.root, block_bytes=BLOCK_BYTES)
    assert tables_of(output) == tables_of(expected)

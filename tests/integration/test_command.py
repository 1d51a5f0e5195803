"""The command itself, as a person or a scheduler starts it."""

import contextlib
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
import torch
from transformers import AutoModelForTokenClassification, AutoTokenizer

from tests.jobs import tables_of
from tests.places import HANG_SECONDS, ROOT
from tests.plain_entities import entities_of
from transforms.model.checkpoint import EMBEDDED_FOLDER
from transforms.output.output import Output
from transforms.text.entities import TaggedWord
from transforms.text.words import split_words

NEWS = ROOT / "examples" / "news"


def command(*arguments, timeout=HANG_SECONDS, **options):
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=timeout,
        **options,
    )


@pytest.fixture(scope="module")
def tagged(tmp_path_factory):
    output = tmp_path_factory.mktemp("tagged") / "out"
    flags = ("--date_field", "date", "--keep", "source", "section", "--precision", "fp32")
    done = command("--input", NEWS, "--output", output, *flags)
    return done, output, flags


def test_the_examples_become_tables(tagged):
    done, output, _ = tagged
    assert done.returncode == 0, done.stderr
    assert "58 documents of 15 inputs" in done.stdout
    manifest = json.loads((output / "manifest.json").read_text())
    assert manifest["counts"]["rejects"] == 0
    assert manifest["model"]["id"] == "embedded"
    people = duckdb.execute(
        f"SELECT count(*) FROM '{output}/entities/*.parquet' "
        "WHERE label = 'PER' AND name LIKE '%Halvorsen'"
    ).fetchall()
    assert people[0][0] >= 5
    assert not (output / "_run" / "parts").exists()


def test_the_entities_are_those_of_plain_transformers_on_one_sentence_at_a_time(tagged):
    _, output, _ = tagged
    network = AutoModelForTokenClassification.from_pretrained(EMBEDDED_FOLDER)
    tokenizer = AutoTokenizer.from_pretrained(EMBEDDED_FOLDER)
    expected = {
        (row["document_key"], row["field"], start + span.start, span.end - span.start, span.label)
        for row in pq.read_table(output / "sentences").to_pylist()
        for start in [row["start_char"]]
        for span in entities_of(row["text"], plain_labels(row["text"], network, tokenizer))
    }
    found = {
        (row["document_key"], row["field"], row["start_char"], len(row["text"]), row["model_label"])
        for row in pq.read_table(output / "entities").to_pylist()
    }
    assert len(found) > 500
    assert found == expected


@torch.no_grad()
def plain_labels(sentence, network, tokenizer):
    """The words of a sentence, each with what the model says of its first piece."""
    words = split_words(sentence)
    encoding = tokenizer(
        [word.form for word in words], is_split_into_words=True, return_tensors="pt"
    )
    chances = network(**encoding).logits[0].softmax(dim=-1).tolist()
    places = encoding.word_ids()
    labels = list(network.config.id2label.values())
    return [
        plain_word(word, dict(zip(labels, chances[places.index(index)], strict=True)))
        for index, word in enumerate(words)
    ]


def plain_word(word, chances):
    label = max(chances, key=chances.__getitem__)
    score = sum(chance for name, chance in chances.items() if name[2:] == label[2:])
    return TaggedWord(word.start, word.end, label, score)


def test_a_finished_job_has_nothing_to_do(tagged):
    _, output, flags = tagged
    before = {path: path.stat().st_mtime_ns for path in output.rglob("*.parquet")}
    done = command("--input", NEWS, "--output", output, *flags)
    assert done.returncode == 0, done.stderr
    assert "nothing to do" in done.stdout
    assert {path: path.stat().st_mtime_ns for path in output.rglob("*.parquet")} == before


def test_another_job_is_refused_and_named(tagged):
    _, output, _ = tagged
    done = command("--input", NEWS, "--output", output, "--line_breaks", "wrapped")
    assert done.returncode == 2
    assert "It was made with --date_field date --keep source section\n" in done.stderr
    assert "This command has --line_breaks wrapped\n" in done.stderr
    assert "--overwrite, which deletes its 58 documents" in done.stderr


def test_wrong_usage_reads_nothing(tmp_path):
    done = command("--input", NEWS, "--output", tmp_path / "out", "--model", "./no/such/model")
    assert done.returncode == 2
    assert "./no/such/model" in done.stderr
    assert not (tmp_path / "out").exists()


def test_too_many_rejects_have_an_exit_code_of_their_own(tmp_path):
    done = command("--input", ROOT / "examples" / "bad", "--output", tmp_path / "out")
    assert done.returncode == 3, done.stderr
    assert "over --max_reject_ratio 0.05" in done.stderr
    assert "bad_json 1" in done.stdout


def test_the_plan_can_be_seen_beforehand(tmp_path):
    done = command("--input", NEWS, "--output", tmp_path / "out", "--plan_only")
    assert done.returncode == 0, done.stderr
    assert "15 files" in done.stdout
    assert "estimated" in done.stdout
    assert not (tmp_path / "out").exists()


def test_one_sentence_on_the_command_line():
    done = command("tag", "My name is Scott and I live in Columbus.")
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(e["text"], e["label"]) for e in found] == [("Scott", "PER"), ("Columbus", "LOC")]


def corpus(folder: Path, files: int) -> Path:
    """Enough copies of the examples' text for several blocks."""
    folder.mkdir()
    text = "\n\n".join(path.read_text() for path in sorted(NEWS.glob("*.txt")))
    for i in range(files):
        with (folder / f"{i:02}.jsonl").open("w") as lines:
            for j in range(60):
                lines.write(json.dumps({"id": f"{i}-{j}", "text": text[: 2000 + j]}) + "\n")
    return folder


def receipts(output: Path) -> int:
    return len(list((output / "_run" / "receipts").rglob("*.json")))


def wait_for(condition, what: str) -> None:
    deadline = time.monotonic() + HANG_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited {HANG_SECONDS} s for {what}"
        time.sleep(0.1)


def start(*arguments) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "pipeline", *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def workers_of(process: subprocess.Popen) -> list[int]:
    """Returns the ids of Beam's worker processes below a launcher."""
    parents, workers = {}, []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int(
                (folder / "status").read_text().split("PPid:\t")[1].split()[0]
            )
            if "sdk_worker_main" in (folder / "cmdline").read_text():
                workers.append(int(folder.name))
        except (FileNotFoundError, ProcessLookupError):
            continue

    def is_below(child: int) -> bool:
        return child == process.pid or (child in parents and is_below(parents[child]))

    return [worker for worker in workers if is_below(worker)]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """A corpus of several blocks, and the tables of a run that nothing disturbed."""
    folder = tmp_path_factory.mktemp("corpus")
    inputs = corpus(folder / "in", 24)
    done = command("--input", inputs, "--output", folder / "out")
    assert done.returncode == 0, done.stderr
    return inputs, tables_of(Output(str(folder / "out")))


def test_a_job_killed_twice_goes_on_to_the_same_bytes(undisturbed, tmp_path):
    inputs, expected = undisturbed
    output = tmp_path / "out"
    for kills in (1, 2):
        process = start("--input", inputs, "--output", output)
        wait_for(lambda: receipts(output) >= kills or process.poll() is not None, "a receipt")  # noqa: B023
        process.kill()
        process.wait()
    assert not (output / "manifest.json").exists()
    done = command("--input", inputs, "--output", output)
    assert done.returncode == 0, done.stderr
    assert tables_of(Output(str(output))) == expected


@pytest.mark.skipif(not Path("/proc").exists(), reason="finds worker processes in /proc")
def test_a_killed_worker_ends_the_job_which_then_goes_on(undisturbed, tmp_path):
    inputs, expected = undisturbed
    output = tmp_path / "out"
    flags = ("--input", inputs, "--output", output, "--workers", 2)
    metrics = tmp_path / "news.prom"
    process = start(*flags, "--log_format", "json", "--metrics_file", metrics)
    wait_for(lambda: receipts(output) >= 1 or process.poll() is not None, "a receipt")
    os.kill(workers_of(process)[0], signal.SIGKILL)
    _, errors = process.communicate(timeout=HANG_SECONDS)
    assert process.returncode == 1
    messages = [json.loads(line)["message"] for line in errors.splitlines()]
    assert "A worker failed. The same command goes on where it stopped." in messages
    assert "semi_persistent_directory" not in errors
    assert "news_entities_exit_code{" in metrics.read_text()
    assert f'{{output="{output}"}} 1.0' in metrics.read_text()
    done = command(*flags)
    assert done.returncode == 0, done.stderr
    assert tables_of(Output(str(output))) == expected


def test_a_terminal_sees_what_is_done_and_ctrl_c_leaves_it_clean(tmp_path):
    screen, terminal = pty.openpty()
    inputs, output = corpus(tmp_path / "in", 4), tmp_path / "out"
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "--input", inputs, "--output", output, "--workers", "1"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=terminal,
        text=True,
        env={**os.environ, "TERM": "xterm", "NO_COLOR": "1"},
    )
    os.close(terminal)
    seen = b""
    while b"tagging" not in seen:
        seen += os.read(screen, 1 << 16)
    process.send_signal(signal.SIGINT)
    with contextlib.suppress(OSError):  # so a terminal ends
        while data := os.read(screen, 1 << 16):
            seen += data
    said = process.communicate(timeout=HANG_SECONDS)[0]
    assert process.returncode == 128 + signal.SIGINT
    # These erase a row, and go one up.
    rows = re.split(r"[\r\n]+", re.sub(r"\x1b\[(2K|1A)", "", seen.decode()))
    assert "error: Stopped by SIGINT. The same command goes on where it stopped." in rows
    assert any("loading libraries" in row for row in rows)
    assert not [row for row in rows if "\x1b" in row]
    assert seen.endswith(b"\x1b[2K"), "the line is left there"
    assert said == f"4 files, about 4 blocks, into {output}\n"


def test_what_is_to_be_done_at_the_end_is_done():
    code = "import atexit; from pipeline.cli import process; atexit.register(print, 'ended')"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; process()", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=HANG_SECONDS,
    )
    assert done.returncode == 0
    assert done.stdout.endswith("ended\n")

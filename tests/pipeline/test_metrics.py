"""The metrics file, read back with Prometheus' own parser."""

import os
import re
import shutil
import signal
import subprocess
import sys

import pytest
from prometheus_client.parser import text_string_to_metric_families

from pipeline import launch
from pipeline import run as run_module
from pipeline.errors import CommandError, ExitCode
from pipeline.metrics import RunMetrics
from pipeline.options import parse_options
from pipeline.run import run
from tests.fakes import CapitalTagger
from tests.places import HANG_SECONDS, ROOT
from tests.transforms.text.test_language import IN
from transforms.records import REASONS

OUTCOME = {"exit_code", "last_run_timestamp_seconds", "duration_seconds"}


def load_tagger(*args: object, **kwargs: object) -> CapitalTagger:
    return CapitalTagger()


@pytest.fixture(autouse=True)
def quick_tagger(monkeypatch):
    monkeypatch.setattr(launch, "load_tagger", load_tagger)


def values(text: str) -> dict:
    """The samples by name, without our prefix, and by name and label where they have one."""
    found = {}
    for family in text_string_to_metric_families(text):
        assert family.documentation
        for sample in family.samples:
            assert sample.labels.pop("output")
            name = sample.name.removeprefix("news_entities_")
            assert name != sample.name
            found[(name, *sample.labels.values()) if sample.labels else name] = sample.value
    return found


@pytest.fixture
def tag(tmp_path):
    """Tags some texts, and returns the exit code and what the metrics file then says."""

    def tag(*texts: str, flags: tuple[str, ...] = ()) -> tuple[int, dict]:
        inputs, place = tmp_path / "in", tmp_path / "node" / "news.prom"
        inputs.mkdir(exist_ok=True)
        for number, text in enumerate(texts):
            path = inputs / f"{number}.txt"
            if not path.exists() or path.read_text() != text:  # written again, it has changed
                path.write_text(text)
        places = ["--input", str(inputs), "--output", str(tmp_path / "out")]
        try:
            code = run(parse_options([*places, "--metrics_file", str(place), *flags]))
        except CommandError as error:
            code = error.exit_code
        assert os.listdir(place.parent) == ["news.prom"]
        return code, values(place.read_text())

    return tag


def test_a_run_tells_what_it_did_and_what_the_tables_hold(tag):
    code, found = tag("We met Ann Lee. It rained.", " ", flags=("--max_reject_ratio", "1"))
    assert code == ExitCode.DONE
    assert found["exit_code"] == 0
    assert found["last_success_timestamp_seconds"] == found["last_run_timestamp_seconds"] > 1e9
    assert 0 < found["duration_seconds"] < 600
    assert found["run_words"] == found["words"] == 8
    assert found["run_words_per_second"] > 0
    assert found["run_blocks_resumed"] == 0
    assert found["run_block_seconds_count"] == 1
    assert found["run_block_seconds_sum"] >= 0
    assert (found["inputs"], found["documents"], found["sentences"]) == (2, 1, 2)
    assert found["entities", "PER"] == 3
    assert found["untagged_documents"] == 0
    guide = (ROOT / "docs" / "how-to" / "nightly.md").read_text()
    named = set(re.findall(r"news_entities_(\w+)", guide))
    assert named - {"dag"} == {name[0] if isinstance(name, tuple) else name for name in found}
    rejects = {name[1]: value for name, value in found.items() if name[0] == "rejects"}
    assert set(rejects) == {reason for reasons in REASONS.values() for reason in reasons}
    assert {reason: value for reason, value in rejects.items() if value} == {"empty": 1}


def test_documents_in_another_language_are_counted(tag):
    _, found = tag("We met Ann.", IN["de"], IN["hi"])
    assert (found["documents"], found["untagged_documents"]) == (3, 2)


def test_with_nothing_to_do_a_run_is_a_success_with_no_work(tag):
    _, first = tag("We met Ann.")
    code, found = tag("We met Ann.")
    assert (code, found["exit_code"]) == (ExitCode.DONE, 0)
    assert found["last_success_timestamp_seconds"] > first["last_success_timestamp_seconds"]
    assert found["documents"] == 1
    assert "run_words" not in found


def test_blocks_that_were_done_before_are_told_from_the_others(tag, monkeypatch, tmp_path):
    with monkeypatch.context() as patch:
        patch.setattr(run_module, "clear_staging", lambda output: None)
        tag("We met Ann.")
    (tmp_path / "out" / "manifest.json").unlink()  # it was killed before it wrote this
    shutil.rmtree(tmp_path / "out" / "_run" / "copy")
    _, found = tag("We met Ann.")
    assert (found["run_blocks_resumed"], found["run_block_seconds_count"]) == (1, 0)
    assert (found["run_words"], found["words"]) == (0, 4)


def test_the_last_success_outlives_runs_that_fail(tag, monkeypatch):
    _, first = tag("We met Ann.")
    code, refused = tag("We met Ann.", flags=("--sentences", "none"))
    assert (code, refused["exit_code"]) == (ExitCode.WRONG_USAGE, 2)
    assert set(refused) == {*OUTCOME, "last_success_timestamp_seconds"}
    code, rejected = tag("The kaboom came.", flags=("--overwrite",))
    assert (code, rejected["exit_code"]) == (ExitCode.TOO_MANY_REJECTS, 3)
    assert rejected["rejects", "model_failed"] == 1
    many = [f"The kaboom of {n} came." for n in range(20)]
    code, failed = tag(*many, flags=("--overwrite",))
    assert (code, failed["exit_code"]) == (ExitCode.FAILED, 1)
    for found in (refused, rejected, failed):
        assert found["last_success_timestamp_seconds"] == first["last_success_timestamp_seconds"]
        assert found["last_run_timestamp_seconds"] > first["last_run_timestamp_seconds"]


def test_without_a_success_there_is_no_time_of_one(tag, tmp_path):
    (tmp_path / "node").mkdir()
    (tmp_path / "node" / "news.prom").write_text("of another { program")
    code, found = tag("The kaboom came.")
    assert code == ExitCode.TOO_MANY_REJECTS
    assert "last_success_timestamp_seconds" not in found


def test_a_file_that_cannot_be_written_is_a_warning(tmp_path, caplog):
    (tmp_path / "file").write_text("x")
    place = str(tmp_path / "file" / "news.prom")
    RunMetrics(place=place, output="out").write(ExitCode.DONE)
    assert f"--metrics_file {place} is not written: FileExistsError" in caplog.text


STOPPED = """
import os, signal, sys
from pipeline.metrics import RunMetrics
from pipeline.run_graph import _guard

with _guard(True, RunMetrics(place=sys.argv[1], output="out")):
    os.kill(os.getpid(), signal.SIGTERM)
"""


def test_a_run_that_is_told_to_end_says_so(tmp_path):
    place = tmp_path / "news.prom"
    done = subprocess.run([sys.executable, "-c", STOPPED, place], cwd=ROOT, timeout=HANG_SECONDS)
    assert done.returncode == 128 + signal.SIGTERM
    assert values(place.read_text())["exit_code"] == 128 + signal.SIGTERM

"""The example DAG, with Airflow's own operators, in an environment of Airflow's own."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import apache_beam
import pytest

from pipeline.options import parse_options
from tests.engines.conftest import environment
from tests.jobs import read
from tests.places import ROOT
from transforms.output.output import Output

pytestmark = pytest.mark.engines

PROGRAMS = Path(sys.executable).parent
DAG = ROOT / "examples" / "airflow" / "news_entities_dag.py"
RUN_TASK = "import runpy, sys; runpy.run_path(sys.argv[1])[sys.argv[2]].execute({})"
BAD = ROOT / "examples" / "bad"
INPUTS = [str(BAD / "*.jsonl"), str(BAD / "latin1.txt")]
# Beam's operator needs Google's provider on every runner.
PACKAGES = (
    "apache-airflow==3.3.2",
    "apache-airflow-providers-apache-beam==6.3.1",
    "apache-airflow-providers-google==22.8.0",
    "apache-airflow-providers-standard==1.21.0",
    f"apache-beam=={apache_beam.__version__}",
)
TASK_SECONDS = 180


@pytest.fixture(scope="module")
def airflow():
    """Airflow's Python, with 1.6 GB of packages, installed once into the user's cache."""
    return environment("airflow", PACKAGES)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("airflow")


@pytest.fixture(scope="module")
def run_task(airflow, folder):
    """Runs a task of the DAG by its name, on one output, and returns how it ended."""
    settings = {
        "AIRFLOW_HOME": folder / "home",
        "NEWS_PROGRAMS": PROGRAMS,
        "NEWS_INPUT": " ".join(INPUTS),
        "NEWS_ENTITIES_OUTPUT": folder / "out",
        "NEWS_METRICS": folder / "news.prom",
    }

    def run(task):
        return subprocess.run(
            [airflow, "-c", RUN_TASK, DAG, task],
            env={**os.environ, **{name: str(value) for name, value in settings.items()}},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TASK_SECONDS,
        )

    return run


@pytest.fixture(scope="module")
def tagged(run_task):
    return run_task("tag_news")


def test_beams_operator_runs_our_command(tagged, folder):
    assert tagged.returncode == 0, tagged.stdout
    assert len(read(Output(str(folder / "out")), "documents")) == 5
    metrics = (folder / "news.prom").read_text()
    assert re.search(r"^news_entities_exit_code\{.*\} 0\.0$", metrics, re.MULTILINE)


def test_what_beams_operator_writes_means_the_options_of_the_dag(tagged, folder, monkeypatch):
    monkeypatch.setenv("NEWS_ENTITIES_OUTPUT", str(folder / "out"))
    line = re.search(r"Running command: (.*?) +\[airflow\.", tagged.stdout)
    assert line, tagged.stdout
    words = shlex.split(line[1])
    assert words[:2] == [f"{PROGRAMS}/python", f"{PROGRAMS}/news-entities"]
    options = parse_options(words[2:])
    assert options.beam.is_local
    assert options.input == tuple(INPUTS)
    assert options.output == str(folder / "out")
    assert options.settings.text_field == ("title", "text")
    assert options.settings.date_field == "date"
    assert not options.overwrite
    assert options.max_reject_ratio == 1
    assert options.metrics_file == str(folder / "news.prom")
    (label,) = (flag for flag in options.beam.flags if not flag.startswith("--runner"))
    assert label.startswith("--labels=airflow-version=")


def test_too_many_rejects_fail_the_task_that_is_not_tried_again(tagged, run_task):
    checked = run_task("check_rejects")
    assert checked.returncode != 0
    assert "nothing to do" in checked.stdout
    assert "returned a non-zero exit code 3" in checked.stdout

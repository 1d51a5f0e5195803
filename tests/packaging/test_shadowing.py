"""Files of the current folder that are called like our packages are never run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.jobs import read_inputs
from tests.places import HANG_SECONDS, ROOT
from transforms.output.output import Output

NEWS = ROOT / "examples" / "news" / "gdansk-shipyard.txt"
COMMAND = Path(sys.executable).with_name("news-entities")
MARKED = 'open("{}.ran", "w").close()\n'
NAMES = ("news_entities", "pipeline", "transforms", "apache_beam", "torch")


@pytest.fixture
def folder(tmp_path):
    for name in NAMES:
        (tmp_path / f"{name}.py").write_text(MARKED.format(name))
    return tmp_path


def run(arguments, folder):
    # A job that ran in this process has set it.
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"}
    return subprocess.run(
        arguments, cwd=folder, env=variables, capture_output=True, text=True, timeout=HANG_SECONDS
    )


def test_neither_the_command_nor_its_workers_import_from_the_current_folder(folder):
    flags = ["--input", NEWS, "--output", "out", "--workers", "2"]
    done = run([COMMAND, *flags], folder)
    assert done.returncode == 0, done.stderr
    assert [path.name for path in folder.glob("*.ran")] == []
    assert read_inputs(Output(str(folder / "out")))[NEWS.name]["documents"] == 1


def test_python_is_told_not_to_look_in_the_current_folder(folder):
    module = [sys.executable, "-P", "-m", "pipeline"]
    done = run([*module, "tag", "Scott lives in Columbus."], folder)
    assert done.returncode == 0, done.stderr
    assert "Columbus" in done.stdout
    assert [path.name for path in folder.glob("*.ran")] == []
    # Without it, Python looks there first.
    assert run([word for word in module if word != "-P"], folder).returncode == 0
    assert [path.name for path in folder.glob("*.ran")] == ["pipeline.ran"]

"""The set-up of .venv, of a tiny project, with the real pip and uv and without a network."""

import importlib.metadata
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.places import ROOT

NEEDED_BYTES = 8e9  # the set-up asks for it, whatever it installs
LIMIT_SECONDS = 240
PYPROJECT = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
BACKEND = """
import shutil

def build_editable(folder, config_settings=None, metadata_directory=None):
    return shutil.copy("tiny-1-py3-none-any.whl", folder).rpartition("/")[2]
"""
TINY = """Requires-Dist: leaf
Provides-Extra: one
Provides-Extra: two
Requires-Dist: bud; extra == 'two'
"""


def write_wheel(folder: Path, name: str, more: str = "", program: Path | None = None) -> None:
    """Writes a wheel of version 1, with more lines of metadata, and a program if there is one."""
    about = f"{name}-1.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n{more}"
    tags = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    texts = {f"{about}/METADATA": metadata, f"{about}/WHEEL": tags}
    with zipfile.ZipFile(folder / f"{name}-1-py3-none-any.whl", "w") as wheel:
        for path, text in texts.items():
            wheel.writestr(path, text)
        if program:
            wheel.write(program, f"{name}-1.data/scripts/{program.name}")
        wheel.writestr(f"{about}/RECORD", "".join(f"{path},,\n" for path in wheel.namelist()))


@pytest.fixture
def wheels(tmp_path):
    """What the tiny project depends on."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    write_wheel(folder, "leaf")
    write_wheel(folder, "bud")
    return folder


@pytest.fixture
def project(tmp_path):
    if shutil.disk_usage(tmp_path).free < NEEDED_BYTES:
        pytest.skip(f"{tmp_path} has less room than the set-up asks for")
    folder = tmp_path / "a project"
    folder.mkdir()
    shutil.copy(ROOT / "environment.sh", folder)
    texts = {"pyproject.toml": PYPROJECT, "backend.py": BACKEND, "constraints.txt": "leaf==1\n"}
    for name, text in {**texts, "setup.py": ""}.items():
        (folder / name).write_text(text)
    write_wheel(folder, "tiny", TINY)
    return folder


@pytest.fixture
def set_up(wheels):
    """Sets up a project, from wheels that only pip knows of unless told otherwise."""
    settings = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "UV_OFFLINE": "1"}

    def run(project, extras, **variables):
        script = 'set -euo pipefail; source ./environment.sh; set_up "$1"'
        return subprocess.run(
            ["bash", "-c", script, "bash", extras],
            cwd=project,
            env={**os.environ, "PYTHON": sys.executable, **settings, **variables},
            capture_output=True,
            text=True,
            timeout=LIMIT_SECONDS,
        )

    return run


def packages(project: Path) -> set[str]:
    folders = [str(folder) for folder in project.glob(".venv/lib/*/site-packages")]
    found = importlib.metadata.distributions(path=folders)
    return {distribution.name for distribution in found} - {"pip", "setuptools"}


def test_what_is_ready_stays_and_what_is_more_is_added(project, set_up):
    done = set_up(project, "one")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "Making .venv, once: this fetches about 3 GB" in done.stderr
    assert packages(project) == {"tiny", "leaf"}
    done = set_up(project, "one")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = set_up(project, "one,two")
    assert done.returncode == 0, done.stderr
    assert "Making" not in done.stderr
    assert packages(project) == {"tiny", "leaf", "bud"}
    done = set_up(project, "one")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_failed_is_made_anew(project, set_up, wheels):
    leaf = next(wheels.glob("leaf*"))
    leaf = leaf.rename(leaf.with_suffix(".away"))
    done = set_up(project, "one")
    assert done.returncode == 1
    assert "leaf" in done.stderr
    assert done.stderr.endswith("The set-up of .venv failed; the reason is above. Try again.\n")
    leaf.rename(leaf.with_suffix(".whl"))
    rest = project / ".venv" / "rest"
    rest.touch()
    assert set_up(project, "one").returncode == 0
    assert packages(project) == {"tiny", "leaf"}
    assert not rest.exists()


def test_a_project_that_moved_gets_an_environment_of_its_place(project, set_up):
    assert set_up(project, "one").returncode == 0
    moved = project.rename(project.with_name("elsewhere"))
    assert set_up(moved, "one").returncode == 0
    assert f"#!{moved}" in (moved / ".venv" / "bin" / "pip").read_text()


def test_pip_installs_what_uv_cannot(project, set_up, wheels):
    program = Path(sys.executable).with_name("uv")
    if not program.exists():
        pytest.skip("uv could not be installed here either")
    write_wheel(wheels, "uv", program=program)
    done = set_up(project, "one")
    assert done.returncode == 0, done.stderr
    assert "uv could not install this; pip tries ..." in done.stderr
    assert packages(project) == {"tiny", "leaf", "uv"}
    # Told what pip knows, it can.
    (project / ".venv" / ".set-up").unlink()
    done = set_up(project, "one", UV_FIND_LINKS=str(wheels))
    assert done.returncode == 0, done.stderr
    assert "pip tries" not in done.stderr
    assert packages(project) == {"tiny", "leaf", "uv"}


def test_a_python_that_will_not_do_is_named(project, set_up):
    done = set_up(project, "one", PYTHON="false")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Python 3.11 or newer is needed, and false is not")
    assert not (project / ".venv").exists()

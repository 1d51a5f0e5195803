"""What a wheel of the project holds; it is built for real, from a copy, with pip."""

import email
import shutil
import subprocess
import sys
import zipfile

import pytest

from tests.places import ROOT

PACKAGES = sorted(path.parent.name for path in ROOT.glob("*/py.typed"))
LIMIT_SECONDS = 240


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in (*PACKAGES, "tests", "training"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    flags = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    command = [sys.executable, "-m", "pip", "wheel", *flags, "--wheel-dir", folder, source]
    subprocess.run(command, cwd=folder, timeout=LIMIT_SECONDS, check=True)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def names(wheel):
    return set(zipfile.ZipFile(wheel).namelist())


@pytest.fixture(scope="module")
def metadata(wheel):
    (name,) = (n for n in zipfile.ZipFile(wheel).namelist() if n.endswith(".dist-info/METADATA"))
    return email.message_from_bytes(zipfile.ZipFile(wheel).read(name))


def test_every_file_of_the_packages_is_in_it_and_no_other(names):
    assert {"pipeline", "transforms"} <= set(PACKAGES)
    files = {
        str(path.relative_to(ROOT))
        for name in PACKAGES
        for path in (ROOT / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert "transforms/model/embedded/model.safetensors" in files
    assert {name for name in names if ".dist-info/" not in name} == files


def test_it_is_not_much_larger_than_the_model(wheel):
    model = ROOT / "transforms" / "model" / "embedded" / "model.safetensors"
    assert wheel.stat().st_size < 1.1 * model.stat().st_size


def test_it_brings_the_command_and_any_python(wheel, names):
    assert wheel.name.endswith("-py3-none-any.whl")
    (name,) = (name for name in names if name.endswith("/entry_points.txt"))
    lines = zipfile.ZipFile(wheel).read(name).decode().split("\n")
    assert "news-entities = pipeline.cli:process" in lines


def test_its_metadata_are_those_of_the_project(metadata):
    assert metadata["Name"] == "news-entities"
    assert metadata["License-File"] == "LICENSE"
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert (
        metadata.get_payload(decode=True).decode().strip()
        == (ROOT / "README.md").read_text().strip()
    )


def test_what_only_developers_need_is_an_extra(metadata):
    assert {"gcp", "train", "yaml"} <= set(metadata.get_all("Provides-Extra"))
    always = [line for line in metadata.get_all("Requires-Dist") if "extra ==" not in line]
    assert any(line.startswith("torch") for line in always)
    assert not any(line.startswith("pytest") for line in always)

"""Imports point one way, names of files have one place, and every module has its tests."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.places import ROOT

# Each room may import these parts of the project, itself included.
ROOMS = {
    "transforms/text": ("text", "columns", "choices"),
    "transforms/model": ("model", "columns", "pulse"),
    "transforms/files": ("files", "records", "choices", "arrow_values", "partitions"),
    "transforms/output": ("output", "files", "records", "choices"),
}
# What lies beside the rooms, for all of them to use.
BASES = {
    "transforms/columns.py": (),
    "transforms/records.py": ("columns",),
    "transforms/choices.py": (),
    "transforms/errors.py": (),
    "transforms/pulse.py": (),
    "transforms/arrow_values.py": (),
    "transforms/partitions.py": ("arrow_values", "choices", "errors"),
}
# A command that only reads flags, and a program that tags texts, must not wait for Beam or torch.
LIGHT = [
    "columns",
    "records",
    "choices",
    "partitions",
    "files.encodings",
    "files.addresses",
    "files.fields",
    "files.file_names",
    "model.tags",
    "tag_texts",
]

# The names of files in an output, which transforms/output/layout.py alone spells.
FILE_NAMES = re.compile(r"manifest\.json|\bpart-|_run\b|\w\.parquet")
LAYOUT = ROOT / "transforms" / "output" / "layout.py"

# Modules without a test file of their name, and why.
UNTESTED = {
    "transforms/errors.py": "holds a type only, which the tests of what raises it name",
    "transforms/model/errors.py": "holds types only, which the tests of what raises them name",
}


def modules(folder: str) -> list[Path]:
    """Returns the modules of a folder and the folders in it."""
    return [path for path in sorted((ROOT / folder).rglob("*.py")) if "embedded" not in path.parts]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(path: Path) -> set[str]:
    """Returns the full names of what a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module, f"{path}: a relative import"
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def lies_in(name: str, package: str) -> bool:
    return f"{name}.".startswith(f"{package}.")


def foreign(path: Path, allowed: tuple[str, ...]) -> list[str]:
    """Returns what a module imports of the project, but not from the rooms that are allowed."""
    return [
        name
        for name in sorted(imports(path))
        if name.split(".")[0] in ("pipeline", "transforms")
        and not any(lies_in(name, f"transforms.{room}") for room in allowed)
    ]


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        *((path, allowed) for room, allowed in ROOMS.items() for path in modules(room)),
        *((ROOT / file, allowed) for file, allowed in BASES.items()),
    ],
    ids=lambda value: name_of(value) if isinstance(value, Path) else "",
)
def test_a_room_imports_only_what_it_may(path, allowed):
    assert foreign(path, allowed) == []


@pytest.mark.parametrize("path", sorted((ROOT / "transforms").glob("*.py")), ids=name_of)
def test_stages_import_neither_the_pipeline_nor_torch(path):
    assert not [name for name in imports(path) if name.split(".")[0] in ("pipeline", "torch")]


def loaded_by(names: list[str]) -> set[str]:
    """Returns the packages that a process has after it has imported modules of transforms."""
    code = f"import sys, {', '.join(f'transforms.{name}' for name in names)}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {name.split(".")[0] for name in done.stdout.split()}


def names_in(room: str) -> list[str]:
    return [f"{room}.{path.stem}" for path in modules(f"transforms/{room}")]


def test_tagging_texts_in_memory_loads_neither_beam_nor_torch():
    assert not loaded_by([*LIGHT, *names_in("text")]) & {"apache_beam", "torch", "transformers"}


def test_the_model_loads_no_beam():
    loaded = loaded_by(names_in("model"))
    assert "torch" in loaded
    assert "apache_beam" not in loaded


@pytest.mark.parametrize("path", modules("pipeline") + modules("transforms"), ids=name_of)
def test_annotations_are_evaluated_where_beam_reads_them(path):
    assert "from __future__ import annotations" not in path.read_text()


def strings(path: Path) -> Iterator[str]:
    """Yields the strings in a module's code, of f-strings the pieces that are fixed."""
    tree = ast.parse(path.read_text())
    # A string that stands by itself is a docstring.
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.value


@pytest.mark.parametrize("path", modules("pipeline") + modules("transforms"), ids=name_of)
def test_only_the_layout_spells_names_of_files_in_an_output(path):
    spelt = [text for text in strings(path) if FILE_NAMES.search(text)]
    assert bool(spelt) == (path == LAYOUT), spelt


@pytest.mark.parametrize("path", modules("pipeline") + modules("transforms"), ids=name_of)
def test_every_module_has_a_test_file_of_its_name(path):
    if path.stem in ("__init__", "__main__"):
        return
    tests = ROOT / "tests" / path.relative_to(ROOT).with_name(f"test_{path.name}")
    assert tests.exists() != (name_of(path) in UNTESTED), tests

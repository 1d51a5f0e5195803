"""Imports point one way: pipeline, stages, model, records."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.places import ROOT


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).glob("*.py"))


@pytest.mark.parametrize("path", files("transforms"), ids=lambda path: path.name)
def test_stages_import_neither_the_pipeline_nor_torch(path):
    assert not [name for name in imports(path) if name.split(".")[0] in ("pipeline", "torch")]


def test_the_model_needs_no_beam():
    code = "import sys, transforms.model.tagger; print('apache_beam' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "False", done.stderr


@pytest.mark.parametrize("path", files("transforms/model"), ids=lambda path: path.name)
def test_the_model_imports_no_stage_and_no_record(path):
    allowed = ("transforms.model", "transforms.text.characters", "transforms.text.abbreviations")
    for name in imports(path):
        assert not name.startswith("transforms") or name.startswith(allowed), name


@pytest.mark.parametrize("path", files("pipeline") + files("transforms"), ids=lambda p: p.name)
def test_annotations_are_evaluated_where_beam_reads_them(path):
    assert "from __future__ import annotations" not in path.read_text()

"""A command explains its flags, and tells their mistakes, before it loads anything heavy."""

import subprocess
import sys

import pytest

from tests.places import ROOT

HEAVY = ("apache_beam", "numpy", "pyarrow", "torch", "transformers")
CODE = """
import argparse, importlib, sys
name, *heavy = sys.argv[1:]
importlib.import_module(f"pipeline.{name}").add_arguments(argparse.ArgumentParser())
print(*(library for library in heavy if library in sys.modules))
"""


@pytest.mark.parametrize("name", ["evaluate", "train"])
def test_reading_a_commands_flags_loads_no_heavy_library(name):
    command = [sys.executable, "-c", CODE, name, *HEAVY]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []

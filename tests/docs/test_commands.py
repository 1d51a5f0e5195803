"""Whoever types what a page says sees what it shows.

A page's blocks run in their order, in a folder that looks like a checkout: `sh` in bash, `python`
in one session, `sql` in DuckDB. A `text` block is what the block before it prints, in which `...`
stands for anything.
"""

import contextlib
import doctest
import importlib.util
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.places import ROOT

PAGES = (
    "README.md",
    "docs/tutorial.md",
    "docs/how-to/queries.md",
    "docs/reference/python.md",
    "docs/reference/rejects.md",
)
BLOCK = re.compile(r"^```(sh|python|sql|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FRAMES = str.maketrans("│┌┐└┘─┬┴├┤┼", " " * 11)
LIMIT_SECONDS = 600


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_what_its_commands_print(page, checkout):
    text = (ROOT / page).read_text()
    if "import news_entities" in text and not importlib.util.find_spec("news_entities"):
        pytest.skip("the package news_entities is not there yet")
    session: dict[str, object] = {}
    printed = None
    for language, block in BLOCK.findall(text):
        if language == "text":
            assert printed is not None, f"no command prints this:\n{block}"
            check_shown(block, printed)
        printed = run_block(language, block, session, checkout)


@pytest.fixture
def checkout(tmp_path, monkeypatch) -> Path:
    """A folder with the files of the checkout, in which `set_up` has nothing to do."""
    for path in ROOT.iterdir():
        if path.name not in (".git", ".venv", "build", "environment.sh", "out"):
            (tmp_path / path.name).symlink_to(path)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "environment.sh").write_text("set_up() { :; }\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run_block(language: str, block: str, session: dict[str, object], checkout: Path) -> str | None:
    """Returns what a block prints to standard output."""
    if language == "sh":
        return run_shell(block, checkout)
    if language == "python":
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(block, session)
        return printed.getvalue()
    return str(duckdb.sql(block)) if language == "sql" else None


def run_shell(block: str, checkout: Path) -> str:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        cwd=checkout,
        env={**os.environ, "PATH": f"{Path(sys.prefix, 'bin')}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
    )
    assert done.returncode == 0, f"{block}\n{done.stderr}"
    return done.stdout


def check_shown(shown: str, printed: str) -> None:
    """Compares without the frames that DuckDB draws, whose form differs between its versions."""
    rules = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    want, got = shown.translate(FRAMES), printed.translate(FRAMES)
    assert doctest.OutputChecker().check_output(want, got, rules), f"{shown}\nis not\n{printed}"

"""What pages name is there: flags, files, and the tables that a query reads."""

import re

import duckdb
import pytest

from tests.jobs import read, run_job
from tests.places import ROOT
from transforms.output.output import Output

PAGES = [
    ROOT / "README.md",
    ROOT / "docs" / "index.md",
    ROOT / "docs" / "tutorial.md",
    *sorted((ROOT / "docs" / "reference").glob("*.md")),
]
# The site's own check knows the pages in docs/ alone.
OUTSIDE = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("examples/**/*.md"))]
OTHERS = {"--help", "--quiet", "--runner", "--version"}


def test_every_flag_that_a_page_names_is_one():
    command = (ROOT / "docs" / "reference" / "command.md").read_text()
    known = {*re.findall(r"^\| `(--\w+)`", command, re.MULTILINE)}
    assert len(known) > 30
    for page in PAGES:
        named = re.findall(r"(?<![\w-])--[a-z][a-z0-9_-]+", page.read_text())
        unknown = {flag for flag in named if "--" + flag[2:].replace("-", "_") not in known}
        assert unknown - OTHERS == set(), page.name


@pytest.mark.parametrize("page", OUTSIDE, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_outside_docs_leads_to_a_file(page):
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_readme_stays_short():
    assert len((ROOT / "README.md").read_text().split()) <= 1300


def test_the_nightly_query_takes_the_parts_that_are_listed(tmp_path):
    run_job([ROOT / "examples" / "news"], tmp_path / "out", date_field="date")
    [guide] = (ROOT / "docs").glob("**/nightly.md")
    [script] = re.findall(r"```sql\n(.*?)```", guide.read_text(), re.DOTALL)
    rows = duckdb.execute(script.replace("/data/tables", str(tmp_path / "out"))).fetchall()
    assert rows == [(len(read(Output(str(tmp_path / "out")), "entities")),)]

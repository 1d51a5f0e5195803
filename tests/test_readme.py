"""What the README tells people to type."""

import re

import duckdb
import pytest

from tests.jobs import read, run_job
from tests.places import ROOT
from transforms.output.output import Output

README = (ROOT / "README.md").read_text()
QUERIES = re.findall(r"```sql\n(.*?)```", README, re.DOTALL)


def test_there_are_five_queries():
    assert len(QUERIES) == 5


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("readme")
    run_job([ROOT / "examples" / "news"], folder / "out", date_field="date")
    return folder


@pytest.mark.parametrize("query", QUERIES, ids=range(len(QUERIES)))
def test_every_query_runs(query, folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert duckdb.sql(query) is not None


def test_the_query_of_the_nightly_guide_takes_the_parts_that_are_listed(folder):
    guide = (ROOT / "docs" / "nightly.md").read_text()
    (script,) = re.findall(r"```sql\n(.*?)```", guide, re.DOTALL)
    connection = duckdb.connect()
    rows = connection.execute(script.replace("/data/tables", str(folder / "out"))).fetchall()
    assert rows == [(len(read(Output(str(folder / "out")), "entities")),)]


def test_every_flag_named_is_there():
    from pipeline.options import make_parser

    known = {*make_parser()._option_string_actions}
    others = {"--train", "--validation", "--base", "--data", "--json", "--help", "--engines"}
    beams = {"--runner", "--prism_location", "--job_endpoint", "--environment_type"}
    beams |= {"--s3_endpoint_url", "--s3_region_name"}
    flags = set(re.findall(r"(?<![\w-])--[a-z][a-z0-9_]+", README))
    assert flags - known - others - beams == set()

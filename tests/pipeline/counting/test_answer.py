"""What both counting commands share: the answer in its form, at its place."""

import argparse
import json

import pyarrow.parquet as pq
import pytest

from pipeline.arguments import Parser
from pipeline.counting.answer import answer
from pipeline.counting.flags import add_counting_arguments
from pipeline.counting.queries import names
from pipeline.errors import ExitCode, UsageError
from tests.fakes import write_texts
from tests.jobs import run_job
from transforms.output.output import get_file

HEADER = "name,label,mentions,documents,first_date,last_date,forms"


@pytest.fixture
def output(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    texts = write_texts(tmp_path / "in", a="We met Ann Lee. Then Lee left.", b="Bo met Ann Lee.")
    return run_job([texts], tmp_path / "out")


def flags(output, *words: str) -> argparse.Namespace:
    parser = Parser()
    add_counting_arguments(parser, "names", min_documents=1)
    return parser.parse([output.root, *words])


def count(output, *words: str) -> ExitCode:
    return answer(flags(output, *words), "names", names)


def test_parquet_holds_the_rows_in_their_order(output, tmp_path, capsys):
    assert count(output) == ExitCode.DONE
    rows = pq.read_table(tmp_path / "names.parquet").to_pylist()
    assert [row["name"] for row in rows] == ["Ann Lee", "Bo", "Then Lee", "We"]
    assert rows[0]["forms"] == [{"form": "Ann Lee", "mentions": 2}]
    assert capsys.readouterr().out == f"{tmp_path}/names.parquet: 4 names\n"


def test_csv_tells_forms_as_json(output, tmp_path):
    count(output, "--csv", "--limit", "1")
    header, row = (tmp_path / "names.csv").read_text().splitlines()
    assert header == HEADER
    before, forms = row.split(",", 6)[:6], row.split(",", 6)[6]
    assert before == ["Ann Lee", "PER", "2", "2", "", ""]
    assert json.loads(forms[1:-1].replace('""', '"')) == {"Ann Lee": 2}


def test_standard_output_has_the_rows_alone(output, tmp_path, capfd):
    count(output, "--output", "-", "--limit", "2")
    assert [line.split(",")[0] for line in capfd.readouterr().out.splitlines()] == [
        "name",
        "Ann Lee",
        "Bo",
    ]
    assert not (tmp_path / "names.csv").exists()


def test_an_answer_goes_from_bucket_to_bucket(bucket):
    bucket.put("answers/a.txt", b"We met Ann.")
    output = run_job([f"{bucket.root}/answers/a.txt"], f"{bucket.root}/answered")
    place = f"{bucket.root}/answers/names.csv"
    count(output, "--output", place)
    assert (get_file(place) or b"").decode().splitlines()[1] == 'Ann,PER,1,1,,,"{""Ann"":1}"'


def test_a_label_that_the_model_does_not_have_is_refused(output):
    with pytest.raises(UsageError, match=r"--label PERSON: the labels of .* are "):
        count(output, "--label", "PERSON")


def test_an_output_without_a_manifest_is_refused(output):
    output.remove("manifest.json")
    with pytest.raises(UsageError, match="holds no job that has come to its end"):
        count(output)

"""What is exported does what it says, is documented, and is typed."""

import inspect
import subprocess
import sys
import threading
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.testing.util import assert_that, equal_to

import news_entities
from tests.fakes import write_texts
from tests.places import ROOT
from transforms.output.output import Output
from transforms.tag_entities import TagEntities

TEXT = "Angela Merkel met Shell in Berlin. It rained. The United Nations said so."
FOUND = ["Angela Merkel", "Shell", "Berlin", "United Nations"]


def test_entities_come_text_by_text_with_exact_places():
    texts = ["", TEXT, "it rained.", TEXT]
    found = news_entities.tag(texts)
    assert [[entity.text for entity in one] for one in found] == [[], FOUND, [], FOUND]
    for text, entities in zip(texts, found, strict=True):
        for entity in entities:
            assert text[entity.start : entity.end] == entity.text
            assert isinstance(entity, news_entities.Entity)
    assert [entity.sentence for entity in found[1]] == [0, 0, 0, 2]


def test_a_tagger_serves_many_calls_until_it_is_closed():
    with news_entities.Tagger(device="cpu", precision="fp32") as tagger:
        assert tagger.tag([TEXT]) == tagger.tag(iter([TEXT])) == news_entities.tag([TEXT])
        assert tagger.tag([]) == []
    with pytest.raises(ValueError, match="this Tagger is closed"):
        tagger.tag([TEXT])
    tagger.close()  # once more does no harm


def test_two_taggers_are_apart():
    before = {*threading.enumerate()}  # those of other tests
    with news_entities.Tagger() as one:
        with news_entities.Tagger() as other:
            assert other.tag([TEXT])
        assert one.tag([TEXT])
    assert {*threading.enumerate()} <= before


@pytest.mark.parametrize(
    ("texts", "kind", "message"),
    [
        ("Rome", TypeError, r"got one: write tag\(\[text\]\)"),
        (["Rome", 3], TypeError, "text 1 must be a string, got int"),
        (["Rome", "a\ud800"], ValueError, r"text 1 has the lone surrogate \\ud800 at its char"),
    ],
)
def test_what_is_no_text_is_named(texts, kind, message):
    with news_entities.Tagger() as tagger, pytest.raises(kind, match=message):
        tagger.tag(texts)


def test_a_model_that_is_not_there_is_wrong_usage(tmp_path):
    with pytest.raises(news_entities.UsageError, match="there is no folder"):
        news_entities.Tagger(str(tmp_path / "model"))


def test_a_job_runs_and_its_tables_can_be_read(tmp_path, capsys):
    inputs = write_texts(tmp_path / "in", a=TEXT, b="")
    output = str(tmp_path / "out")
    code = news_entities.run(input=str(inputs), output=output, max_reject_ratio=1)
    assert code is news_entities.ExitCode.DONE
    tables = news_entities.read(output)
    assert tables.entities.to_table()["text"].to_pylist() == FOUND
    assert tables.documents.count_rows() == tables.rejects.count_rows() == 1
    again = news_entities.run(input=[str(inputs)], output=output, sentences=None, limit=None)
    assert again is news_entities.ExitCode.TOO_MANY_REJECTS
    assert "nothing to do" in capsys.readouterr().out


def test_partitions_are_columns_of_the_datasets(tmp_path):
    (tmp_path / "a.csv").write_text("id,text,source\n1,We met Ann.,X/Y\n2,We met Bob.,\n")
    output = str(tmp_path / "out")
    flags = {"keep": ["source"], "partition_by": ["source"]}
    news_entities.run(input=str(tmp_path / "a.csv"), output=output, **flags)
    rows = news_entities.read(output).entities.to_table(columns=["text", "source"]).to_pylist()
    assert {row["text"]: row["source"] for row in rows} == {"Ann": "X/Y", "Bob": "unknown"}


def test_a_flag_that_there_is_not_is_wrong_usage():
    with pytest.raises(news_entities.UsageError, match="unknown flag --kep; did you mean --keep"):
        news_entities.run(input="a.txt", output="out", kep=["source"])


def test_tables_that_are_not_there_are_not_read(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"parts\.parquet"):
        news_entities.read(str(tmp_path))


def test_the_transform_is_the_one_of_the_pipeline():
    assert news_entities.TagEntities is TagEntities
    rows = [beam.Row(id="1", text=TEXT)]
    with beam.Pipeline(runner="FnApiRunner") as pipeline:
        found = pipeline | beam.Create(rows) | news_entities.TagEntities() | beam.Map(text_of)
        assert_that(found, equal_to(FOUND))


def text_of(row: Any) -> str:
    return row.text


def test_importing_it_loads_neither_torch_nor_beam():
    code = "import sys, news_entities; print({'torch', 'apache_beam'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "set()\n", done.stderr


@pytest.mark.parametrize("name", news_entities.__all__)
def test_what_is_exported_is_documented_and_typed(name):
    thing = getattr(news_entities, name)
    assert inspect.getdoc(thing)
    page = (ROOT / "docs" / "reference" / "python.md").read_text()
    assert f"news_entities.{name}" in page or f"`{name}`" in page
    for function in _functions(thing):
        signature = inspect.signature(function)
        assert signature.return_annotation is not signature.empty, function
        for parameter in signature.parameters.values():
            assert parameter.name == "self" or parameter.annotation is not parameter.empty


def _functions(thing: object) -> list:
    if not inspect.isclass(thing):
        return [thing]
    own = [member for name, member in vars(thing).items() if not name.startswith("_")]
    return [member for member in own if inspect.isfunction(member)]


def test_nothing_else_is_public():
    loaded = {n for n, thing in vars(news_entities).items() if _is_ours(thing)}
    assert loaded - {"Entity", "TagEntities"} <= {*news_entities.__all__, "ModelChoice"}
    assert {*news_entities.__all__} <= {*dir(news_entities), "Entity", "TagEntities"}


def _is_ours(thing: object) -> bool:
    return inspect.isclass(thing) and thing.__module__ == "news_entities"


def test_outputs_are_named_as_they_were_given(tmp_path):
    inputs = write_texts(tmp_path / "in", a=TEXT)
    news_entities.run(input=str(inputs), output=f"file://{tmp_path}/out")
    assert Output(str(tmp_path / "out")).get("manifest.json")
    assert news_entities.read(f"file://{tmp_path}/out").entities.count_rows() == len(FOUND)

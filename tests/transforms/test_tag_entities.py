"""TagEntities: in Python with the quick tagger, and the example of Beam YAML with the model."""

import inspect
import json
from pathlib import Path
from typing import NamedTuple

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.yaml.main import run

from tests.fakes import CapitalTagger
from tests.places import ROOT
from transforms import tag_entities
from transforms.files.fields import DocumentFields
from transforms.model.checkpoint import resolve_checkpoint
from transforms.model.loading import load_tagger
from transforms.tag_entities import TagEntities
from transforms.tag_texts import TaggedText, tag_texts

NEWS = ROOT / "examples" / "news" / "meridian-wire.jsonl"


def load_capitals(*args: object) -> CapitalTagger:
    return CapitalTagger()


class Item(NamedTuple):
    key: int
    title: str | None
    text: str | None


@pytest.fixture
def tag(monkeypatch, tmp_path):
    """Tags rows, and returns the rows of each output; a shuffle has them encoded in between."""
    monkeypatch.setattr(tag_entities, "load_tagger", load_capitals)

    def tag(*rows: Item, **settings: object) -> dict[str, list[dict]]:
        with beam.Pipeline(options=PipelineOptions(["--runner=FnApiRunner"])) as pipeline:
            found = (
                pipeline | beam.Create(rows).with_output_types(Item) | TagEntities(**settings)  # type: ignore[arg-type]
            )
            outputs = found if isinstance(found, dict) else {"good": found}
            for name, output in outputs.items():
                (
                    output
                    | f"Shuffle{name}" >> beam.Reshuffle()
                    | f"Dump{name}" >> beam.Map(as_json)
                    | f"Write{name}"
                    >> beam.io.WriteToText(str(tmp_path / name), shard_name_template="")
                )
        return {name: read_lines(tmp_path / name) for name in outputs}

    return tag


def as_json(row: NamedTuple) -> str:
    values = row._asdict()
    if "element" in values:
        values["element"] = values["element"]._asdict()
    return json.dumps(values)


def read_lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_each_entity_is_a_row_with_the_fields_of_its_own_but_the_text(tag):
    text = "It rained. We met Ann Lee."
    found = tag(Item(7, "Rain", text), text_field="text")["good"]
    assert [row["text"] for row in found] == ["It", "We", "Ann Lee"]
    assert found[2] == {
        "key": 7,
        "title": "Rain",
        "field": "text",
        "start_char": 18,
        "end_char": 25,
        "text": "Ann Lee",
        "name": "Ann Lee",
        "resolved_name": "Ann Lee",
        "label": "PER",
        "model_label": "PER",
        "score": 0.9,
        "sentence_index": 1,
    }


def test_several_fields_are_tagged_each_by_itself(tag):
    rows = [Item(1, "Rain", "so Ann said"), Item(2, None, "so Bob said")]
    found = tag(*rows, text_field=["title", "text"])["good"]
    shown = [(row["key"], row["field"], row["text"]) for row in found]
    assert sorted(shown) == [(1, "text", "Ann"), (1, "title", "Rain"), (2, "text", "Bob")]


def test_the_fields_of_a_row_are_one_document(tag):
    rows = [Item(1, "Lee left", "so Ann Lee said"), Item(2, "Lee came", "it rained")]
    found = tag(*rows, text_field=["title", "text"])["good"]
    shown = [(row["key"], row["name"], row["resolved_name"]) for row in found]
    assert sorted(shown) == [
        (1, "Ann Lee", "Ann Lee"),
        (1, "Lee", "Ann Lee"),
        (2, "Lee", "Lee"),
    ]


def test_what_cannot_be_tagged_is_another_output_with_its_row_and_its_reason(tag):
    rows = [Item(1, "a", "so Ann said"), Item(2, "b", " "), Item(3, "c", "the kaboom. Bob left.")]
    found = tag(*rows, text_field="text", error_handling={"output": "bad"})
    assert sorted(row["text"] for row in found["good"]) == ["Ann", "Bob"]
    empty, failed = sorted(found["bad"], key=lambda row: row["element"]["key"])
    assert (empty["element"], empty["reason"]) == (rows[1]._asdict(), "empty")
    assert (failed["element"], failed["reason"]) == (rows[2]._asdict(), "model_failed")
    assert failed["msg"] == "text[0:11]: ValueError: kaboom"


def test_a_model_that_fails_on_most_sentences_fails_the_pipeline(tag):
    rows = [Item(number, None, f"The kaboom of {number} came.") for number in range(10)]
    message = "failed on most sentences of 10 of 10 documents, .*: kaboom"
    with pytest.raises(Exception, match=message):
        tag(*rows, error_handling={"output": "bad"})


def test_a_row_whose_sentences_all_fail_is_a_bad_row(tag):
    text = " ".join(f"The kaboom of {number} came." for number in range(30))
    rows = [Item(1, None, text), Item(2, None, "We met Ann.")]
    found = tag(*rows, text_field="text", error_handling={"output": "bad"})
    assert len(found["bad"]) == 30
    assert [row["text"] for row in found["good"]] == ["We", "Ann"]


def test_the_defaults_are_those_of_the_command():
    signature = inspect.signature(TagEntities)
    defaults = {name: parameter.default for name, parameter in signature.parameters.items()}
    assert defaults["text_field"] == DocumentFields().text
    assert defaults["max_document_chars"] == DocumentFields().max_chars


def test_without_a_place_for_errors_a_row_that_cannot_be_tagged_fails_the_pipeline(tag):
    with pytest.raises(Exception, match="missing_text: none of the text fields"):
        tag(Item(1, "a", None), text_field="text")


@pytest.mark.parametrize(
    ("row", "settings", "message"),
    [
        (beam.Row(body="x"), {}, "text_field: there is no text; found: body"),
        (beam.Row(text="x", label="y"), {}, "the rows have a field label, as the rows of entities"),
        (beam.Row(text="x"), {"line_breaks": "never"}, "line_breaks must be one of auto"),
    ],
)
def test_settings_that_do_not_fit_are_told_before_the_pipeline_runs(row, settings, message):
    with pytest.raises(ValueError, match=message):
        beam.Pipeline() | beam.Create([row]) | TagEntities(**settings)


def test_the_example_of_beam_yaml_finds_what_the_command_finds(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    example = "examples/yaml/entities.yaml"
    variables = json.dumps({"output": str(tmp_path)})
    runner = "--runner=FnApiRunner"
    run([f"--yaml_pipeline_file={example}", f"--jinja_variables={variables}", runner])
    (written,) = tmp_path.glob("entities.jsonl*")
    found = [
        ((row["id"], row["field"], row["start_char"], row["text"], row["label"]), row["score"])
        for row in read_lines(written)
    ]
    tagger = load_tagger(resolve_checkpoint(), "cpu")
    fields = ("title", "text")

    def of_record(record: dict) -> list[TaggedText]:
        return tag_texts([record[field] for field in fields], tagger, documents=[0, 0])

    expected = [
        ((record["id"], field, entity.start, entity.text, entity.label), entity.score)
        for record in read_lines(NEWS)
        for field, tagged in zip(fields, of_record(record), strict=True)
        for entity in tagged.entities
    ]
    assert len(found) > 200
    assert dict(found).keys() == dict(expected).keys()
    # The last decimal is of the batches, which are others here.
    assert dict(found) == pytest.approx(dict(expected), abs=1.5e-4)
    assert not list(tmp_path.glob("errors.jsonl*"))

import json
import re
import shlex

import pytest

from pipeline.options import make_parser, parse_options
from pipeline.template import BEAMS, NOT_OURS, metadata
from tests.places import ROOT

STORED = ROOT / "deploy" / "dataflow" / "metadata.json"
GUIDE = (ROOT / "docs" / "how-to" / "dataflow.md").read_text().replace("\\\n", "")
JOB = re.findall(r"^news-entities (--input .*--runner DataflowRunner .*)$", GUIDE, re.MULTILINE)
GPU = re.findall(r"^ +(--sdk_container_image .*worker_accelerator.*)$", GUIDE, re.MULTILINE)
PARAMETERS = re.findall(r"--parameters (\S+=.*?|'\^\|\^.*')$", GUIDE, re.MULTILINE)
VALUES = {
    "keep": '["source=publisher", "section"]',
    "date_format": "%d/%m/%Y",
    "date_from_name": "%Y-%m-%d",
    "label_names": '["O", "B-PER", "I-PER"]',
    "partition_by": "year",
    "languages": '["en", "fr"]',
    "num_workers": "2",
    "max_num_workers": "9",
    "number_of_worker_harness_threads": "2",
    "config": str(ROOT / "examples" / "airflow" / "news.toml"),
    "encoding": "cp1252",
    "max_document_chars": "1000",
    "max_expansion": "1000",
    "limit": "1000",
    "prune": "false",
    "texts": "true",
    "wait": "5",
    "stall_minutes": "30",
    "token_budget": "1000",
}


def test_the_stored_template_is_what_the_parser_gives():
    message = "run python -m pipeline.template > deploy/dataflow/metadata.json"
    assert json.loads(STORED.read_text()) == metadata(), message


def test_every_flag_is_a_parameter_or_left_out_by_name():
    names = [parameter["name"] for parameter in metadata()["parameters"]]
    ours = {action.dest for action in make_parser()._actions}
    assert {*names} == (ours | {*BEAMS}) - {*NOT_OURS}
    assert ours >= {*NOT_OURS}
    assert len(names) == len({*names})


def test_every_parameter_has_what_dataflow_asks_for():
    for parameter in metadata()["parameters"]:
        assert parameter["label"]
        assert len(parameter["helpText"]) > 10, parameter
    required = [p["name"] for p in metadata()["parameters"] if not p["isOptional"]]
    assert required == ["input", "output"]


def test_the_command_takes_every_parameter_as_one_word():
    words = ["--runner=DataflowRunner"]
    for parameter in metadata()["parameters"]:
        [regex] = parameter.get("regexes", [".*"])
        first = (re.findall(r"\w+", regex) or ["x"])[0]
        value = VALUES.get(parameter["name"], first)
        assert re.fullmatch(regex, value)
        words.append(f"--{parameter['name']}={value}")
    options = parse_options(words)
    assert options.settings.keep == ("source=publisher", "section")
    assert options.overwrite
    assert "--max_num_workers=9" in options.beam.flags


@pytest.mark.parametrize("more", ["", *GPU], ids=["cpu", "gpu"])
def test_the_guides_command_is_one_that_we_take(more):
    [job] = JOB
    options = parse_options([*shlex.split(job), *shlex.split(more)])
    assert options.beam.runner == "DataflowRunner"
    assert options.settings.text_field == ()


def test_the_guides_parameters_are_there():
    known = {parameter["name"] for parameter in metadata()["parameters"]}
    named = {name for line in PARAMETERS for name in re.findall(r"(\w+)=[\[$\w]", line)}
    assert {"input", "keep", "partition_by"} <= named <= known

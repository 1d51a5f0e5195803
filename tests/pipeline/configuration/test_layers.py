"""Where a setting stands, and what is said of names that are none."""

import datetime

import pytest

from pipeline.configuration.known import known
from pipeline.configuration.layers import InFile, InVariable, environment_layer, file_layer
from pipeline.errors import UsageError


def in_file(found):
    return file_layer(found, "news.toml", known())


def in_environment(**variables):
    return environment_layer(variables, known())


def test_a_flag_may_stand_in_the_open_or_in_its_section():
    for found in ({"limit": 5}, {"input": {"limit": 5}}, {"run": {"limit": 5}}):
        layer = in_file(found)
        assert layer.problems == []
        given = layer.find("run", "limit")
        assert given.values(several=False, truth=False) == ["5"]


def test_places_are_named_as_they_stand_in_the_file():
    layer = in_file({"date-field": "date", "input": {"text-field": ["a"]}})
    assert layer.find("run", "date_field").place == "news.toml: date-field"
    assert layer.find("run", "text_field").place == "news.toml: input.text-field"


def test_a_flag_and_its_section_may_have_one_name():
    layer = in_file({"input": {"input": "a.txt"}, "output": "out"})
    assert layer.problems == []
    assert layer.find("run", "input").place == "news.toml: input.input"
    assert layer.find("run", "output").place == "news.toml: output"


def test_other_commands_have_sections_and_variables_of_their_own():
    layer = in_file({"output": "tables", "train": {"output": "model"}})
    assert layer.find("train", "output").value == "model"
    assert in_file({"output": "tables"}).find("train", "output") is None
    layer = in_environment(NEWS_ENTITIES_OUTPUT="tables", NEWS_ENTITIES_TAG_JSON="true")
    assert layer.find("train", "output") is None
    assert layer.find("tag", "json").text == "true"
    assert layer.find("verify", "json") is None


def test_flags_of_the_model_hold_for_all_commands_unless_one_has_its_own():
    layer = in_file({"model": {"device": "cpu"}, "tag": {"device": "cuda"}})
    assert layer.find("tag", "device").value == "cuda"
    assert layer.find("evaluate", "device").value == "cpu"
    layer = in_environment(NEWS_ENTITIES_DEVICE="cpu", NEWS_ENTITIES_TAG_DEVICE="cuda")
    assert layer.find("tag", "device").text == "cuda"
    assert layer.find("repair", "device").text == "cpu"


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        (
            {"input": {"max_expansoin": 5}},
            "news.toml: input.max_expansoin: no flag has this name; did you mean max_expansion?",
        ),
        ({"limits": 5}, "news.toml: limits: no flag has this name; did you mean limit?"),
        ({"output": {"limit": 5}}, "news.toml: output.limit: limit stands in [input]"),
        ({"runner": "FlinkRunner"}, "Beam's own flags stand in [beam]"),
        (
            {"imput": {"limit": 5}},
            "news.toml: [imput]: there is no such section; did you mean input?",
        ),
        (
            {"tool": {"a": 5, "b": 6}},
            "news.toml: [tool]: there is no such section; there are input,",
        ),
        ({"limit": {"max": 5}}, "news.toml: [limit]: limit is a flag, and takes values"),
        ({"tag": {"jsn": True}}, "news.toml: tag.jsn: no flag has this name; did you mean json?"),
        ({"tag": {"limit": 5}}, "news.toml: tag.limit: no flag has this name"),
        ({"config": "other.toml"}, "news.toml: config: no flag has this name"),
        ({"limit": 5, "input": {"limit": 6}}, "input.limit: is given in news.toml: limit as well"),
        ({"id_field": "a", "id-field": "b"}, "id-field: is given in news.toml: id_field as well"),
        ({5: 5}, "news.toml: 5: no flag has this name"),
    ],
)
def test_a_name_that_is_none_is_a_problem_with_its_place(found, problem):
    [told] = in_file(found).problems
    assert problem in told


def test_all_problems_are_told():
    problems = in_file({"limits": 5, "tag": {"jsn": True}, "wait": 5}).problems
    assert [problem.split(":")[1] for problem in problems] == [" limits", " tag.jsn"]


@pytest.mark.parametrize(
    ("value", "several", "words"),
    [
        ("a", False, ["a"]),
        ("a", True, ["a"]),
        ("a b", True, ["a b"]),
        (["a", "b"], True, ["a", "b"]),
        (5, False, ["5"]),
        (0.5, False, ["0.5"]),
        (datetime.date(2024, 1, 9), False, ["2024-01-09"]),
    ],
)
def test_a_value_of_a_file_is_written_as_after_its_flag(value, several, words):
    assert InFile("news.toml: x", value).values(several, truth=False) == words


@pytest.mark.parametrize(
    ("value", "several", "message"),
    [
        (["a"], False, "news.toml: x: takes one value, not a list"),
        ([], True, "news.toml: x: the list is empty; leave it out for the default"),
        (None, False, "news.toml: x: has no value; leave it out for the default"),
        ([None], True, "has no value"),
        (True, False, 'news.toml: x: takes text; write "true" for the word'),
        ([["a"]], True, "a list in a list is no value of a flag"),
        ({"a": 5}, False, "a section is no value of a flag"),
    ],
)
def test_what_can_be_no_value_is_refused_with_its_place(value, several, message):
    with pytest.raises(UsageError) as error:
        InFile("news.toml: x", value).values(several, truth=False)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title text", ["title", "text"]),
        ("'my news' b", ["my news", "b"]),
        ('["a b", "c"]', ["a b", "c"]),
        ("[ab]*.txt", ["[ab]*.txt"]),
        ("a\nb\n", ["a", "b"]),
    ],
)
def test_several_values_of_a_variable_are_written_as_after_their_flag(text, words):
    assert InVariable("X", text).values(several=True, truth=False) == words
    assert InVariable("X", text).values(several=False, truth=False) == [text]


def test_a_quotation_mark_that_is_not_closed_is_told():
    with pytest.raises(UsageError, match="X: No closing quotation: 'a b"):
        InVariable("X", "'a b").values(several=True, truth=False)


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_variable_says_nothing(text):
    assert in_environment(NEWS_ENTITIES_LIMIT=text).find("run", "limit") is None


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("NEWS_ENTITIES_TOKEN_BUGDET", "did you mean NEWS_ENTITIES_TOKEN_BUDGET?"),
        ("NEWS_ENTITIES_TAG_JSN", "did you mean NEWS_ENTITIES_TAG_JSON?"),
        ("NEWS_ENTITIES_XYZ", "no flag has this variable"),
        ("NEWS_ENTITIES_PRINT_CONFIG", "no flag has this variable"),
    ],
)
def test_a_variable_that_begins_as_ours_and_is_none_is_a_problem(name, problem):
    [told] = in_environment(**{name: "secret"}).problems
    assert told.startswith(f"{name}: ")
    assert problem in told
    assert "secret" not in told


def test_variables_of_others_are_left_alone():
    layer = in_environment(HOME="/root", NEWS_INPUT="a", NEWS_ENTITIES_CONFIG="news.toml")
    assert (layer.values, layer.problems) == ({}, [])


@pytest.mark.parametrize(
    "name",
    [
        "NEWS_ENTITIES_SERVICE_HOST",
        "NEWS_ENTITIES_REST_SERVICE_PORT",
        "NEWS_ENTITIES_REST_SERVICE_PORT_REST",
        "NEWS_ENTITIES_PORT",
        "NEWS_ENTITIES_REST_PORT_8081_TCP_ADDR",
        "NEWS_ENTITIES_BEAM_SERVICE_HOST",
    ],
)
def test_variables_that_kubernetes_gives_for_a_service_are_left_alone(name):
    layer = in_environment(**{name: "10.0.0.1"})
    assert (layer.values, layer.problems) == ({}, [])


def test_a_port_of_beams_is_no_variable_of_kubernetes():
    layer = in_environment(NEWS_ENTITIES_BEAM_JOB_PORT="8099")
    assert layer.values["beam", "job_port"].text == "8099"
    address = in_environment(NEWS_ENTITIES_BEAM_JOB_PORT="tcp://10.0.0.1:8099")
    assert (address.values, address.problems) == ({}, [])

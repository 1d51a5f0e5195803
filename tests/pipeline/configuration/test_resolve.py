"""The command line comes before the environment, this before the file, and this before defaults."""

import argparse

import pytest

from pipeline.arguments import Parser
from pipeline.commands import make_command_parser
from pipeline.configuration.resolve import naming_places, peek, resolve, with_places
from pipeline.errors import UsageError
from pipeline.logs import log_format
from pipeline.options import parse_options


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder to stand in, and nothing in the environment."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def write(folder):
    """Writes a file of settings, and returns the flag that names it."""

    def write(text, name="news.toml"):
        (folder / name).write_text(text)
        return f"--config={name}"

    return write


def resolved(*words, command="run", **variables):
    return resolve(make_command_parser(command), command, words, variables)


def test_the_nearest_source_wins(write):
    config = write('limit = 3\nid_field = "c"\ndate_field = "c"\nencoding = "latin-1"\n')
    found = resolved(
        "--limit=1", config, NEWS_ENTITIES_LIMIT="2", NEWS_ENTITIES_ID_FIELD="b", HOME="/root"
    )
    assert (found.args.limit, found.args.id_field, found.args.date_field) == (1, "b", "c")
    assert found.args.encoding == "iso8859-1"
    assert found.args.max_expansion == 200
    assert found.origins == {
        "config": "flag",
        "limit": "flag",
        "id_field": "NEWS_ENTITIES_ID_FIELD",
        "date_field": "news.toml: date_field",
        "encoding": "news.toml: encoding",
    }


def test_lists_of_two_sources_do_not_add_up(write):
    config = write('keep = ["c"]\ntext_field = ["c", "d"]\n')
    found = resolved(config, "--keep=a", "--keep", "b", NEWS_ENTITIES_INPUT="a.txt b.txt")
    assert found.args.keep == ["a", "b"]
    assert found.args.text_field == ["c", "d"]
    assert found.args.input == ["a.txt", "b.txt"]


def test_hyphens_in_the_command_line_take_the_place_of_what_a_file_says(write):
    found = resolved(write('id_field = "c"'), "--id-field", "a")
    assert (found.args.id_field, found.origins["id_field"]) == ("a", "flag")


def test_the_environment_may_name_the_file(write):
    write("limit = 3")
    assert resolved(NEWS_ENTITIES_CONFIG="news.toml").args.limit == 3
    write("limit = 4", "other.toml")
    assert resolved("--config=other.toml", NEWS_ENTITIES_CONFIG="news.toml").args.limit == 4
    with pytest.raises(UsageError, match=r"NEWS_ENTITIES_CONFIG none\.toml: No such file"):
        resolved(NEWS_ENTITIES_CONFIG="none.toml")


@pytest.mark.parametrize("given", ["overwrite = true", 'overwrite = "True"'])
def test_a_switch_is_true_or_false_in_a_file(write, given):
    assert resolved(write(given)).args.overwrite is True
    assert resolved(write(given), "--overwrite=false").args.overwrite is False


def test_a_switch_is_true_or_false_in_the_environment():
    assert resolved(NEWS_ENTITIES_OVERWRITE="true").args.overwrite is True
    assert resolved(NEWS_ENTITIES_OVERWRITE="FALSE").args.overwrite is False
    with pytest.raises(
        UsageError, match=r"^NEWS_ENTITIES_OVERWRITE: must be true or false, got 1$"
    ):
        resolved(NEWS_ENTITIES_OVERWRITE="1")


def test_a_switch_that_takes_no_value_in_the_command_line_takes_one_elsewhere(write):
    config = write("[tag]\njson = true\nlines = false\n")
    args = resolved(config, "We met Ann.", command="tag").args
    assert (args.json, args.lines, args.text) == (True, False, ["We met Ann."])
    with pytest.raises(UsageError, match="NEWS_ENTITIES_TAG_JSON: must be true or false, got yes"):
        resolved(command="tag", NEWS_ENTITIES_TAG_JSON="yes")


def test_paths_of_a_file_count_from_the_folder_of_the_command(write, folder):
    (folder / "settings").mkdir()
    config = write('output = "out"', "settings/news.toml")
    assert resolved(config).args.output == "out"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[input]\nmax_expansion = 0", "news.toml: input.max_expansion: must be at least 1, got 0"),
        ('limit = "many"', "news.toml: limit: invalid whole number value: 'many'"),
        ("limit = 1.5", "news.toml: limit: invalid whole number value: '1.5'"),
        ('sentences = "all"', "news.toml: sentences: invalid choice: 'all' (choose from"),
        ('label_names = "O PER"', "news.toml: label_names: 'O PER' is no label"),
        ("limit = [1, 2]", "news.toml: limit: takes one value, not a list"),
        ("limits = 1\n[tag]\njsn = 1", "news.toml: limits: no flag"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_with_its_place(write, text, message):
    with pytest.raises(UsageError) as error:
        resolved(write(text))
    assert str(error.value).startswith(message)


def test_what_is_wrong_in_a_variable_is_told_with_its_name():
    with pytest.raises(UsageError) as error:
        resolved(NEWS_ENTITIES_TOKEN_BUDGET="5")
    assert str(error.value) == "NEWS_ENTITIES_TOKEN_BUDGET: must be at least 128, got 5"


def test_all_names_that_are_none_are_told_at_once(write):
    with pytest.raises(UsageError) as error:
        resolved(write("limits = 5"), NEWS_ENTITIES_WAITS="5")
    variable, key = str(error.value).splitlines()
    assert variable.startswith("NEWS_ENTITIES_WAITS: ")
    assert key.startswith("news.toml: limits: ")


def test_a_wrong_value_that_a_flag_takes_the_place_of_does_no_harm(write):
    assert resolved(write("limit = 0"), "--limit=1").args.limit == 1


def test_beams_flags_stand_before_those_of_the_command_line(write):
    config = write(
        '[beam]\nrunner = "FlinkRunner"\nexperiments = ["a", "b"]\nsave_main_session = true\n'
        "parallelism = 4\n"
    )
    found = resolved(config, "--parallelism", "2", NEWS_ENTITIES_BEAM_RUNNER="SparkRunner")
    assert sorted(found.others) == [
        "--experiments=a",
        "--experiments=b",
        "--parallelism",
        "--runner=SparkRunner",
        "--save_main_session",
        "2",
    ]
    assert found.origins["runner"] == "NEWS_ENTITIES_BEAM_RUNNER"
    assert found.origins["experiments"] == "news.toml: beam.experiments"
    assert found.origins["parallelism"] == "flag"
    assert resolved(config, "A text.", command="tag").others == []


def test_a_value_of_beams_in_a_variable_is_one_unless_it_is_a_list():
    boot = '{"command": "/opt/boot"}'
    assert resolved(NEWS_ENTITIES_BEAM_ENVIRONMENT_CONFIG=boot).others == [
        f"--environment_config={boot}"
    ]
    assert resolved(NEWS_ENTITIES_BEAM_EXPERIMENTS='["a", "b"]').others == [
        "--experiments=a",
        "--experiments=b",
    ]


def test_a_switch_of_beams_that_is_off_is_left_out(write):
    with pytest.raises(UsageError, match=r"beam\.streaming: Beam's switches are given or not"):
        resolved(write("[beam]\nstreaming = false"))


def test_errors_say_where_the_flags_that_they_name_come_from(write):
    basics = [write('[input]\ndate_format = "%Y"\n'), "--input=a.txt", "--output=out"]
    with pytest.raises(UsageError) as error:
        parse_options(basics)
    assert str(error.value) == (
        "--date_format needs --date_field (--date_format comes from news.toml: input.date_format)"
    )
    with pytest.raises(UsageError, match=r"--runer; did .* \(--runer comes from news.toml: beam.r"):
        parse_options([write('[beam]\nruner = "x"'), *basics[1:]])


def test_other_errors_stay_as_they_are():
    assert with_places("--limit is wrong", {"limit": "flag"}) == "--limit is wrong"
    with (
        pytest.raises(ValueError, match=r"^--limit$"),
        naming_places({"limit": "news.toml: limit"}),
    ):
        raise ValueError("--limit")


def test_a_few_flags_are_read_whatever_else_is_wrong(write, monkeypatch):
    config = write('limits = 5\nlog_format = "json"\n')
    assert log_format([config, "--input"]) == "json"
    assert log_format([config, "--log_format=text"]) == "text"
    monkeypatch.setenv("NEWS_ENTITIES_LOG_FORMAT", "json")
    assert log_format([]) == "json"
    assert log_format([write("limit =")]) == "json"
    monkeypatch.setenv("NEWS_ENTITIES_LOG_FORMAT", "xml")
    assert log_format([]) == "text"


def test_what_is_peeked_at_are_the_flags_of_the_parser_alone(write):
    parser = Parser(add_help=False)
    parser.add_argument("--wait", type=int, default=0)
    parser.add_argument("--config")
    assert peek(parser, "run", [write("wait = 5\nlimit = 0")]) == argparse.Namespace(
        wait=5, config="news.toml"
    )

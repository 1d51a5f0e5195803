"""What --print_config prints can be read by a person, and given to --config."""

import re
import tomllib
from pathlib import Path

import pytest

from pipeline.arguments import Several
from pipeline.cli import main
from pipeline.commands import COMMANDS, RUN, make_command_parser
from pipeline.configuration.resolve import resolve
from pipeline.configuration.show import show

RUN_FLAGS = ["--input", "a b.txt", "c.txt", "--output=out", "--overwrite", "--keep=a=b"]


def shown(*words, command="run", **variables):
    parser = make_command_parser(command)
    return "\n".join(show(parser, command, resolve(parser, command, words, variables)))


def line(text, name):
    [found] = re.findall(rf"^(?:# )?{name}(?: .*)?$", text, re.MULTILINE)
    return re.sub(" +", " ", found)


def test_every_value_stands_with_where_it_comes_from(tmp_path):
    file = tmp_path / "news.toml"
    file.write_text('[input]\ndate_field = "date"\n[beam]\nrunner = "SparkRunner"\n')
    text = shown(*RUN_FLAGS, f"--config={file}", "--parallelism", "2", NEWS_ENTITIES_LIMIT="5")
    assert line(text, "input") == 'input = ["a b.txt", "c.txt"] # flag'
    assert line(text, "overwrite") == "overwrite = true # flag"
    assert line(text, "limit") == "limit = 5 # NEWS_ENTITIES_LIMIT"
    assert line(text, "date_field") == f'date_field = "date" # {file}: input.date_field'
    assert line(text, "encoding") == '# encoding = "utf-8" # default'
    assert line(text, "wait") == "# wait = 0 # default"
    assert line(text, "format") == "# format # default: told by each name"
    assert line(text, "runner") == f'runner = "SparkRunner" # {file}: beam.runner'
    assert line(text, "parallelism") == 'parallelism = "2" # flag'


def test_what_is_required_and_not_given_is_told():
    assert line(shown(), "input") == "# input # required, and not given"


def test_a_value_that_stands_for_none_is_told_with_its_origin():
    assert line(shown(NEWS_ENTITIES_WORKERS="auto"), "workers").startswith(
        "# workers # NEWS_ENTITIES_WORKERS: auto, one for each"
    )


@pytest.mark.parametrize("command", [RUN, *COMMANDS])
def test_every_flag_is_shown(command):
    text = shown(command=command)
    for action in make_command_parser(command)._actions:
        if action.option_strings and action.dest not in ("config", "help", "print_config"):
            assert action.dest == "version" or line(text, action.dest)


@pytest.mark.parametrize("command", [RUN, *COMMANDS])
def test_what_is_shown_is_a_file_that_says_the_same(command, tmp_path):
    """All flags are given, so that none is a comment."""
    parser = make_command_parser(command)
    variables = {}
    for action in parser._actions:
        if action.option_strings and action.dest not in ("config", "help", "print_config"):
            name = action.dest if command == RUN else f"{command}_{action.dest}"
            variables[f"NEWS_ENTITIES_{name}".upper()] = value_for(action)
    variables.pop("NEWS_ENTITIES_VERSION", None)
    before = resolve(parser, command, [], variables)
    file = tmp_path / "shown.toml"
    file.write_text("\n".join(show(parser, command, before)))
    assert tomllib.loads(file.read_text()) or not variables
    after = resolve(parser, command, [f"--config={file}"], {})
    assert {**vars(after.args), "config": None} == vars(before.args)


def value_for(action):
    """Returns a value that is not the default."""
    if action.choices:
        return [*action.choices][-1]
    if isinstance(action.default, bool):
        return "true"
    if action.dest == "label_names":
        return "O,B-PER,I-PER"
    if isinstance(action, Several):
        return '["a \\"b\\" \u202e", "é"]'
    shares = dict.fromkeys(
        ("max_reject_ratio", "min_score", "warmup_ratio", "learning_rate"), "0.25"
    )
    special = {"encoding": "utf-16", "delimiter": "tab", "memory": "1GB"}
    return (shares | special).get(action.dest, "1000")


@pytest.mark.parametrize(
    ("words", "secret"),
    [
        (["--input=https://ann:hunter2@news/a.txt"], "hunter2"),
        (["--input=https://news/a.txt?token=hunter2"], "hunter2"),
        (["--input=s3://key:hunter2@news/a.txt"], "hunter2"),
        (["--output=s3://key:hunter2@news/out"], "hunter2"),
        (["--s3_secret_access_key=hunter2"], "hunter2"),
        (["--some_password", "hunter2"], "hunter2"),
    ],
)
def test_what_is_secret_is_not_shown(words, secret):
    text = shown(*words)
    assert secret not in text
    assert re.search("# flag; what is secret is not shown$", text, re.MULTILINE)
    # Nobody takes for a value what is left of it.
    tomllib.loads(text)
    assert not re.search(r"^\w+ =", text, re.MULTILINE)


def test_a_control_character_is_shown_as_toml_has_it():
    text = shown("--id_field", "a\x1b\x7f\u202eb")
    assert not {"\x1b", "\x7f"} & {*text}
    assert tomllib.loads(text)["input"]["id_field"] == "a\x1b\x7f\u202eb"


@pytest.mark.parametrize("words", [[*RUN_FLAGS], ["tag"], ["verify"], ["completion", "bash"]])
def test_the_command_stops_when_it_has_shown_them(words, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as end:
        main([*words, "--print_config"])
    assert not end.value.code
    assert tomllib.loads(capsys.readouterr().out) is not None
    assert [*Path().iterdir()] == []

"""What the flags of all commands have in common."""

import argparse

import pytest

from pipeline.arguments import Parser, Several, add_switch, did_you_mean, parse_list
from pipeline.errors import UsageError


@pytest.fixture
def parser():
    parser = Parser()
    parser.add_argument("--name", required=True)
    parser.add_argument("--keep", action=Several, nargs="+", default=["id"])
    add_switch(parser, "--fast", "hurry")
    return parser


def test_flags_are_written_whole(parser):
    with pytest.raises(UsageError, match="unknown flag --nam; did you mean --name"):
        parser.parse(["--nam", "x"])


def test_what_is_missing_is_named_after_what_is_misspelt(parser):
    with pytest.raises(UsageError, match="required: --name"):
        parser.parse(["--keep", "a"])


def test_a_word_without_a_flag_is_asked_about(parser):
    with pytest.raises(UsageError, match="what is 'b'"):
        parser.parse(["--name", "a", "b"])


def test_values_take_the_place_of_the_default_and_add_up(parser):
    assert parser.parse(["--name=x"]).keep == ["id"]
    assert parser.parse(["--name=x", "--keep", "a", "--keep", "b"]).keep == ["a", "b"]


@pytest.mark.parametrize("given", [["--fast"], ["--fast", "true"], ["--fast=TRUE"]])
def test_a_switch_is_given_or_has_a_value(parser, given):
    assert parser.parse(["--name=x", *given]) == argparse.Namespace(
        name="x", keep=["id"], fast=True
    )


def test_a_list_is_json_of_strings_only():
    assert parse_list('["a"]') == ["a"]
    assert parse_list("[1]") == ["[1]"]
    assert parse_list("[]") == ["[]"]


def test_what_is_far_from_all_names_has_no_proposal():
    assert did_you_mean("xyz", ["train", "tag"]) == ""

"""Every flag has one name in the environment, and one place in a file."""

from collections import Counter

import pytest

from pipeline.commands import COMMANDS, RUN, make_command_parser
from pipeline.configuration.known import BEAM, SHARED, known, settings_of, variable


@pytest.mark.parametrize("command", [RUN, *COMMANDS])
def test_every_flag_is_a_setting(command):
    parser = make_command_parser(command)
    flags = {flag[2:] for flag in parser.flags if flag.startswith("--")}
    left = {"config", "help", "print_config", "version"}
    assert {*known().flags[command]} == {*settings_of(parser)} == flags - left


def test_no_two_flags_have_one_variable():
    names = Counter(
        variable(command, flag) for command, flags in known().flags.items() for flag in flags
    )
    assert names["NEWS_ENTITIES_TOKEN_BUDGET"] == names["NEWS_ENTITIES_TRAIN_OUTPUT"] == 1
    assert [name for name, count in names.items() if count > 1] == []
    assert not [name for name in names if name.startswith(f"NEWS_ENTITIES_{BEAM.upper()}_")]


def test_every_flag_of_the_main_job_stands_in_one_section():
    sections = known().sections
    assert "max_expansion" in sections["input"]
    flags = [flag for flags in sections.values() for flag in flags]
    assert sorted(flags) == sorted(known().flags[RUN])


def test_no_section_has_two_meanings():
    names = [*known().sections, RUN, *COMMANDS, BEAM]
    assert len(names) == len({*names})


def test_what_is_shared_is_a_flag_of_the_main_job_and_of_others():
    for flag in SHARED:
        assert flag in known().flags[RUN]
        assert any(flag in known().flags[command] for command in COMMANDS)


def test_what_is_not_shared_would_mean_something_else():
    """The folder of a training is no place of tables."""
    assert "output" not in SHARED

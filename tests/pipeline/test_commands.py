import pytest

from pipeline.commands import COMMANDS, RUN, load_command, make_command_parser


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_a_module_that_says_what_it_does(name):
    command = load_command(name)
    assert command.__doc__
    assert callable(command.run)


@pytest.mark.parametrize("name", [RUN, *COMMANDS])
def test_every_command_takes_a_file_of_settings(name):
    assert {"--config", "--print_config", "--help"} <= {*make_command_parser(name).flags}

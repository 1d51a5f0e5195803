"""Which settings there are: the flags of all commands, and their names in files and variables."""

import argparse
import functools
from dataclasses import dataclass

from pipeline.arguments import Parser
from pipeline.commands import COMMANDS, RUN, make_command_parser

PREFIX = "NEWS_ENTITIES_"
CONFIG_VARIABLE = f"{PREFIX}CONFIG"
# The section of Beam's own flags, which stand beside those of the main job.
BEAM = "beam"
# What these say for the main job holds for every command that has the flag: they mean the same.
SHARED = ("device", "label_names", "model", "model_revision", "precision", "workers")

# They say what to do, and where the rest stands.
_NO_SETTINGS = ("config", "help", "print_config", "version")


@dataclass(frozen=True)
class Known:
    """The settings that there are.

    Attributes:
      flags: of each command, its flags that are settings.
      sections: of a file, for flags of the main job: those of --help, with their flags.
    """

    flags: dict[str, tuple[str, ...]]
    sections: dict[str, tuple[str, ...]]

    @property
    def variables(self) -> dict[str, tuple[str, str]]:
        """Command and flag of each variable of the environment."""
        return {
            variable(command, flag): (command, flag)
            for command, flags in self.flags.items()
            for flag in flags
        }


def variable(command: str, flag: str) -> str:
    """Returns the name of a flag's variable.

    >>> variable("run", "token_budget"), variable("tag", "json")
    ('NEWS_ENTITIES_TOKEN_BUDGET', 'NEWS_ENTITIES_TAG_JSON')
    """
    scope = "" if command == RUN else f"{command}_"
    return f"{PREFIX}{scope}{flag}".upper()


@functools.cache
def known() -> Known:
    """Finds the settings of all commands; it loads the modules of all of them."""
    parsers = {name: make_command_parser(name) for name in (RUN, *COMMANDS)}
    return Known(
        flags={name: tuple(settings_of(parser)) for name, parser in parsers.items()},
        sections={
            group.title: flags
            for group in parsers[RUN]._action_groups
            if group.title and (flags := tuple(_settings(group._group_actions)))
        },
    )


def settings_of(parser: Parser) -> dict[str, argparse.Action]:
    """Returns a parser's flags that are settings, by their names."""
    return _settings(parser._actions)


def _settings(actions: list[argparse.Action]) -> dict[str, argparse.Action]:
    return {
        action.dest: action
        for action in actions
        if action.option_strings and action.dest not in _NO_SETTINGS
    }

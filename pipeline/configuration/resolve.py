"""Gives each flag its value: of the command line, the environment, a file, or its default.

What comes first in this order takes the place of the rest; values of a list do not add up.
"""

import argparse
import contextlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.arguments import Parser, Several, parse_list, read_truth, underscored
from pipeline.commands import RUN
from pipeline.configuration.config_file import read_config
from pipeline.configuration.known import BEAM, CONFIG_VARIABLE, PREFIX, known, settings_of
from pipeline.configuration.layers import Given, InVariable, Layer, environment_layer, file_layer
from pipeline.errors import UsageError

COMMAND_LINE = "flag"

_FLAG = re.compile(r"--(\w+)")


@dataclass(frozen=True)
class Resolved:
    """What a command is asked to do.

    Attributes:
      args: the value of each flag.
      others: words that are none of its flags: Beam's perhaps.
      origins: where each flag comes from that is given, Beam's too: COMMAND_LINE or a place.
    """

    args: argparse.Namespace
    others: list[str]
    origins: dict[str, str]


def resolve(
    parser: Parser, command: str, words: Sequence[str], environment: Mapping[str, str] | None = None
) -> Resolved:
    """Reads a command's flags, and looks elsewhere for those that are not given.

    What is required may still be missing: `check_required` tells.

    Args:
      environment: that of this process, if None.

    Raises:
      UsageError: a value or a name cannot be right; the message says where it stands.
    """
    args, others = parser.parse_known(words)
    layers, problems = _look(args.config, os.environ if environment is None else environment)
    if problems:
        raise UsageError("\n".join(problems))
    origins = dict.fromkeys(_given(parser, words), COMMAND_LINE)
    for flag, given in _find(layers, parser, command):
        if flag not in origins:
            setattr(args, flag, _read(parser, flag, given))
            origins[flag] = given.place
    origins |= dict.fromkeys(_names(others), COMMAND_LINE)
    for flag, given in _beams(layers) if command == RUN else ():
        if flag not in origins:
            others = [*_beam_words(flag, given), *others]
            origins[flag] = given.place
    return Resolved(args, others, origins)


def peek(parser: Parser, command: str, words: Sequence[str]) -> argparse.Namespace:
    """Reads as `resolve` does a few flags of a command, and passes over whatever else is wrong.

    Raises:
      UsageError: a value of these flags cannot be right.
    """
    args, _ = parser.parse_known(words)
    layers, _ = _look(args.config, os.environ)
    given_here = {*_given(parser, words)}
    for flag, given in _find(layers, parser, command):
        if flag not in given_here:
            setattr(args, flag, _read(parser, flag, given))
    return args


@contextlib.contextmanager
def naming_places(origins: Mapping[str, str]) -> Iterator[None]:
    """Has errors say where the flags that they name come from, if not from the command line.

    Raises:
      UsageError: one was raised within.
    """
    try:
        yield
    except UsageError as error:
        error.args = (with_places(str(error), origins),)
        raise


def with_places(message: str, origins: Mapping[str, str]) -> str:
    """Adds to a message where the flags that it names come from, if not from the command line.

    >>> with_places("--limit 0 is wrong", {"limit": "news.toml: limit"})
    '--limit 0 is wrong (--limit comes from news.toml: limit)'
    """
    places = {name: origins.get(name, COMMAND_LINE) for name in _FLAG.findall(message)}
    said = [f"--{name} comes from {p}" for name, p in places.items() if p != COMMAND_LINE]
    return f"{message} ({', '.join(said)})" if said else message


def _look(place: str | None, environment: Mapping[str, str]) -> tuple[list[Layer], list[str]]:
    """Returns what environment and file say, in this order, and what is wrong with it."""
    layers: list[Layer] = []
    problems: list[str] = []
    # To know all names, all commands have to be loaded.
    if any(name.startswith(PREFIX) for name in environment):
        layers.append(environment_layer(environment, known()))
    named_by = "--config" if place else CONFIG_VARIABLE
    place = place or environment.get(CONFIG_VARIABLE)
    if place:
        try:
            layers.append(file_layer(read_config(place, named_by), place, known()))
        except UsageError as error:
            problems.append(str(error))
    return layers, [problem for layer in layers for problem in layer.problems] + problems


def _find(layers: Sequence[Layer], parser: Parser, command: str) -> Iterator[tuple[str, Given]]:
    """Yields what the first layer that says anything of a flag says."""
    for flag in settings_of(parser):
        for layer in layers:
            given = layer.find(command, flag)
            if given is not None:
                yield flag, given
                break


def _given(parser: Parser, words: Sequence[str]) -> Iterator[str]:
    """Yields the flags of the parser that stand in the command line."""
    for word in words:
        if word == "--":
            return
        action = parser._option_string_actions.get(underscored(word).partition("=")[0])
        if action is not None:
            yield action.dest


def _read(parser: Parser, flag: str, given: Given) -> Any:
    """Reads a value as it is read after its flag."""
    action = settings_of(parser)[flag]
    is_switch = isinstance(action.default, bool)
    values = given.values(isinstance(action, Several), is_switch)
    try:
        if action.nargs == 0:  # the flag takes no value in the command line
            return read_truth(values[0])
        args, _ = parser.parse_known([f"--{flag}={value}" for value in values])
        return getattr(args, flag)
    except (UsageError, argparse.ArgumentTypeError) as error:
        message = str(error).removeprefix(f"argument --{flag}: ")
        raise UsageError(f"{given.place}: {message}") from error


def _names(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        if word.startswith("--"):
            yield word[2:].partition("=")[0]


def _beams(layers: Sequence[Layer]) -> Iterator[tuple[str, Given]]:
    for layer in layers:
        for (scope, flag), given in layer.values.items():
            if scope == BEAM:
                yield flag, given


def _beam_words(flag: str, given: Given) -> list[str]:
    """Writes a flag of Beam's, whose kind is not known here: true is a switch."""
    # Not in words: a value such as {"command": "/boot"} is one.
    if isinstance(given, InVariable):
        values = parse_list(given.text)
    else:
        values = given.values(several=True, truth=True)
    if values == ["false"]:
        raise UsageError(f"{given.place}: Beam's switches are given or not; leave it out")
    return [f"--{flag}" if value == "true" else f"--{flag}={value}" for value in values]

"""Shows the value of each flag and where it comes from, as a file that --config takes."""

import argparse
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

from pipeline.arguments import COMMAND, Parser, default_of
from pipeline.commands import RUN
from pipeline.configuration.known import BEAM, settings_of
from pipeline.configuration.resolve import Resolved
from pipeline.terminal import say
from transforms.files.addresses import hide_secrets

# A value's line is filled up to here, so that what is said of it stands in a column.
_WIDTH = 40
# Beam and its runners have flags whose values nobody else is to read.
_SECRET = re.compile("secret|password|passwd|token|credential|access_key|api_key")
# TOML allows neither of these in a string, and JSON has no escape for them.
_CONTROLS = re.compile("[\x7f-\x9f]")


def show_and_stop(parser: Parser, command: str, found: Resolved) -> NoReturn:
    """Prints what a command is asked to do, and ends it."""
    say(*show(parser, command, found))
    parser.exit()


def show(parser: Parser, command: str, found: Resolved) -> Iterator[str]:
    """Yields lines of TOML: what is given with its place, and defaults as comments."""
    yield f"# {COMMAND} {command}: each flag, and where its value comes from"
    for title, actions in _sections(parser, command):
        yield f"\n[{title}]"
        for action in actions:
            value, origin = getattr(found.args, action.dest), found.origins.get(action.dest)
            yield _line(action, value, origin)
    if found.others:
        yield f"\n[{BEAM}]"
    for name, value in _beam_values(found.others).items():
        shown = f"{name} = ..." if _SECRET.search(name) else None
        yield _given(name, value, found.origins[name], shown)


def _sections(parser: Parser, command: str) -> Iterator[tuple[str, list[argparse.Action]]]:
    """Yields the sections in which a command's flags stand, with the flags."""
    settings = settings_of(parser)
    if command != RUN:
        yield command, [*settings.values()]
        return
    for group in parser._action_groups:
        actions = [a for a in group._group_actions if settings.get(a.dest) is a]
        if actions:
            yield str(group.title), actions


def _line(action: argparse.Action, value: Any, origin: str | None) -> str:
    has_value = value is not None and value != []
    if origin is not None and has_value:
        return _given(action.dest, value, origin)
    if has_value:
        return _with_note(f"# {action.dest} = {_toml(value)}", "default")
    if origin is None and action.required:
        return _with_note(f"# {action.dest}", "required, and not given")
    return _with_note(f"# {action.dest}", f"{origin or 'default'}: {default_of(action) or 'none'}")


def _given(name: str, value: Any, origin: str, shown: str | None = None) -> str:
    """Returns the line of a value that is given; a secret in it makes it a comment.

    Args:
      shown: what is to be shown in its place, if not the value without its secrets.
    """
    text = f"{name} = {_toml(value)}"
    shown = shown or hide_secrets(text)
    if shown == text:
        return _with_note(text, origin)
    return _with_note(f"# {shown}", f"{origin}; what is secret is not shown")


def _with_note(text: str, note: str) -> str:
    return f"{text.ljust(_WIDTH)}  # {note}"


def _beam_values(words: Sequence[str]) -> dict[str, Any]:
    """Takes words of the command line for flags of Beam with one value, several or true."""
    values: dict[str, list[str]] = {}
    name = ""
    for word in words:
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            values.setdefault(name, []).extend([value] if equals else [])
        else:
            values.setdefault(name, []).append(word)
    return {
        name: (given if len(given) > 1 else given[0]) if given else True
        for name, given in values.items()
    }


def _toml(value: Any) -> str:
    """Writes a value as TOML.

    >>> _toml(["a", 1, True])
    '["a", 1, true]'
    """
    text = json.dumps(value, ensure_ascii=False, default=str)
    return _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)

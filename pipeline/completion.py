"""Prints a script that completes the command's words in a shell: bash, zsh or fish."""

import argparse

from pipeline.arguments import Parser

_SHELLS = ("bash", "zsh", "fish")
# What a flag's value is, by how its help calls it.
_FILES = {"FILE", "M", "MODEL", "OUT", "PATTERN", "PLACE"}
_FOLDERS = {"FOLDER"}
# shtab's own would take the next flag after `--input a` for one more file.
_BASH_FILES = """
_news_entities_files() {
  local word="${COMP_WORDS[COMP_CWORD]}"
  if [[ "$word" == -* ]]; then
    compgen -W "${current_option_strings[*]}" -- "$word"
  else
    compgen -f -- "$1"
  fi
}
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `completion`."""
    parser.add_argument(
        "shell", choices=_SHELLS, metavar="SHELL", help="the shell that the script is for"
    )


def run(args: argparse.Namespace) -> int:
    """Prints the script."""
    import shtab

    preamble = _BASH_FILES if args.shell == "bash" else ""
    print(shtab.complete(make_tree(), args.shell, preamble=preamble))
    return 0


def make_tree() -> Parser:
    """Makes a parser of the whole command, with each command's flags, for what completes them."""
    from pipeline.commands import COMMANDS, RUN, load_command, make_command_parser
    from pipeline.options import make_parser

    tree = make_parser()
    commands = tree.add_subparsers(metavar="COMMAND")
    for name in (RUN, *COMMANDS):
        parser = make_command_parser(name)
        about = tree.description if name == RUN else load_command(name).__doc__
        commands.add_parser(name, parents=[parser], add_help=False, help=about)
    for action in (a for p in (tree, *commands.choices.values()) for a in p._actions):
        _describe(action)
    return tree


def _describe(action: argparse.Action) -> None:
    """Says of a flag's value what it is, in the way of shtab."""
    import shtab

    if isinstance(action.default, bool):
        action.nargs = 0  # nobody writes --overwrite true
    elif action.metavar in _FILES:
        action.complete = shtab.FILE | {"bash": "_news_entities_files"}  # type: ignore[attr-defined]
    elif action.metavar in _FOLDERS:
        action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]

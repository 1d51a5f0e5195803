"""What the flags of all commands have in common."""

import argparse
import difflib
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from pipeline.errors import UsageError

# A person calls the program by this name; `python -m pipeline` is the same.
COMMAND = "news-entities"

# How help texts end that say the default.
SAID_DEFAULT = re.compile(r"\s*\(default: ([^()]*)\)")


class Parser(argparse.ArgumentParser):
    """Raises UsageError instead of ending the process; flags are written whole."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, allow_abbrev=False)

    def add_version(self) -> None:
        self.add_argument("--version", action=_Version, help="print the version and stop")

    def error(self, message: str) -> NoReturn:
        raise UsageError(message)

    def parse(self, words: Sequence[str]) -> argparse.Namespace:
        """Reads a command's flags, and refuses all others."""
        args, others = self.parse_known(words)
        if others:
            refuse_flag(others[0], self.flags)
        self.check_required(args)
        return args

    def parse_known(self, words: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
        """Reads the flags that are known, and gives the other words back.

        `check_required` says which is missing: it may be among the others, misspelt.
        """
        required = [action for action in self._actions if action.required]
        for action in required:
            action.required = False
        try:
            return self.parse_known_args([underscored(word) for word in words])
        finally:
            for action in required:
                action.required = True

    def check_required(self, args: argparse.Namespace) -> None:
        needed = [action for action in self._actions if action.required]
        missing = [
            a.option_strings[0] if a.option_strings else str(a.metavar)
            for a in needed
            if getattr(args, a.dest) is None
        ]
        if missing:
            self.error(f"the following arguments are required: {', '.join(missing)}")

    @property
    def flags(self) -> list[str]:
        return [*self._option_string_actions]


class _Version(argparse.Action):
    """Prints the version of the installed package, and ends the command."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str) -> None:
        super().__init__(option_strings, dest, nargs=0, default=argparse.SUPPRESS, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> NoReturn:
        # Loading it takes longer than reading the flags.
        from importlib.metadata import version

        print(COMMAND, version(COMMAND))
        parser.exit()


class Several(argparse.Action):
    """Takes several values: `--keep a b`, `--keep a --keep b` or `--keep '["a", "b"]'`.

    The last form is for schedulers and templates, which give each flag once, as --name=value.
    """

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        before = getattr(namespace, self.dest)
        given = [name for value in values for name in parse_list(value)]
        setattr(namespace, self.dest, given if before is self.default else [*before, *given])


def parse_list(value: str) -> list[str]:
    """Reads a JSON list of strings; any other value is one by itself, as it is.

    >>> parse_list('["a, b", "c"]'), parse_list("[ab]*.txt")
    (['a, b', 'c'], ['[ab]*.txt'])
    """
    try:
        names = json.loads(value)
    except ValueError:
        return [value]
    is_list = isinstance(names, list) and all(isinstance(name, str) for name in names)
    return names if names and is_list else [value]


def add_switch(group: argparse._ActionsContainer, flag: str, help: str) -> None:
    """Adds a flag that is given or not, or, where each has to have a value, as --flag=true."""
    group.add_argument(
        flag, nargs="?", type=read_truth, const=True, default=False, metavar="true|false", help=help
    )


def add_output_argument(parser: argparse.ArgumentParser) -> None:
    """Adds the place of an output that is there already."""
    parser.add_argument(
        "out",
        metavar="OUT",
        help="the --output of a job: a folder, or s3:// or gs:// and a prefix",
    )


def add_config_arguments(parser: argparse._ActionsContainer) -> None:
    """Adds the flags that say where other flags stand, and show what comes of it."""
    parser.add_argument(
        "--config",
        metavar="FILE",
        help="a .toml or .yaml with more flags; those of the command line come first, then "
        "variables of the environment (NEWS_ENTITIES_LIMIT, ...), then the file (default: none)",
    )
    parser.add_argument(
        "--print_config",
        action="store_true",
        help="print the value of each flag and where it comes from, and stop",
    )


def default_of(action: argparse.Action) -> str:
    """Says what holds where a flag is not given: what its help says, or else its default."""
    said = SAID_DEFAULT.search((action.help or "") % vars(action))
    if said:
        return said[1]
    return str(action.default) if action.default else ""


def read_truth(value: str) -> bool:
    """Reads the value of a switch."""
    if value.lower() not in ("true", "false"):
        raise argparse.ArgumentTypeError(f"must be true or false, got {value}")
    return value.lower() == "true"


def refuse_flag(word: str, flags: Iterable[str]) -> NoReturn:
    """Says what is wrong with a word that no parser knows, by the flags that there are."""
    flag = word.partition("=")[0]
    if not flag.startswith("-"):
        raise UsageError(f"what is {word!r}? It follows no flag that takes it")
    raise UsageError(f"unknown flag {flag}{did_you_mean(flag, flags)}")


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """Proposes the nearest of some names; empty where none is near.

    >>> did_you_mean("tagg", ["train", "tag"])
    '; did you mean tag?'
    """
    near = nearest(name, names)
    return f"; did you mean {near}?" if near else ""


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Returns the nearest of some names, if one is near."""
    near = difflib.get_close_matches(name, [*names], n=1)
    return near[0] if near else None


def underscored(word: str) -> str:
    """Takes hyphens in a flag's name for underscores.

    >>> underscored("--text-field=a-b")
    '--text_field=a-b'
    """
    if not word.startswith("--"):
        return word
    name, equals, value = word.partition("=")
    return "--" + underscored_name(name[2:]) + equals + value


def underscored_name(name: str) -> str:
    """Takes hyphens for underscores."""
    return name.replace("-", "_")

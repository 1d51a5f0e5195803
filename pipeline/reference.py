"""Writes the tables of docs/reference, each between two marks in a page of prose.

    <!-- table: columns entities -->
    <!-- end -->

Names, types and defaults come from the code. What a column or a reason, say, means is said
in the page alone, in the last cell of its row, which stays when the table is written anew.

python -m pipeline.reference [--check]
"""

import argparse
import dataclasses
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from pipeline.arguments import SAID_DEFAULT, default_of
from pipeline.commands import make_command_parser
from pipeline.errors import ExitCode
from transforms import records, tag_texts

PAGES = Path(__file__).parents[1] / "docs" / "reference"

_TABLE = re.compile(r"(<!-- table: (\w+)(?: (\w+))? -->\n)(.*?)(<!-- end -->)", re.DOTALL)
_MEANING = "Meaning"


def main(words: Sequence[str]) -> int:
    """Writes the pages; with --check, only says which differ. Returns the exit code."""
    stale = [(path, new) for path, new in renewed_pages() if path.read_text() != new]
    for path, new in stale:
        if "--check" in words:
            print(f"{path} is stale: run python -m pipeline.reference", file=sys.stderr)
        else:
            path.write_text(new)
    return 1 if stale and "--check" in words else 0


def renewed_pages() -> Iterator[tuple[Path, str]]:
    """Yields each page with its text as the code would have it now."""
    for path in sorted(PAGES.glob("*.md")):
        yield path, renew(path.read_text())


def renew(page: str) -> str:
    """Returns a page with all its tables written anew.

    Raises:
      KeyError: a mark names no table.
    """
    return _TABLE.sub(_renew, page)


def _renew(found: re.Match[str]) -> str:
    mark, kind, name, old, end = found.groups()
    return f"{mark}{_KINDS[kind](name, old)}{end}"


def _flags(command: str, _: str) -> str:
    """Returns a table for each group of a command's flags."""
    sections = []
    for group in make_command_parser(command)._action_groups:
        rows = [_flag(action) for action in group._group_actions if action.dest != "help"]
        if rows:
            table = _table(("Flag", "Value", "Default", _MEANING), rows)
            title = (group.title or "").removeprefix("positional ").capitalize()
            sections.append(f"\n### {title}\n{table}")
    return "".join(sections)


def _flag(action: argparse.Action) -> tuple[str, ...]:
    meaning = SAID_DEFAULT.sub("", (action.help or "") % vars(action))
    default = "required" if action.required else default_of(action)
    return _name(action), _value(action), default, meaning


def _name(action: argparse.Action) -> str:
    return f"`{action.option_strings[0]}`" if action.option_strings else ""


def _value(action: argparse.Action) -> str:
    """Says what follows a flag; nothing where it is a switch."""
    if action.choices:
        return ", ".join(f"`{choice}`" for choice in action.choices)
    if action.nargs == 0 or action.const is True:
        return ""
    value = action.metavar or action.dest.upper()
    if action.nargs == "?":
        return f"`[{value}]`"
    several = " ..." if action.nargs in ("+", "*") else ""
    return f"`{value}{several}`"


def _columns(table: str, old: str) -> str:
    schema = getattr(records, f"{table.upper()}_SCHEMA")
    rows = [
        (f"`{field.name}`", str(field.type), "may be" if field.nullable else "never")
        for field in schema
    ]
    return _with_meanings(("Column", "Type", "Null"), rows, old)


def _fields(name: str, old: str) -> str:
    fields = dataclasses.fields(getattr(tag_texts, name))
    rows = [(f"`{field.name}`", getattr(field.type, "__name__", "")) for field in fields]
    return _with_meanings(("Attribute", "Type"), rows, old)


def _reasons(scope: str, old: str) -> str:
    return _with_meanings(("Reason",), [(f"`{name}`",) for name in records.REASONS[scope]], old)


def _codes(_: str, old: str) -> str:
    codes = [(f"{code.value}",) for code in ExitCode]
    return _with_meanings(("Code",), codes, old)


_KINDS: dict[str, Callable[[str, str], str]] = {
    "flags": _flags,
    "columns": _columns,
    "fields": _fields,
    "reasons": _reasons,
    "codes": _codes,
}


def _with_meanings(head: tuple[str, ...], rows: Iterable[tuple[str, ...]], old: str) -> str:
    """Returns a table whose last cells are those that the old one has for the same first cells."""
    cells = [line.strip("| ").split(" | ") for line in old.splitlines()]
    meanings = {row[0]: row[-1] for row in cells if len(row) > len(head)}
    return _table((*head, _MEANING), [(*row, meanings.get(row[0], "")) for row in rows])


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(["\n", *(f"| {' | '.join(cells)} |\n" for cells in lines), "\n"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

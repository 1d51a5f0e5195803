"""Carries out a command that counts: opens the tables, counts, and writes the answer."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from pipeline.counting.queries import Choice, literal
from pipeline.counting.tables import open_tables
from pipeline.counting.targets import Target
from pipeline.credentials import check_credentials
from pipeline.errors import ExitCode, UsageError
from pipeline.terminal import say
from transforms.files.places import normalise
from transforms.output.output import Output
from transforms.output.published import find_manifest

Count = Callable[[duckdb.DuckDBPyConnection, Choice], duckdb.DuckDBPyRelation]


def answer(args: argparse.Namespace, name: str, count: Count) -> ExitCode:
    """Writes what a count gives, and says how much it is.

    Args:
      args: the values of `flags.add_counting_arguments`.
      name: of the file, without an ending; in the plural, what a row is.

    Raises:
      UsageError: the flags do not fit each other, or the output.
      DamagedError, CommandError, OSError: see `open_tables`.
    """
    root = normalise(args.out)
    check_credentials("OUT", root)
    target = Target.of(args.output, args.csv, name, root)
    output = Output(root)
    _check_labels(output, args.label)
    choice = Choice(args.min_score, args.label)
    with (
        open_tables(output, ("entities", "documents"), args.memory) as connection,
        TemporaryDirectory(prefix="news-entities-") as folder,
    ):
        found = count(connection, choice)
        if args.limit:
            found = found.limit(args.limit)
        file = Path(folder, "answer")
        rows = _write(connection, found, file, target.csv)
        target.put(file.read_bytes())
    if not target.is_standard_output:
        say(f"{target.place}: {rows:,} {name}")
    return ExitCode.DONE


def _check_labels(output: Output, labels: Sequence[str]) -> None:
    manifest = find_manifest(output)
    if manifest is None:
        raise UsageError(f"{output.root} holds no job that has come to its end")
    tags = (tag.partition("-") for tag in manifest["model"]["labels"])
    known = sorted({label for _, dash, label in tags if dash})
    for label in labels:
        if label not in known:
            raise UsageError(f"--label {label}: the labels of {output.root} are {', '.join(known)}")


def _write(
    connection: duckdb.DuckDBPyConnection, found: duckdb.DuckDBPyRelation, file: Path, csv: bool
) -> int:
    """Writes a file, and returns how many rows it has."""
    if csv and "forms" in found.columns:
        # As everywhere else, what is a list is JSON text in a column of text.
        entries = "list_transform(forms, lambda each: {k: each.form, v: each.mentions})"
        found = found.project(f"* REPLACE (to_json(map_from_entries({entries})) AS forms)")
    form = "FORMAT csv, HEADER" if csv else "FORMAT parquet, COMPRESSION zstd"
    copied = connection.execute(f"COPY ({found.sql_query()}) TO {literal(str(file))} ({form})")
    (rows,) = copied.fetchall()[0]
    return rows

"""The commands that the harness gives, and what a reader sees of their output."""

import argparse
import hashlib
import io
import json
import os
import random
import signal
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq

from pipeline import launch, repair
from pipeline.inspection.inspect_output import inspect_output
from pipeline.options import parse_options
from pipeline.run import run
from tests.fakes import load_capital_tagger
from transforms.model.checkpoint import Checkpoint
from transforms.model.tags import WordTagger
from transforms.output.output import Output
from transforms.output.published import load_parts, parse_parts

BLOCK_BYTES = 150
NAMES = ("Ann", "Bob", "Cy", "Rome", "Oslo", "met", "saw", "the", "kaboom", "old")


def _load(*args: object, **kwargs: object) -> WordTagger:
    return load_capital_tagger()


def _resolve(*args: object) -> Checkpoint:
    return Checkpoint("embedded", "", "", ("O", "B-PER", "I-PER"), "0")


def use_quick_tagger() -> None:
    """Has this process, and those that it forks, tag with the tagger of fakes.py."""
    launch.load_tagger = _load  # type: ignore[assignment]
    launch.resolve_checkpoint = _resolve  # type: ignore[assignment]


def tag(inputs: Path | str, output: str, *flags: str) -> int:
    """Runs the main job over small blocks; returns its exit code."""
    words = ["--input", str(inputs), "--output", output, "--max_reject_ratio", "1", *flags]
    options = parse_options(words)
    return run(replace(options, settings=replace(options.settings, block_bytes=BLOCK_BYTES)))


def mend(output: str) -> int:
    """Runs `repair`; returns its exit code."""
    parser = argparse.ArgumentParser()
    repair.add_arguments(parser)
    return repair.run(parser.parse_args([output, "--workers", "1"]))


Rows = dict[str, list[str]]


def seen(root: str, damaged: frozenset[str] = frozenset()) -> Rows | None:
    """Returns what a reader sees by manifest and list of parts, None where nothing is published.

    Args:
      damaged: the parts that were damaged by hand. If one of them is still listed, the rows are
        none of a whole state, and come back as {}.

    Raises:
      AssertionError: a listed part is not there, or has not the sha256 that the list tells.
    """
    output = Output(root)
    if output.get("manifest.json") is None:
        return None
    parts = load_parts(output)
    rows: Rows = {}
    for part in parts:
        if part.path in damaged:
            continue
        data = output.get(part.path)
        assert data is not None, f"{part.path} is listed, and not there"
        assert hashlib.sha256(data).hexdigest() == part.sha256, part.path
        table = pq.ParquetFile(io.BytesIO(data)).read().to_pylist()
        rows.setdefault(part.table, []).extend(json.dumps(row, default=str) for row in table)
    whole = damaged.isdisjoint(part.path for part in parts)
    return {table: sorted(found) for table, found in rows.items() if found} if whole else {}


def ended(root: str) -> Rows:
    """Returns what a finished output holds, with its inputs; it has to be sound."""
    output = Output(root)
    found = inspect_output(output)
    assert found.is_sound, found
    rows = seen(root)
    assert rows is not None
    table = pq.read_table(io.BytesIO(output.require("inputs.parquet"))).to_pylist()
    rows["inputs"] = [str(row) for row in table]
    rows["counts"] = [str(json.loads(output.require("manifest.json"))["counts"])]
    return rows


def left_over(root: str) -> list[str]:
    """Returns the half-written files that lie in a local output."""
    folder = Path(root, "_run", "tmp")
    return sorted(os.listdir(folder)) if folder.exists() else []


def write_input(folder: Path, name: str, chance: random.Random) -> None:
    """Writes an input of a few records, of a size that no version of it had before."""
    lines = [" ".join(chance.choices(NAMES, k=chance.randrange(1, 9))) for _ in range(4)]
    records = [json.dumps({"text": f"We met {line}."}) for line in lines]
    file = folder / f"{name}.jsonl"
    before = file.stat().st_size if file.exists() else 0
    padding = "\n" * max(1, before + 1 - sum(map(len, records)))
    file.write_text("\n".join(records) + padding)


def damage(root: str, chance: random.Random) -> str:
    """Removes, cuts or alters a listed part; returns its path."""
    output = Output(root)
    path = chance.choice([part.path for part in parse_parts(output.require("parts.parquet"))])
    data = bytearray(output.require(path))
    match chance.randrange(3):
        case 0:
            output.remove(path)
        case 1:
            output.put(path, bytes(data[:-5]))
        case _:
            data[len(data) // 2] ^= 1
            output.put(path, bytes(data))
    return path


def kill(process: int, whom: str, chance: random.Random, find: list[int]) -> None:
    """Kills a process, its group, or one of the workers that it has started.

    Args:
      find: the workers; where there are none yet, the process itself is killed.
    """
    if whom == "group":
        os.killpg(process, signal.SIGKILL)
    else:
        os.kill(chance.choice(find) if whom == "worker" and find else process, signal.SIGKILL)

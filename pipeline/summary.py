"""What a person wants to know when a job is over."""

import io
import os
import shlex
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.arguments import COMMAND
from pipeline.plan.skipped import Skipped, tell
from pipeline.terminal import Screen, fold
from pipeline.wording import amount
from transforms.choices import ANY_LANGUAGE
from transforms.output.output import Output
from transforms.output.published import load_inputs, load_parts
from transforms.records import FILE

# Reading the names of more entities takes longer than it is worth.
_MAX_ENTITIES = 20_000_000
_TOP = 10
_REASONS_WITH_EXAMPLE = 5
_NAME_CHARS = 36

_Name = Callable[[str], str]  # how an input is called


def summarise(
    output: Output,
    manifest: dict[str, Any],
    skipped: Sequence[Skipped] = (),
    report: str | None = None,
    screen: Screen | None = None,
) -> str:
    """Sums up what the tables hold, and what the run's listing passed over.

    Args:
      report: where a report was written.
      screen: what it has to fit; in a log, each line is whole.
    """
    name = str if screen is None else _short_name
    lines = [*_lines(output, manifest, skipped, name)]
    next_steps = [*_next_steps(output, report)]
    if screen is not None:
        lines = fold(lines, screen, keep_free=next_steps)
    return "\n".join([*lines, *next_steps])


def _short_name(uri: str) -> str:
    """Returns the end of a place, so that there is room beside it; a person knows the folder."""
    inside = uri.removeprefix(os.path.join(os.getcwd(), ""))
    return inside if len(inside) <= _NAME_CHARS else f"…{inside[1 - _NAME_CHARS :]}"


def _lines(
    output: Output, manifest: dict[str, Any], skipped: Sequence[Skipped], name: _Name
) -> Iterator[str]:
    counts = manifest["counts"]
    yield (
        f"{amount(counts['documents'], 'document')} of {amount(counts['inputs'], 'input')}: "
        f"{amount(counts['sentences'], 'sentence')}, {amount(counts['words'], 'word')}, "
        f"{amount(counts['entities'], 'entity')}, {amount(counts['rejects'], 'reject')}"
    )
    yield from _untagged(counts["untagged_by_language"], manifest["settings"]["languages"])
    yield from _counted("entities by label", counts["entities_by_label"])
    if counts["entities"] <= _MAX_ENTITIES:
        top = dict(_frequent_names(output).most_common(_TOP))
        yield from _counted("most frequent", top)
    if counts["rejects"]:
        yield from _rejected(output, Counter(counts["rejects_by_reason"]), name)
    if counts["dates_unparsed"]:
        yield _unread_dates(manifest)
    yield from _counted("passed over in crawls", manifest["added"].get("passed_over", {}))
    yield from tell(skipped)


def _next_steps(output: Output, report: str | None) -> Iterator[str]:
    """Yields where everything is, and a command to go on with: what is there to be pasted."""
    yield f"tables: {output.root}"
    if report:
        yield f"report: {report}"
    else:
        yield f"to look at them: {COMMAND} report {shlex.quote(output.root)}"


def _counted(title: str, counts: Mapping[str, int]) -> Iterator[str]:
    if counts:
        yield f"{title}: " + ", ".join(f"{name} {n:,}" for name, n in counts.items())


def _untagged(counts: dict[str, int], wanted: Sequence[str]) -> Iterator[str]:
    """Says how many documents were not tagged for their language, most first."""
    if not counts:
        return
    number = sum(counts.values())
    verbs = "is not in {} and was" if number == 1 else "are not in {} and were"
    told = verbs.format("English" if wanted == ["en"] else " or ".join(wanted))
    by_language = ", ".join(f"{code} {n:,}" for code, n in Counter(counts).most_common())
    tags = f"--languages {ANY_LANGUAGE} tags {'it' if number == 1 else 'them'}"
    yield f"{amount(number, 'document')} {told} not tagged ({by_language}); {tags}"


def _unread_dates(manifest: Mapping[str, Any]) -> str:
    line = f"dates that could not be read, stored as null: {manifest['counts']['dates_unparsed']:,}"
    # The manifests of earlier releases have those of the last job only.
    unread = manifest.get("unread_dates") or manifest["added"].get("unread_dates")
    if not unread:
        return line
    shown = ", ".join(f"'{date}'" for date in unread)
    return f"{line}, such as {shown} (--date_format)"


def _rejected(output: Output, counts: Counter[str], name: _Name) -> Iterator[str]:
    """Says why anything was rejected, with an example of the frequent reasons, and where most."""
    inputs = load_inputs(output)
    yield from _counted("rejects by reason", dict(counts.most_common()))
    examples = _examples(output, counts)
    for reason, _ in counts.most_common(_REASONS_WITH_EXAMPLE):
        if reason in examples:
            yield f"  {reason}: {_example(examples[reason], inputs, name)}"
    yield from _worst(inputs, name)


def _examples(output: Output, counts: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    """Returns the first reject of each reason."""
    examples: dict[str, dict[str, Any]] = {}
    for rows in _parts(output, "rejects", ["reason", "scope", "uri", "position", "message"]):
        reasons = rows["reason"]
        for reason in pc.unique(reasons).to_pylist():
            if reason not in examples:
                [examples[reason]] = rows.slice(pc.index(reasons, reason).as_py(), 1).to_pylist()
        if len(examples) == len(counts):
            break
    return examples


def _example(reject: Mapping[str, Any], inputs: pa.Table, name: _Name) -> str:
    """Returns the place of a reject and what was wrong, in a line."""
    place = name(reject["uri"])
    found = inputs.filter(pc.equal(inputs["uri"], reject["uri"]))["format"].to_pylist()
    if reject["scope"] != FILE and found and not found[0].startswith("txt"):
        place += f", {'row' if found[0] == 'parquet' else 'byte'} {reject['position']}"
    return f"{place}: {' '.join(reject['message'].split())}"


def _worst(inputs: pa.Table, name: _Name) -> Iterator[str]:
    """Names the input of which most records were rejected, if there is a choice."""
    most = pc.max(inputs["rejected"]).as_py() or 0
    if most < 2 or len(inputs) < 2:
        return
    row = inputs.slice(pc.index(inputs["rejected"], most).as_py(), 1).to_pylist()[0]
    yield f"most rejects: {most:,} of {amount(row['records'], 'record')} in {name(row['uri'])}"


def _frequent_names(output: Output) -> Counter[str]:
    names: Counter[str] = Counter()
    for rows in _parts(output, "entities", ["resolved_name", "label"]):
        columns = (rows[name].to_pylist() for name in ("resolved_name", "label"))
        names.update(f"{name} ({label})" for name, label in zip(*columns, strict=True))
    return names


def _parts(output: Output, table: str, columns: list[str]) -> Iterator[pa.Table]:
    """Yields some columns of a table, part after part."""
    for part in load_parts(output):
        if part.table == table:
            yield pq.read_table(io.BytesIO(output.get(part.path) or b""), columns=columns)

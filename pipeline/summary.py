"""What a person wants to know when a job is over."""

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.plan.skipped import Skipped, tell
from pipeline.wording import amount
from transforms.choices import ANY_LANGUAGE
from transforms.output.output import Output
from transforms.output.published import load_parts

# Reading the names of more entities takes longer than it is worth.
_MAX_ENTITIES = 20_000_000
_TOP = 10


def summarise(output: Output, manifest: dict[str, Any], skipped: Sequence[Skipped] = ()) -> str:
    """Sums up what the tables hold, and what the run's listing passed over."""
    counts = manifest["counts"]
    lines = [
        f"{amount(counts['documents'], 'document')} of {amount(counts['inputs'], 'input')}: "
        f"{amount(counts['sentences'], 'sentence')}, {amount(counts['words'], 'word')}, "
        f"{amount(counts['entities'], 'entity')}, {amount(counts['rejects'], 'reject')}",
        *_untagged(counts["untagged_by_language"], manifest["settings"]["languages"]),
        *_counted("entities by label", counts["entities_by_label"]),
        *_rejected(output, counts["rejects_by_reason"]),
    ]
    if counts["entities"] <= _MAX_ENTITIES:
        top = dict(_frequent_names(output).most_common(_TOP))
        lines += _counted("most frequent", top)
    if counts["dates_unparsed"]:
        lines.append(f"dates that could not be read, stored as null: {counts['dates_unparsed']:,}")
        unread = manifest["added"].get("unread_dates")
        if unread:
            shown = ", ".join(f"'{date}'" for date in unread)
            lines[-1] += f", such as {shown} (--date_format)"
    lines += tell(skipped)
    query = (
        f"SELECT resolved_name, label, count(*) AS n FROM '{output.uri('entities')}/**/*.parquet' "
        "GROUP BY ALL ORDER BY n DESC LIMIT 10"
    )
    # The package `duckdb` brings no such command.
    lines += [f"tables: {output.root}", f'try (pip install duckdb-cli): duckdb -c "{query}"']
    return "\n".join(lines)


def _counted(title: str, counts: dict[str, int]) -> Iterator[str]:
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


def _rejected(output: Output, counts: dict[str, int]) -> Iterator[str]:
    """Says why anything was rejected, with an input of each reason."""
    examples: dict[str, str] = {}
    for rows in _parts(output, "rejects", ["reason", "uri"]):
        if len(examples) == len(counts):
            break
        columns = (rows[name].to_pylist() for name in ("reason", "uri"))
        for reason, uri in zip(*columns, strict=True):
            examples.setdefault(reason, uri)
    told = (
        f"{reason} {n:,} ({_place(examples.get(reason, '?'), n)})" for reason, n in counts.items()
    )
    if counts:
        yield f"rejects by reason: {', '.join(told)}"


def _place(uri: str, count: int) -> str:
    return uri if count == 1 else f"{uri}, ..."


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

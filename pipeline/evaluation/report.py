"""Shows what an evaluation came to: as JSON, or as tables that fit into 100 columns."""

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.evaluation.calibration import Calibration
from pipeline.evaluation.mistakes import (
    MISSED,
    MISTAKE_KINDS,
    OTHER_ENDS,
    SPURIOUS,
    Example,
    Mistakes,
)
from pipeline.evaluation.scores import Figures, Scores

MAX_COLUMNS = 100
MAX_NAME_CHARS = 24
EXAMPLES = 3  # of each kind of mistake

_CORNER = "gold \\ found"
_LAST_ROWS = (OTHER_ENDS, SPURIOUS)
_LEAST_WIDTH = 5  # of a column of counts


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a model on a file; `by_kind` has those of each kind of text, if any."""

    scores: Scores
    mistakes: Mistakes
    calibration: Calibration
    by_kind: dict[str, Figures] = field(default_factory=dict)


def as_record(report: Report) -> dict[str, Any]:
    """The report as JSON has it, figures unrounded; `by_kind` only if texts have a kind."""
    by_kind = {"by_kind": _as_records(report.by_kind)} if report.by_kind else {}
    return {
        "overall": report.scores.overall_figures(),
        "by_type": _as_records(report.scores.by_type),
        **by_kind,
        "calibration_error": report.calibration.expected_error,
        "by_threshold": _as_records(
            {str(score): row for score, row in report.calibration.by_threshold.items()}
        ),
        "confusion": _confusion_record(report),
        "mistakes": _mistakes_record(report.mistakes),
    }


def as_tables(report: Report) -> str:
    """The report in aligned columns: figures, then which labels and bounds are mistaken."""
    sections = [_figures_table(report.scores.rows())]
    if report.by_kind:
        sections.append(_figures_table(report.by_kind))
    if report.scores.accuracy is not None:
        sections.append(f"accuracy of the words: {report.scores.accuracy:.4f}")
    if report.scores.by_type:
        sections += [
            _confusion_table(report),
            _mistakes_table(report.mistakes),
            _calibration_table(report.calibration),
        ]
    return "\n\n".join(sections)


def _as_records(rows: Mapping[str, Figures]) -> dict[str, dict[str, Any]]:
    return {name: dataclasses.asdict(row) for name, row in rows.items()}


def _figures_table(rows: Mapping[str, Figures]) -> str:
    width = max(map(len, rows))
    lines = [f"{'':{width}}  precision  recall      f1  support"]
    lines += [
        f"{name:{width}}  {row.precision:9.4f}  {row.recall:.4f}  {row.f1:.4f}  {row.support:7}"
        for name, row in rows.items()
    ]
    return "\n".join(lines)


def _confusion_record(report: Report) -> dict[str, dict[str, int]]:
    """The counts by row and column; what is 0 is left out."""
    labels = list(report.scores.by_type)
    counts = report.mistakes.confusion
    return {
        row: {
            column: counts[row, column]
            for column in [*labels, OTHER_ENDS, MISSED]
            if counts[row, column]
        }
        for row in [*labels, *_LAST_ROWS]
    }


def _mistakes_record(mistakes: Mistakes) -> dict[str, dict[str, Any]]:
    return {
        kind: {
            "count": examples.total(),
            "examples": [
                {**_example_record(example), "count": count}
                for example, count in examples.most_common(EXAMPLES)
            ],
        }
        for kind, examples in mistakes.examples.items()
    }


def _example_record(example: Example) -> dict[str, dict[str, str]]:
    """What was to be found and what was; one of them is left out where there is nothing."""
    sides = {
        "gold": {"name": example.gold_name, "label": example.gold_label},
        "found": {"name": example.found_name, "label": example.found_label},
    }
    return {side: mention for side, mention in sides.items() if mention["label"]}


def _confusion_table(report: Report) -> str:
    labels = _labels_that_fit(report)
    counts = report.mistakes.confusion
    columns = [*labels, OTHER_ENDS, MISSED]
    lines = [[_CORNER, *columns]]
    lines += [[row, *(str(counts[row, column]) for column in columns)] for row in labels]
    # Nothing can be in the last two columns of these.
    lines += [[row, *(str(counts[row, column]) for column in labels)] for row in _LAST_ROWS]
    widths = _widths(labels)
    table = [
        "  ".join([f"{row:{widths[0]}}", *map(str.rjust, cells, widths[1:])])
        for row, *cells in lines
    ]
    left_out = len(report.scores.by_type) - len(labels)
    if left_out:
        table.append(f"({left_out} labels with fewer mistakes are left out; --json has them)")
    return "\n".join(table)


def _labels_that_fit(report: Report) -> list[str]:
    """The labels with most mistakes, as many as fit into the columns, sorted."""
    mistakes: Counter[str] = Counter()
    for (row, column), count in report.mistakes.confusion.items():
        if row != column:
            mistakes.update({row: count, column: count})
    labels = sorted(report.scores.by_type, key=lambda label: -mistakes[label])
    while sum(_widths(labels)) + 2 * (len(labels) + 2) > MAX_COLUMNS:
        labels.pop()
    return sorted(labels)


def _widths(labels: Sequence[str]) -> list[int]:
    """The widths of a confusion table's columns, that of its rows' names first."""
    first = max(map(len, [_CORNER, *_LAST_ROWS, *labels]))
    return [first, *(max(len(name), _LEAST_WIDTH) for name in [*labels, OTHER_ENDS, MISSED])]


def _mistakes_table(mistakes: Mistakes) -> str:
    width = max(map(len, MISTAKE_KINDS))
    lines = [f"{'':{width}}  count  most often (gold -> found)"]
    for kind, examples in mistakes.examples.items():
        line = f"{kind:{width}}  {examples.total():5}"
        for number, (example, count) in enumerate(examples.most_common(EXAMPLES)):
            shown = ("; " if number else "  ") + _as_text(example, count)
            if number and len(line + shown) > MAX_COLUMNS:
                break
            line += shown
        lines.append(_cut(line, MAX_COLUMNS))
    return "\n".join(lines)


def _calibration_table(calibration: Calibration) -> str:
    rows = calibration.by_threshold
    cells = {
        "score at least": [f"{threshold:.2f}" for threshold in rows],
        "precision": [f"{row.precision:.4f}" for row in rows.values()],
        "recall": [f"{row.recall:.4f}" for row in rows.values()],
    }
    lines = [
        "".join([f"{name:14}", *(f"{cell:>8}" for cell in row)]) for name, row in cells.items()
    ]
    error = f"expected calibration error of the scores: {calibration.expected_error:.4f}"
    return "\n".join([*lines, "", error])


def _as_text(example: Example, count: int) -> str:
    """A mistake in a few words.

    >>> _as_text(Example("China", "LOC", "China", "ORG"), 3)
    'China LOC -> ORG (3)'
    >>> _as_text(Example("China Daily", "ORG", "China", "LOC"), 1)
    'China Daily ORG -> China LOC'
    """
    gold, found = _cut(example.gold_name), _cut(example.found_name)
    if not (example.gold_label and example.found_label):
        shown = f"{gold or found} {example.gold_label or example.found_label}"
    elif example.gold_label == example.found_label:
        shown = f"{gold} -> {found} {example.found_label}"
    elif example.gold_name == example.found_name:
        shown = f"{gold} {example.gold_label} -> {example.found_label}"
    else:
        shown = f"{gold} {example.gold_label} -> {found} {example.found_label}"
    return f"{shown} ({count})" if count > 1 else shown


def _cut(text: str, chars: int = MAX_NAME_CHARS) -> str:
    return text if len(text) <= chars else text[: chars - 1] + "…"

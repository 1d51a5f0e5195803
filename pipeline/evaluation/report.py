"""The report of an evaluation: everything that was measured, and how JSON has it."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.evaluation.calibration import Calibration
from pipeline.evaluation.mistakes import MISSED, OTHER_ENDS, SPURIOUS, Example, Mistakes
from pipeline.evaluation.scores import Figures, Scores

# The rows and columns of a confusion table that are no labels.
LAST_ROWS = (OTHER_ENDS, SPURIOUS)
LAST_COLUMNS = (OTHER_ENDS, MISSED)


@dataclass(frozen=True, slots=True)
class Report:
    """How well a model did on a file.

    Attributes:
      scores, mistakes: those of the model's own labels.
      calibration: of the model's scores and the labels that documents have corrected, which the
        tables have side by side.
      corrected: the figures after each document has corrected the labels of its names.
      by_kind: as `corrected`, the figures of each kind of text; empty where texts have no kind.
    """

    scores: Scores
    mistakes: Mistakes
    calibration: Calibration
    corrected: Scores
    by_kind: dict[str, Figures] = field(default_factory=dict)


def as_record(report: Report) -> dict[str, Any]:
    """Returns the report as JSON has it, figures unrounded; `by_kind` only if texts have a kind."""
    by_kind = {"by_kind": _as_records(report.by_kind)} if report.by_kind else {}
    return {
        "overall": report.scores.overall_figures(),
        "by_type": _as_records(report.scores.by_type),
        "with_document_labels": {
            "overall": report.corrected.overall_figures(),
            "by_type": _as_records(report.corrected.by_type),
        },
        **by_kind,
        "calibration_error": report.calibration.expected_error,
        "by_threshold": _as_records(report.calibration.by_threshold),
        "confusion": _confusion_record(report),
        "mistakes": _mistakes_record(report.mistakes),
    }


def _as_records(rows: Mapping[str, Figures] | Mapping[float, Figures]) -> dict[str, dict[str, Any]]:
    return {str(name): dataclasses.asdict(row) for name, row in rows.items()}


def _confusion_record(report: Report) -> dict[str, dict[str, int]]:
    """Returns the counts by row and column; what is 0 is left out."""
    labels = list(report.scores.by_type)
    counts = report.mistakes.confusion
    return {
        row: {
            column: counts[row, column]
            for column in [*labels, *LAST_COLUMNS]
            if counts[row, column]
        }
        for row in [*labels, *LAST_ROWS]
    }


def _mistakes_record(mistakes: Mistakes) -> dict[str, dict[str, Any]]:
    return {
        kind: {
            "count": examples.total(),
            "examples": [
                {**_example_record(example), "count": count}
                for example, count in mistakes.most_frequent(kind)
            ],
        }
        for kind, examples in mistakes.examples.items()
    }


def _example_record(example: Example) -> dict[str, dict[str, str]]:
    """Returns what was to be found and what was; a side on which there is nothing is left out."""
    return {side: named._asdict() for side, named in example._asdict().items() if named}

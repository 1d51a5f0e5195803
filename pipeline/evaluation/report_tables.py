"""Shows the report of an evaluation as tables that fit into 100 columns."""

from collections import Counter
from collections.abc import Mapping, Sequence

from pipeline.evaluation.calibration import Calibration
from pipeline.evaluation.mistakes import MISTAKE_KINDS, Example, Mistakes
from pipeline.evaluation.report import LAST_COLUMNS, LAST_ROWS, Report
from pipeline.evaluation.scores import Figures

MAX_COLUMNS = 100
MAX_NAME_CHARS = 24

_CORNER = "gold \\ found"
_GAP = "  "  # between the columns of a table
_LEAST_WIDTH = 5  # of a column of counts


def as_tables(report: Report) -> str:
    """Shows the figures, then which labels and bounds are mistaken, and how far scores hold."""
    sections = [_figures_table(report.scores.rows())]
    if report.corrected.by_type:
        sections.append(f"with document labels:\n{_figures_table(report.corrected.rows())}")
    if report.by_kind:
        sections.append(_figures_table(report.by_kind))
    if report.scores.accuracy is not None:
        sections.append(f"accuracy of the words: {report.scores.accuracy:.4f}")
    if report.scores.by_type:
        sections += [
            _confusion_table(report),
            _mistakes_table(report.mistakes),
            _thresholds_table(report.calibration),
            f"expected calibration error of the scores: {report.calibration.expected_error:.4f}",
        ]
    return "\n\n".join(sections)


def _figures_table(rows: Mapping[str, Figures]) -> str:
    width = max(map(len, rows))
    lines = [f"{'':{width}}  precision  recall      f1  support"]
    lines += [
        f"{name:{width}}  {row.precision:9.4f}  {row.recall:.4f}  {row.f1:.4f}  {row.support:7}"
        for name, row in rows.items()
    ]
    return "\n".join(lines)


def _confusion_table(report: Report) -> str:
    labels = _labels_that_fit(report)
    counts = report.mistakes.confusion
    columns = [*labels, *LAST_COLUMNS]
    lines = [[_CORNER, *columns]]
    lines += [[row, *(str(counts[row, column]) for column in columns)] for row in labels]
    # The last rows end before the last columns, where they can have no count.
    lines += [[row, *(str(counts[row, column]) for column in labels)] for row in LAST_ROWS]
    widths = _widths(labels)
    table = [
        _GAP.join([f"{row:{widths[0]}}", *map(str.rjust, cells, widths[1:])])
        for row, *cells in lines
    ]
    left_out = len(report.scores.by_type) - len(labels)
    if left_out:
        table.append(f"({left_out} labels with fewer mistakes are left out; --json has them)")
    return "\n".join(table)


def _labels_that_fit(report: Report) -> list[str]:
    """Chooses the labels with most mistakes, as many as fit, in the order of the alphabet."""
    mistakes: Counter[str] = Counter()
    for (row, column), count in report.mistakes.confusion.items():
        if row != column:
            mistakes.update({row: count, column: count})
    labels = sorted(report.scores.by_type, key=lambda label: -mistakes[label])
    while sum(_widths(labels)) + len(_GAP) * (len(_widths(labels)) - 1) > MAX_COLUMNS:
        labels.pop()
    return sorted(labels)


def _widths(labels: Sequence[str]) -> list[int]:
    """Returns the widths of a confusion table's columns, that of its rows' names first."""
    first = max(map(len, [_CORNER, *LAST_ROWS, *labels]))
    return [first, *(max(len(name), _LEAST_WIDTH) for name in [*labels, *LAST_COLUMNS])]


def _mistakes_table(mistakes: Mistakes) -> str:
    width = max(map(len, MISTAKE_KINDS))
    lines = [f"{'':{width}}  count  most often (gold -> found)"]
    for kind, examples in mistakes.examples.items():
        line = f"{kind:{width}}  {examples.total():5}"
        for number, (example, count) in enumerate(mistakes.most_frequent(kind)):
            shown = ("; " if number else _GAP) + in_words(example, count)
            if number and len(line + shown) > MAX_COLUMNS:
                break
            line += shown
        lines.append(_cut(line, MAX_COLUMNS))
    return "\n".join(lines)


def _thresholds_table(calibration: Calibration) -> str:
    rows = calibration.by_threshold
    cells = {
        "score at least": [f"{threshold:.2f}" for threshold in rows],
        "precision": [f"{row.precision:.4f}" for row in rows.values()],
        "recall": [f"{row.recall:.4f}" for row in rows.values()],
    }
    return "\n".join(
        "".join([f"{name:14}", *(f"{cell:>8}" for cell in row)]) for name, row in cells.items()
    )


def in_words(example: Example, count: int) -> str:
    """Tells a mistake, and how often it occurs if that is more than once."""
    gold, found = example
    if gold and found and gold.label == found.label:
        shown = f"{_cut(gold.name)} -> {_cut(found.name)} {found.label}"
    elif gold and found and gold.name == found.name:
        shown = f"{_cut(gold.name)} {gold.label} -> {found.label}"
    else:
        shown = " -> ".join(f"{_cut(side.name)} {side.label}" for side in example if side)
    return f"{shown} ({count})" if count > 1 else shown


def _cut(text: str, chars: int = MAX_NAME_CHARS) -> str:
    return text if len(text) <= chars else text[: chars - 1] + "…"

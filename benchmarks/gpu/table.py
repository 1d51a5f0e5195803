"""Shows figures as a table, with ratios to transformers' pipeline."""

from collections.abc import Iterator
from typing import Any

from benchmarks.gpu.figures import Row

Parts = dict[str, dict[str, Row]]

_HEAD = ("", "words/s", "us/word", "pieces/s", "x theirs", "x plain", "of matrix", "first s", "MiB")


def as_table(parts: Parts) -> str:
    """Returns a line for each row.

    `x theirs` is the ratio to transformers' pipeline at its fastest with the same model; `x plain`
    to the plain forward pass with the same batches; `of matrix` the share of the measured rate of
    bf16 matrix products; `first s` the first pass, in which things are prepared; `MiB` the peak
    memory of tensors on the GPU, or of all processes together.
    """
    lines: list[tuple[str, ...]] = [_HEAD]
    notes: list[str] = []
    for part, rows in parts.items():
        lines.append((f"-- {part}",))
        for name, row in rows.items():
            if note := row.get("error") or row.get("not_measured"):
                kind = "FAILED" if "error" in row else "not measured"
                notes.append(f"{kind}: {part}: {name}: {note.strip()}")
            else:
                lines.append((name, *_cells(row, parts)))
    return "\n".join([*map(_line, lines), "", *notes])


def _line(cells: tuple[str, ...]) -> str:
    name, *rest = cells
    return f"{name:62}{''.join(f'{cell:>11}' for cell in rest)}".rstrip()


def _cells(row: Row, parts: Parts) -> Iterator[str]:
    words = row.get("words_per_s")
    theirs = best_of_theirs(parts).get(row.get("model", ""))
    rate = matrix_rate(parts)
    tflops = row.get("tflops")
    yield _number(words, ",.0f")
    yield _number(1e6 / words if words else None, ".2f")
    yield _number(row.get("pieces_per_s"), ",.0f")
    yield _number(words / theirs if words and theirs else None, ".2f")
    yield _number(row.get("times_plain"), ".2f")
    yield _number(tflops / rate if tflops and rate else None, ".1%")
    yield _number(row.get("first_s"), ".2f")
    yield _number(row.get("peak_mib"), ",.0f")
    yield "  ".join(_others(row))


def _others(row: Row) -> Iterator[str]:
    """Yields what only few rows have."""
    if "model" not in row and "tflops" in row:
        yield f"{row['tflops']:.1f} TFLOP/s"
    if "gb_per_s" in row:
        yield f"{row['gb_per_s']:.0f} GB/s"
    if "device_share" in row:
        yield (
            f"device busy {row['device_share']:.1%}, host busy {row['host_share']:.1%} "
            f"of {row['seconds']:.2f} s, {row['launches']} kernels"
        )
    if "mib_a_process" in row:
        yield f"{row['mib_a_process']:.0f} MiB a process"
    if "start_s" in row:
        yield f"after a start of {row['start_s']:.1f} s"
    if "outcome" in row:
        yield f"{row['outcome']} in {row['seconds']:.1f} s"


def _number(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)


def best_of_theirs(parts: Parts) -> dict[str, float]:
    """Returns the words a second of transformers' pipeline, at its fastest, by model."""
    best: dict[str, float] = {}
    for row in parts.get("transformers", {}).values():
        if "words_per_s" in row:
            best[row["model"]] = max(best.get(row["model"], 0.0), row["words_per_s"])
    return best


def matrix_rate(parts: Parts) -> float | None:
    """Returns the measured rate of bf16 matrix products, in TFLOP/s."""
    rate: Any = parts.get("model", {}).get("matrix product, bf16", {}).get("tflops")
    return rate if rate is None else float(rate)

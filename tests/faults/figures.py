"""Counts what the harness does, for the lines that it ends with."""

from collections import Counter

FIGURES: Counter[str] = Counter()


def count(what: str, often: int = 1) -> None:
    FIGURES[what] += often


def lines() -> list[str]:
    return [f"{often:7,} {what}" for what, often in sorted(FIGURES.items())]

"""Tells whether scores can be trusted: how often mentions of a score are right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.evaluation.mentions import GoldAndFound
from pipeline.evaluation.scores import Figures

THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
BINS = 10


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far the scores of a model's mentions agree with what turned out to be right.

    Attributes:
      expected_error: the expected calibration error, 0 to 1: how far the mean score of
        mentions is from the share of them that is right, over ten bins of scores (Naeini et
        al. 2015).
      by_threshold: by a least score, the figures of the mentions that have it.
    """

    expected_error: float
    by_threshold: dict[float, Figures]


def measure_calibration(pairs: Iterable[GoldAndFound]) -> Calibration:
    """Compares the scores of the mentions that were found with whether they are right."""
    wanted = 0
    outcomes: list[tuple[float, bool]] = []
    for gold, found in pairs:
        spans = {mention.span for mention in gold}
        wanted += len(spans)
        outcomes += [(mention.score, mention.span in spans) for mention in found]
    return Calibration(
        expected_calibration_error(outcomes),
        {threshold: _figures_above(threshold, outcomes, wanted) for threshold in THRESHOLDS},
    )


def expected_calibration_error(outcomes: Sequence[tuple[float, bool]]) -> float:
    """Returns the error of scores, each given with whether its mention was right.

    >>> expected_calibration_error([(0.95, True), (0.95, False), (0.25, False)])
    0.383...
    """
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for score, right in outcomes:
        bins[min(int(score * BINS), BINS - 1)].append((score, right))
    gaps = (abs(sum(score - right for score, right in one)) for one in bins)
    return sum(gaps) / max(len(outcomes), 1)


def _figures_above(
    threshold: float, outcomes: Sequence[tuple[float, bool]], wanted: int
) -> Figures:
    kept = [right for score, right in outcomes if score >= threshold]
    return Figures.of(right=sum(kept), found=len(kept), wanted=wanted)

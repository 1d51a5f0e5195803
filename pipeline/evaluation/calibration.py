"""Whether scores mean something: precision and recall by score, and how far scores mislead."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.evaluation.mentions import Pair
from pipeline.evaluation.scores import Figures, figures

THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
BINS = 10


@dataclass(frozen=True, slots=True)
class Confidence:
    """How good the scores of mentions are.

    Attributes:
      calibration_error: the expected one, 0 to 1: how far the mean score of mentions is
        from the share of them that is right, over ten bins of scores (Naeini et al. 2015).
      by_threshold: the figures of the mentions of at least a score.
    """

    calibration_error: float
    by_threshold: dict[float, Figures]


def measure_confidence(pairs: Iterable[Pair]) -> Confidence:
    """Compares the scores of the mentions that were found with whether they are right."""
    wanted = 0
    outcomes: list[tuple[float, bool]] = []
    for gold, found in pairs:
        spans = {mention.span for mention in gold}
        wanted += len(spans)
        outcomes += [(mention.score, mention.span in spans) for mention in found]
    return Confidence(
        calibration_error(outcomes),
        {threshold: _figures_above(threshold, outcomes, wanted) for threshold in THRESHOLDS},
    )


def calibration_error(outcomes: Sequence[tuple[float, bool]]) -> float:
    """The expected calibration error of scores and whether they were right.

    >>> calibration_error([(0.95, True), (0.95, False), (0.25, False)])
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
    return figures(sum(kept), len(kept), wanted)

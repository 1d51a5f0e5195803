"""Makes reports of pairs of mentions, and a small one to check by eye."""

from collections.abc import Iterable

from pipeline.evaluation.calibration import measure_calibration
from pipeline.evaluation.mentions import GoldAndFound, mentions_of, score_mentions
from pipeline.evaluation.mistakes import count_mistakes
from pipeline.evaluation.report import Report

WORDS = ["Port", "Ellis", "rain", "Quito", "Okafor", "Lions"]
GOLD = mentions_of(WORDS, ["B-LOC", "I-LOC", "O", "B-LOC", "B-PER", "B-ORG"])
FOUND = mentions_of(WORDS, ["O", "B-LOC", "B-PER", "B-ORG", "B-PER", "O"])


def report_of(pairs: Iterable[GoldAndFound]) -> Report:
    pairs = list(pairs)
    scores = score_mentions(pairs)
    return Report(scores, count_mistakes(pairs), measure_calibration(pairs), scores)


def small_report() -> Report:
    """A sentence twice, with a mistake of each kind but one, and one mention that is right."""
    return report_of([(GOLD, FOUND)] * 2)

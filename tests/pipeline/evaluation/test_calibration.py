"""Scores are set beside what turned out to be right."""

import pytest

from pipeline.evaluation.calibration import expected_calibration_error, measure_calibration
from pipeline.evaluation.mentions import mentions_of

GOLD = mentions_of(["Ann", "met", "Bob", "Lee"], ["B-PER", "O", "B-PER", "I-PER"])
FOUND = mentions_of(
    ["Ann", "met", "Bob", "Lee"], ["B-PER", "B-LOC", "B-PER", "I-PER"], [0.97, 0.55, 0.9, 0.8]
)


def test_the_higher_the_threshold_the_surer_and_the_fewer():
    rows = measure_calibration([(GOLD, FOUND)]).by_threshold
    assert (rows[0.5].precision, rows[0.5].recall) == (2 / 3, 1.0)
    assert (rows[0.6].precision, rows[0.6].recall) == (1.0, 1.0)
    assert (rows[0.9].precision, rows[0.9].recall) == (1.0, 0.5)
    assert (rows[0.99].precision, rows[0.99].recall) == (0.0, 0.0)


def test_scores_that_hold_have_no_error():
    assert expected_calibration_error([(0.75, True)] * 3 + [(0.75, False)]) == pytest.approx(0)
    assert expected_calibration_error([(1.0, False), (1.0, False)]) == 1.0
    assert expected_calibration_error([]) == 0

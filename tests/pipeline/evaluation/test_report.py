"""What is printed, and that it fits."""

from dataclasses import replace

import pytest

from pipeline.evaluation.calibration import measure_calibration
from pipeline.evaluation.mentions import Mention, mentions_of, score_mentions
from pipeline.evaluation.mistakes import MISTAKE_KINDS, count_mistakes
from pipeline.evaluation.report import MAX_COLUMNS, Report, as_record, as_tables

WORDS = ["Port", "Ellis", "rain", "Quito", "Okafor", "Lions"]


def report_of(pairs, by_kind=()):
    return Report(
        score_mentions(pairs), count_mistakes(pairs), measure_calibration(pairs), dict(by_kind)
    )


@pytest.fixture
def report():
    gold = mentions_of(WORDS, ["B-LOC", "I-LOC", "O", "B-LOC", "B-PER", "B-ORG"])
    found = mentions_of(WORDS, ["O", "B-LOC", "B-PER", "B-ORG", "B-PER", "O"])
    return report_of([(gold, found), (gold, found)])


def test_the_tables_of_a_small_example(report):
    figures, confusion, mistakes, thresholds, calibration = as_tables(report).split("\n\n")
    assert figures.splitlines()[-1] == "all     0.2500  0.2500  0.2500        8"
    assert (
        confusion
        == """\
gold \\ found    LOC    ORG    PER  other ends  missed
LOC               0      2      0           2       0
ORG               0      0      0           0       2
PER               0      0      2           0       0
other ends        2      0      0
spurious          0      0      2"""
    )
    assert (
        mistakes
        == """\
                          count  most often (gold -> found)
wrong label                   2  Quito LOC -> ORG (2)
wrong boundary                2  Port Ellis -> Ellis LOC (2)
wrong boundary and label      0
missed                        2  Lions ORG (2)
spurious                      2  rain PER (2)"""
    )
    assert thresholds.splitlines()[1] == "precision     " + "  0.2500" * 7
    assert calibration == "expected calibration error of the scores: 0.7500"


def test_json_has_the_same_counts(report):
    record = as_record(report)
    assert record["confusion"] == {
        "LOC": {"ORG": 2, "other ends": 2},
        "ORG": {"missed": 2},
        "PER": {"PER": 2},
        "other ends": {"LOC": 2},
        "spurious": {"PER": 2},
    }
    assert list(record["mistakes"]) == list(MISTAKE_KINDS)
    assert record["mistakes"]["wrong label"] == {
        "count": 2,
        "examples": [
            {
                "gold": {"name": "Quito", "label": "LOC"},
                "found": {"name": "Quito", "label": "ORG"},
                "count": 2,
            }
        ],
    }
    assert record["mistakes"]["missed"]["examples"] == [
        {"gold": {"name": "Lions", "label": "ORG"}, "count": 2}
    ]
    assert "by_kind" not in record


def test_kinds_of_text_have_rows_of_their_own(report):
    figures = report.scores.overall
    report = replace(report, by_kind={"headline": figures})
    kinds = as_tables(report).split("\n\n")[1]
    assert kinds.splitlines()[1] == "headline     0.2500  0.2500  0.2500        8"
    assert as_record(report)["by_kind"]["headline"]["support"] == 8


def test_many_labels_and_long_names_fit_into_the_columns():
    labels = [f"LABEL_OF_KIND_{number}" for number in range(30)]
    gold = [Mention(label, 9 * n, 9 * n + 9, "name " * 20) for n, label in enumerate(labels)]
    found = [one._replace(label=labels[n // 2], end=one.end - n % 2) for n, one in enumerate(gold)]
    tables = as_tables(report_of([(gold, found)]))
    assert max(map(len, tables.splitlines())) <= MAX_COLUMNS
    assert "labels with fewer mistakes are left out; --json has them" in tables


def test_without_an_entity_there_are_only_figures():
    assert as_tables(report_of([([], [])])).splitlines()[1:] == [
        "all     0.0000  0.0000  0.0000        0"
    ]

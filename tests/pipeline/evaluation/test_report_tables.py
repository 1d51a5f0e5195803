"""The tables can be read, and fit."""

from dataclasses import replace

import pytest

from pipeline.evaluation.mentions import Mention
from pipeline.evaluation.mistakes import Example, LabelledName
from pipeline.evaluation.report_tables import MAX_COLUMNS, as_tables, in_words
from tests.pipeline.evaluation.reports import report_of, small_report


def test_the_tables_of_a_small_example():
    tables = as_tables(small_report())
    figures, corrected, confusion, mistakes, thresholds, calibration = tables.split("\n\n")
    assert figures.splitlines()[-1] == "all     0.2500  0.2500  0.2500        8"
    assert corrected == f"with document labels:\n{figures}"
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


CHINA = LabelledName("China", "LOC")
LONG = LabelledName("The Ministry of Foreign Affairs", "ORG")


@pytest.mark.parametrize(
    ("example", "told"),
    [
        (Example(CHINA, LabelledName("China", "ORG")), "China LOC -> ORG"),
        (Example(CHINA, LabelledName("South China", "LOC")), "China -> South China LOC"),
        (Example(LabelledName("China Daily", "ORG"), CHINA), "China Daily ORG -> China LOC"),
        (Example(CHINA, None), "China LOC"),
        (Example(None, LONG), "The Ministry of Foreign… ORG"),
    ],
)
def test_a_mistake_is_told_in_few_words(example, told):
    assert in_words(example, 1) == told
    assert in_words(example, 3) == f"{told} (3)"


def test_kinds_of_text_have_rows_of_their_own():
    report = small_report()
    report = replace(report, by_kind={"headline": report.scores.overall})
    kinds = as_tables(report).split("\n\n")[2]
    assert kinds.splitlines()[1] == "headline     0.2500  0.2500  0.2500        8"


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

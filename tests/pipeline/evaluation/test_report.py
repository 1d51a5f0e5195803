"""JSON has everything that was measured."""

from dataclasses import replace

from pipeline.evaluation.calibration import THRESHOLDS
from pipeline.evaluation.mistakes import MISTAKE_KINDS
from pipeline.evaluation.report import as_record
from tests.pipeline.evaluation.reports import report_of, small_report


def test_the_confusion_of_a_small_example():
    assert as_record(small_report())["confusion"] == {
        "LOC": {"ORG": 2, "other ends": 2},
        "ORG": {"missed": 2},
        "PER": {"PER": 2},
        "other ends": {"LOC": 2},
        "spurious": {"PER": 2},
    }


def test_a_mistake_has_the_sides_that_there_are():
    mistakes = as_record(small_report())["mistakes"]
    assert list(mistakes) == list(MISTAKE_KINDS)
    assert mistakes["wrong label"] == {
        "count": 2,
        "examples": [
            {
                "gold": {"name": "Quito", "label": "LOC"},
                "found": {"name": "Quito", "label": "ORG"},
                "count": 2,
            }
        ],
    }
    assert mistakes["missed"]["examples"] == [
        {"gold": {"name": "Lions", "label": "ORG"}, "count": 2}
    ]
    assert mistakes["spurious"]["examples"] == [
        {"found": {"name": "rain", "label": "PER"}, "count": 2}
    ]


def test_figures_stand_by_type_and_by_threshold():
    record = as_record(small_report())
    assert record["overall"] == {"precision": 1 / 4, "recall": 1 / 4, "f1": 1 / 4}
    assert record["by_type"]["PER"] == {"precision": 0.5, "recall": 1, "f1": 2 / 3, "support": 2}
    assert list(record["by_threshold"]) == [str(threshold) for threshold in THRESHOLDS]
    assert record["calibration_error"] == 0.75


def test_figures_after_documents_stand_beside_the_models():
    report = replace(small_report(), corrected=report_of([]).scores)
    record = as_record(report)
    assert record["overall"]["f1"] == 1 / 4
    assert record["with_document_labels"] == {
        "overall": {"precision": 0, "recall": 0, "f1": 0},
        "by_type": {},
    }


def test_kinds_of_text_are_told_only_where_texts_have_some():
    report = small_report()
    assert "by_kind" not in as_record(report)
    report = replace(report, by_kind={"headline": report.scores.overall})
    assert as_record(report)["by_kind"]["headline"]["support"] == 8


def test_a_report_on_nothing_is_a_report():
    record = as_record(report_of([]))
    assert record["overall"] == {"precision": 0, "recall": 0, "f1": 0}
    assert record["by_type"] == {}

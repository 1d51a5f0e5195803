"""The figures are seqeval's, whether of labels or of spans."""

import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.evaluation.scores import Figures, score_labels, score_spans, spans

LABEL = st.sampled_from(["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "I-a-b"])
# A gold and a predicted label of each word, by sentence.
LABEL_PAIRS = st.lists(st.lists(st.tuples(LABEL, LABEL), min_size=1), min_size=1)


@given(LABEL_PAIRS)
@settings(deadline=None)  # The first example waits for the import.
def test_scores_are_seqevals(pairs):
    metrics = pytest.importorskip("seqeval.metrics")
    gold = [[one for one, _ in sentence] for sentence in pairs]
    predicted = [[other for _, other in sentence] for sentence in pairs]
    scores = score_labels(gold, predicted)
    with warnings.catch_warnings():
        # NumPy warns of a mean of no types.
        warnings.simplefilter("ignore")
        expected = {
            "precision": metrics.precision_score(gold, predicted, zero_division=0),
            "recall": metrics.recall_score(gold, predicted, zero_division=0),
            "f1": metrics.f1_score(gold, predicted, zero_division=0),
            "accuracy": metrics.accuracy_score(gold, predicted),
        }
    assert scores.overall_figures() == pytest.approx(expected)
    if not scores.by_type:
        return  # seqeval has no report without a type
    report = metrics.classification_report(gold, predicted, output_dict=True, zero_division=0)
    assert scores.overall.support == report["micro avg"]["support"]
    assert {
        name: (row.precision, row.recall, row.f1, row.support)
        for name, row in scores.by_type.items()
    } == {
        name: pytest.approx((row["precision"], row["recall"], row["f1-score"], row["support"]))
        for name, row in report.items()
        if not name.endswith(" avg")
    }


def test_an_entity_counts_only_with_its_type_and_both_its_ends():
    gold = [["B-PER", "I-PER", "O", "B-LOC"], ["B-ORG", "O"]]
    predicted = [["B-PER", "O", "O", "I-LOC"], ["B-LOC", "O"]]
    scores = score_labels(gold, predicted)
    assert scores.by_type == {
        "LOC": Figures(precision=1 / 2, recall=1, f1=2 / 3, support=1),
        "ORG": Figures(precision=0, recall=0, f1=0, support=1),
        "PER": Figures(precision=0, recall=0, f1=0, support=1),
    }
    assert scores.overall == Figures(precision=1 / 3, recall=1 / 3, f1=1 / 3, support=3)
    assert scores.accuracy == 3 / 6


@given(st.lists(LABEL))
def test_spans_are_apart_and_hold_every_word_but_those_outside(labels):
    words = [word for _, start, end in spans(labels) for word in range(start, end)]
    assert words == [word for word, label in enumerate(labels) if label != "O"]


def test_labels_of_other_sentences_are_refused():
    with pytest.raises(ValueError, match="is shorter than"):
        score_labels([["O"], ["O"]], [["O"]])
    with pytest.raises(ValueError, match="is shorter than"):
        score_labels([["O", "O"]], [["O"]])


def test_spans_of_a_text_are_compared_by_offsets_and_type():
    gold = [[("PER", 0, 5), ("LOC", 10, 15)], [("ORG", 0, 5)]]
    found = [[("PER", 0, 5), ("LOC", 10, 14)], []]
    scores = score_spans(zip(gold, found, strict=True))
    assert scores.overall == Figures(precision=1 / 2, recall=1 / 3, f1=2 / 5, support=3)
    assert scores.accuracy is None
    assert "accuracy" not in scores.overall_figures()

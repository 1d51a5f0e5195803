"""The figures are seqeval's, and those of the labels that the pipeline's tagger gives."""

import json
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import cli
from pipeline.conll import read_conll
from pipeline.scores import Figures, score_labels, spans
from tests.checkpoints import LABELS, SENTENCES, albert_checkpoint
from transforms.model.checkpoint import resolve_checkpoint
from transforms.model.tagger import TagFailure, Tagger, WordTags, load_tagger

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


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return albert_checkpoint(tmp_path_factory.mktemp("evaluate") / "albert")


@pytest.fixture(scope="module")
def predicted(model):
    tagger = load_tagger(resolve_checkpoint(str(model)), "cpu")
    return [tags.labels for tags in tagger.tag(SENTENCES) if isinstance(tags, WordTags)]


@pytest.fixture
def data(tmp_path, predicted):
    """The model's own labels, but every third word O, so that it is neither right nor wrong."""
    path = tmp_path / "gold.conll"
    path.write_text(
        "\n\n".join(
            "\n".join(
                f"{word} {label if number % 3 else 'O'}"
                for number, (word, label) in enumerate(zip(words, labels, strict=True))
            )
            for words, labels in zip(SENTENCES, predicted, strict=True)
        )
    )
    return path


@pytest.fixture
def evaluate(model, data, capsys):
    def evaluate(*flags):
        code = cli.main(["evaluate", "--model", str(model), "--device", "cpu", *flags])
        return code, *capsys.readouterr()

    return evaluate


@pytest.fixture
def expected(data, predicted):
    return score_labels([sentence.labels for sentence in read_conll(data)], predicted)


def test_json_holds_the_figures_of_the_taggers_labels(evaluate, data, expected):
    code, printed, _ = evaluate("--data", str(data), "--json")
    assert code == 0
    assert 0 < expected.overall.f1 < 1
    assert json.loads(printed) == {
        "overall": {
            "precision": expected.overall.precision,
            "recall": expected.overall.recall,
            "f1": expected.overall.f1,
            "accuracy": expected.accuracy,
        },
        "by_type": {
            name: {
                "precision": row.precision,
                "recall": row.recall,
                "f1": row.f1,
                "support": row.support,
            }
            for name, row in expected.by_type.items()
        },
    }


def test_the_table_has_a_row_a_type_and_one_for_all(evaluate, data, expected):
    code, printed, _ = evaluate("--data", str(data))
    assert code == 0
    header, *rows = [line.split() for line in printed.split("\n\n")[0].splitlines()]
    assert header == ["precision", "recall", "f1", "support"]
    assert rows == [
        [name, f"{row.precision:.4f}", f"{row.recall:.4f}", f"{row.f1:.4f}", str(row.support)]
        for name, row in [*expected.by_type.items(), ("all", expected.overall)]
    ]
    assert f"accuracy of the words: {expected.accuracy:.4f}" in printed


def test_label_names_rename_the_models_classes(evaluate, data):
    names = [label.replace("PER", "PERSON") for label in LABELS]
    _, printed, _ = evaluate("--data", str(data), "--json", "--label_names", *names)
    by_type = json.loads(printed)["by_type"]
    assert by_type["PERSON"]["support"] == 0
    assert by_type["PER"]["precision"] == 0


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--data", "nowhere.conll"], "cannot read nowhere.conll"),
        (["--device", "cuda:99"], "there is no device cuda:99"),
        (["--label_names", "O"], "9 classes"),
        (["--model", "./nowhere"], "there is no folder ./nowhere"),
    ],
)
def test_wrong_usage_ends_with_a_message(evaluate, data, flags, message):
    code, printed, error = evaluate("--data", str(data), *flags)
    assert (code, printed) == (cli.WRONG_USAGE, "")
    assert message in error


def test_a_sentence_that_cannot_be_tagged_ends_it(evaluate, data, monkeypatch):
    failure = TagFailure("the model's output is not finite")
    monkeypatch.setattr(Tagger, "tag", lambda _, sentences: [failure] * len(sentences))
    code, printed, error = evaluate("--data", str(data))
    assert (code, printed) == (cli.WRONG_USAGE, "")
    assert f"{data}: cannot tag the sentence 'Maria Okafor said" in error
    assert failure.message in error

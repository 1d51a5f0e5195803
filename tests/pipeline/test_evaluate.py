"""The figures are those of the labels that the pipeline's tagger gives."""

import gzip
import json

import pytest

from pipeline import cli
from pipeline.evaluation.conll import read_conll
from pipeline.evaluation.scores import score_labels
from tests.checkpoints import LABELS, SENTENCES, TEXT, albert_checkpoint, tag_all
from transforms.columns import Words
from transforms.model.checkpoint import resolve_checkpoint
from transforms.model.loading import load_tagger
from transforms.model.tagger import NetworkTagger
from transforms.model.tags import TagFailure, Tags
from transforms.tag_texts import tag_texts


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return albert_checkpoint(tmp_path_factory.mktemp("evaluate") / "albert")


@pytest.fixture(scope="module")
def tagger(model):
    return load_tagger(resolve_checkpoint(str(model)), "cpu")


@pytest.fixture(scope="module")
def predicted(tagger):
    return [tags.labels for tags in tag_all(tagger, SENTENCES)]


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
    record = json.loads(printed)
    assert {name: record[name] for name in ("overall", "by_type")} == {
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


def test_json_counts_every_entity_among_right_and_wrong(evaluate, data, expected):
    _, printed, _ = evaluate("--data", str(data), "--json")
    record = json.loads(printed)
    for label, figures in expected.by_type.items():
        assert sum(record["confusion"][label].values()) == figures.support
    counts = {kind: mistakes["count"] for kind, mistakes in record["mistakes"].items()}
    support = expected.overall.support
    assert support - round(expected.overall.recall * support) == (
        sum(counts.values()) - counts["spurious"]
    )


@pytest.fixture
def raw(tmp_path, tagger):
    """Texts with the entities that `tag` finds in them, but for every third, as JSON lines."""
    path = tmp_path / "gold.jsonl"
    with path.open("w") as lines:
        for number, text in enumerate((TEXT, TEXT[:300])):
            entities = [
                {"start": entity.start, "end": entity.end, "label": entity.label}
                for entity in tag_texts([text], tagger, document_labels=False)[0].entities
            ]
            kept = [entity for index, entity in enumerate(entities) if index % 3]
            record = {"text": text, "entities": kept, "kind": f"text {number}"}
            lines.write(json.dumps(record) + "\n")
    return path


def test_raw_text_is_tagged_as_the_pipeline_does(evaluate, raw):
    code, printed, _ = evaluate("--data", str(raw), "--json")
    record = json.loads(printed)
    assert code == 0
    assert set(record["overall"]) == {"precision", "recall", "f1"}
    assert set(record["with_document_labels"]) == {"overall", "by_type"}
    assert record["overall"]["recall"] == 1
    assert 0.6 < record["overall"]["precision"] < 0.7
    assert set(record["by_kind"]) == {"text 0", "text 1"}
    assert [kind for kind, of in record["mistakes"].items() if of["count"]] == ["spurious"]


def test_the_tables_of_raw_text_have_a_row_a_kind_and_no_words(evaluate, raw):
    _, printed, _ = evaluate("--data", str(raw))
    _, corrected, kinds, confusion, mistakes, thresholds, _ = printed.split("\n\n")
    assert corrected.startswith("with document labels:")
    assert [line.split()[:2] for line in kinds.splitlines()[1:]] == [["text", "0"], ["text", "1"]]
    assert confusion.startswith("gold \\ found")
    assert "spurious" in mistakes
    assert thresholds.startswith("score at least    0.50")
    assert "words" not in printed


def test_raw_text_may_be_compressed(evaluate, raw):
    compressed = raw.with_name("gold.ndjson.gz")
    compressed.write_bytes(gzip.compress(raw.read_bytes()))
    assert evaluate("--data", str(compressed)) == evaluate("--data", str(raw))


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
        (["--data", "nowhere.jsonl"], "cannot read nowhere.jsonl"),
        (["--device", "cuda:99"], "there is no device cuda:99"),
        (["--label_names", "O"], "9 classes"),
        (["--model", "./nowhere"], "there is no folder ./nowhere"),
    ],
)
def test_wrong_usage_ends_with_a_message(evaluate, data, flags, message):
    code, printed, error = evaluate("--data", str(data), *flags)
    assert (code, printed) == (cli.ExitCode.WRONG_USAGE, "")
    assert message in error


def test_a_broken_line_of_raw_text_ends_with_its_place(evaluate, raw):
    with raw.open("a") as lines:
        lines.write('{"text": "Rain fell."}\n')
    code, printed, error = evaluate("--data", str(raw))
    assert (code, printed) == (cli.ExitCode.WRONG_USAGE, "")
    assert f'{raw}, line 3: expected a list as "entities", got None' in error


def test_a_sentence_that_cannot_be_tagged_ends_it(evaluate, data, monkeypatch):
    failure = TagFailure("the model's output is not finite")

    def fail(_: NetworkTagger, words: Words) -> Tags:
        return Tags.of([failure] * len(words.counts), words)

    monkeypatch.setattr(NetworkTagger, "tag", fail)
    code, printed, error = evaluate("--data", str(data))
    assert (code, printed) == (cli.ExitCode.WRONG_USAGE, "")
    assert f"{data}: cannot tag the sentence 'Maria Okafor said" in error
    assert failure.message in error

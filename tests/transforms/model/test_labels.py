"""Labels are BIO, or the message gives those that serve."""

import re
from itertools import groupby
from operator import itemgetter

import pytest

from tests import checkpoints
from tests.checkpoints import LABELS, bert_checkpoint, make_tagger
from transforms.model.errors import CheckpointError
from transforms.model.labels import bio_labels
from transforms.model.tagger import NetworkTagger
from transforms.tag_texts import label_words
from transforms.text.entities import group_many
from transforms.text.sentences import split_texts

# No words are glued here, as "does" and "n't" are.
TEXT = "\n".join(line for line in checkpoints.TEXT.splitlines() if "'" not in line)
UNNAMED = [f"LABEL_{index}" for index in range(9)]


@pytest.mark.parametrize("labels", ["O B-PER I-PER", "O I-PER I-LOC", "B-PER O", "O"])
def test_bio_labels_are_taken_as_they_are(labels):
    assert bio_labels("m", labels.split()) == tuple(labels.split())


def test_label_names_stand_for_those_of_the_checkpoint():
    assert bio_labels("m", UNNAMED, LABELS) == tuple(LABELS)


def test_label_names_must_fit_in_number():
    message = f"m has 9 classes ({' '.join(LABELS)}), and --label_names 2 (O B-PER)"
    with pytest.raises(CheckpointError, match=re.escape(message)):
        bio_labels("m", LABELS, ["O", "B-PER"])


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        ("O B-PER I-PER E-PER S-PER", "O,B-PER,I-PER,I-PER,B-PER"),
        ("B-PER I-PER L-PER U-PER O", "B-PER,I-PER,I-PER,B-PER,O"),
        ("B-PER M-PER E-PER S-PER O", "B-PER,I-PER,I-PER,B-PER,O"),
        ("O PER LOC", "O,I-PER,I-LOC"),
        ("O B-PER I-PER DATE", "O,B-PER,I-PER,I-DATE"),
    ],
    ids=["BIOES", "BILOU", "BMES", "types alone", "one type alone"],
)
def test_labels_of_other_schemes_are_refused_with_names_that_serve(labels, names):
    message = (
        f"m: its labels are {labels}; they must be O, B-X and I-X. "
        f"Give them in this order: --label_names {names}"
    )
    with pytest.raises(CheckpointError, match=f"^{re.escape(message)}$"):
        bio_labels("m", labels.split())
    assert bio_labels("m", labels.split(), names.split(",")) == tuple(names.split(","))


@pytest.mark.parametrize(
    "labels",
    [UNNAMED, ["B-PER", "I-PER"], ["O", "B-"], ["O", "b-PER"], ["O", "B", "I"], ["O", "X-PER"]],
    ids=["unnamed", "no O", "no type", "lower case", "marks alone", "unknown mark"],
)
def test_labels_that_tell_no_scheme_are_refused_and_listed(labels):
    message = (
        f"m: its labels are {' '.join(labels)}; they must be O, B-X and I-X. "
        f"Give {len(labels)} such --label_names in this order, separated by commas"
    )
    with pytest.raises(CheckpointError, match=f"^{re.escape(message)}$"):
        bio_labels("m", labels)


def runs_of_a_label(tagger: NetworkTagger) -> list[tuple[int, int, str]]:
    """Returns the stretches of TEXT's sentences whose words have one label other than O."""
    words = label_words([TEXT], split_texts([TEXT]), tagger)
    columns = (words.sentence, words.label, words.starts, words.ends)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    runs = []
    for (_, label), group in groupby(rows, key=itemgetter(0, 1)):
        run = list(group)
        if words.labels[label] != "O":
            runs.append((run[0][2], run[-1][3], words.labels[label].removeprefix("I-")))
    return runs


@pytest.mark.parametrize("labels", ["O I-PER I-ORG I-LOC I-MISC", "O PER ORG LOC MISC"])
def test_a_model_without_b_joins_the_words_of_a_type(labels, tmp_path):
    folder = bert_checkpoint(tmp_path / "bert", labels=labels.split())
    names = ["O", "I-PER", "I-ORG", "I-LOC", "I-MISC"]
    tagger = make_tagger(folder, label_names=names if labels != " ".join(names) else ())
    sentences = split_texts([TEXT])
    found = group_many(label_words([TEXT], sentences, tagger), sentences, [TEXT])
    entities = [(entity.start, entity.end, entity.label) for entity in found.spans()]
    assert entities == runs_of_a_label(tagger)
    assert len({label for _, _, label in entities}) > 1
    assert any(" " in TEXT[start:end] for start, end, _ in entities)

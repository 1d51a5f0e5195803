"""What a printed text loses against gold words has a cause."""

import json

import pytest

from benchmarks.printing import print_document
from benchmarks.raw_text import (
    NEITHER_DIFFERS,
    SENTENCES_DIFFER,
    WORDS_DIFFER,
    compare,
    count,
    gold_text,
    lost_mentions,
    read_documents,
    write,
)
from pipeline.evaluation.conll import LabelledSentence
from pipeline.evaluation.gold import read_gold
from pipeline.evaluation.mentions import score_mentions
from pipeline.evaluation.texts import measure_texts
from tests.fakes import CapitalTagger

TAGGER = CapitalTagger()

COLUMNS = """-DOCSTART- -X- -X- O

OKAFOR B-PER
WINS O
. O

QUITO B-LOC
1996-08-30 O

Maria B-PER
Okafor I-PER
won O
. O
" O

Why O
? O
" O

-DOCSTART- -X- -X- O

Rain O
"""


@pytest.fixture
def documents(tmp_path):
    path = tmp_path / "gold.conll"
    path.write_text(COLUMNS)
    return [print_document(sentences) for sentences in read_documents(path)]


def test_a_document_is_printed_as_in_a_newspaper(documents):
    assert [document.text for document in documents] == [
        'OKAFOR WINS.\nQUITO 1996-08-30\nMaria Okafor won. "Why?"',
        "Rain",
    ]


def test_gold_entities_keep_their_place(documents, tmp_path):
    path = tmp_path / "gold.jsonl"
    write([gold_text(document) for document in documents], path)
    one, other = read_gold(str(path))
    assert [(mention.label, mention.name) for mention in one.mentions] == [
        ("PER", "OKAFOR"),
        ("LOC", "QUITO"),
        ("PER", "Maria Okafor"),
    ]
    assert other.mentions == []
    assert json.loads(path.read_text().splitlines()[1]) == {"text": "Rain", "entities": []}


def printed(*sentences):
    return print_document(
        [
            LabelledSentence(words, ["B-PER" if word[0].isupper() else "O" for word in words])
            for words in (sentence.split() for sentence in sentences)
        ]
    )


def test_what_is_lost_has_its_cause():
    documents = [
        printed("A headline .", "We saw Port .", "see Ellis and Quito .", "( 5- Maria , 6 )"),
        printed("A headline .", "We saw the U.S.", "Port is far ."),
    ]
    compared = compare(documents, TAGGER, "gold.conll")
    assert [document.causes for document in compared] == [
        [NEITHER_DIFFERS, SENTENCES_DIFFER, SENTENCES_DIFFER, WORDS_DIFFER],
        [NEITHER_DIFFERS, SENTENCES_DIFFER, SENTENCES_DIFFER],
    ]


def test_the_losses_add_up_to_the_difference_of_the_figures(documents):
    documents = [*documents, printed("A headline .", "We saw the U.S.", "Port is far .")]
    compared = compare(documents, TAGGER, "gold.conll")
    totals = count(compared)
    words = score_mentions((one.gold, one.from_words) for one in compared).overall
    texts = [gold_text(document) for document in documents]
    text = measure_texts(TAGGER, texts).scores.overall
    right = totals.right - totals.lost.total() + totals.won.total()
    assert right == round(text.recall * text.support)
    assert totals.right == round(words.recall * words.support)
    assert len(list(lost_mentions(compared))) == totals.lost.total() > 0
    assert totals.loss(SENTENCES_DIFFER) == pytest.approx(words.f1 - text.f1)

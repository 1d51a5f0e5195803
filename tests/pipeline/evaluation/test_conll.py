"""CoNLL columns are read in either form of BIO, and what is wrong is named with its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import UsageError
from pipeline.evaluation.conll import LabelledSentence, read_conll, to_iob2
from pipeline.evaluation.scores import spans

LABELS = st.lists(st.sampled_from(["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]))


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "words.conll"
        path.write_bytes(text.encode())
        return path

    return write


def test_sentences_end_at_blank_lines_and_document_starts(write):
    path = write(
        "-DOCSTART- -X- -X- O\n\nMaria NNP B-NP B-PER\nOkafor NNP I-NP I-PER\n\n\n"
        "Rain NN B-NP O\n-DOCSTART- -X- -X- O\nQuito NNP B-NP B-LOC\n"
    )
    assert read_conll(path) == [
        LabelledSentence(["Maria", "Okafor"], ["B-PER", "I-PER"], 0),
        LabelledSentence(["Rain"], ["O"], 0),
        LabelledSentence(["Quito"], ["B-LOC"], 1),
    ]


def test_iob1_is_read_as_iob2(write):
    path = write("Maria I-PER\nOkafor I-PER\nAino B-PER\nin O\nQuito I-LOC\nLions I-ORG\n")
    (sentence,) = read_conll(path)
    assert sentence.labels == ["B-PER", "I-PER", "B-PER", "O", "B-LOC", "B-ORG"]


def test_tabs_spaces_and_carriage_returns_separate_alike(write):
    path = write("Maria\tB-PER\r\nspoke  O \r\n\r\nRain\t_ O\r\n")
    assert [sentence.words for sentence in read_conll(path)] == [["Maria", "spoke"], ["Rain"]]


def test_a_word_may_hold_a_character_that_ends_lines_elsewhere(write):
    (sentence,) = read_conll(write("a\u2028b O\nc\u00a0d O\n"))
    assert sentence.words == ["a\u2028b", "c\u00a0d"]


@given(LABELS)
def test_iob2_keeps_the_entities_of_iob1_and_gives_each_its_b(labels):
    converted = to_iob2(labels)
    entities = list(spans(labels))
    assert list(spans(converted)) == entities
    assert [word for word, label in enumerate(converted) if label.startswith("B-")] == [
        start for _, start, _ in entities
    ]


@given(LABELS)
def test_iob2_stays_as_it_is(labels):
    assert to_iob2(to_iob2(labels)) == to_iob2(labels)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Maria B-PER\nspoke\n", "line 2: expected a word and a tag, got only 'spoke'"),
        ("Rain O\n\nMaria PER\n", "line 3: expected a tag such as O, B-PER or I-PER, got 'PER'"),
        ("Maria B-\n", "line 1: expected a tag such as O, B-PER or I-PER, got 'B-'"),
        ("-DOCSTART- O\n\n", "holds no sentence"),
    ],
)
def test_what_is_no_conll_file_is_refused_with_its_place(write, text, message):
    path = write(text)
    with pytest.raises(UsageError) as caught:
        read_conll(path)
    assert str(path) in str(caught.value)
    assert message in str(caught.value)


@pytest.mark.parametrize("content", [None, b"\xff\xfe O\n"], ids=["missing", "no UTF-8"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, content):
    path = tmp_path / "words.conll"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=r"cannot read .*words\.conll"):
        read_conll(path)

"""Mentions in given words count by their words, with the labels that their documents tell."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation.conll import LabelledSentence, parse_sentences
from pipeline.evaluation.documents import find_in_documents
from pipeline.evaluation.mentions import Mention, mentions_of
from transforms.model.tags import WordTags


def found_in(*sentences):
    """Finds the mentions of sentences: words with labels, the score of all, and the document."""
    labelled, tagged = [], []
    for words, labels, score, document in sentences:
        split = words.split(" ")
        labelled.append(LabelledSentence(split, ["O"] * len(split), document))
        tagged.append(WordTags(labels.split(" "), [score] * len(split)))
    return find_in_documents(labelled, tagged)


def test_a_document_corrects_the_labels_of_its_own_names():
    full = ("Ada Quito spoke", "B-PER I-PER O", 0.75)
    last = ("in Quito", "O B-LOC", 0.5)
    person, place = Mention("PER", 1, 2, "Quito", 0.5), Mention("LOC", 1, 2, "Quito", 0.5)
    assert found_in((*full, 0), (*last, 0))[1] == [person]
    assert found_in((*full, 0), (*last, 1))[1] == [place]
    assert found_in((*full, None), (*last, None))[1] == [place]


def test_people_that_touch_are_one():
    found = found_in(("so Ada Lima left", "O B-PER B-PER O", 0.75, None))
    assert found == [[Mention("PER", 1, 3, "Ada Lima", 0.75)]]


SENTENCES = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "'s", ",", "B."]), st.sampled_from(["O", "B-LOC", "I-LOC"])
        ),
        min_size=1,
        max_size=6,
    ),
    min_size=1,
    max_size=3,
)


@given(SENTENCES)
def test_where_nothing_is_to_correct_the_mentions_are_those_of_the_labels(drawn):
    sentences = [
        (" ".join(word for word, _ in one), " ".join(label for _, label in one), 0.75, 0)
        for one in drawn
    ]
    assert found_in(*sentences) == [
        mentions_of(words.split(" "), labels.split(" "), [0.75] * len(words.split(" ")))
        for words, labels, _, _ in sentences
    ]


def test_documents_begin_where_the_file_says():
    text = "a O\n\nb O\n-DOCSTART- O\n\nc O\n\nd O\n-DOCSTART- O\ne O\n"
    documents = [sentence.document for sentence in parse_sentences(text, "f")]
    assert documents == [None, None, 0, 0, 1]

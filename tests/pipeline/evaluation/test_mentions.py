"""A mention is a name with its place, its label and how sure the model is."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation.mentions import Mention, mentions_of, score_mentions
from pipeline.evaluation.scores import Figures, score_labels

LABEL = st.sampled_from(["O", "B-PER", "I-PER", "B-LOC", "I-LOC"])
# A gold and a predicted label of each word.
LABEL_PAIRS = st.lists(st.tuples(LABEL, LABEL))


def test_a_mention_is_as_sure_as_its_least_sure_word():
    words, labels = ["Ann", "met", "Bob", "Lee"], ["B-PER", "O", "B-PER", "I-PER"]
    assert mentions_of(words, labels, [0.97, 0.55, 0.9, 0.8]) == [
        Mention("PER", 0, 1, "Ann", 0.97),
        Mention("PER", 2, 4, "Bob Lee", 0.8),
    ]


def test_what_is_marked_by_hand_is_certain():
    [mention] = mentions_of(["Quito"], ["B-LOC"])
    assert mention.score == 1.0


def test_a_mention_is_right_with_any_score_but_only_with_its_label_and_ends():
    gold = [Mention("PER", 0, 3, "Ann"), Mention("LOC", 8, 13, "Quito")]
    found = [Mention("PER", 0, 3, "Ann", 0.5), Mention("ORG", 8, 13, "Quito", 0.9)]
    assert score_mentions([(gold, found)]).by_type == {
        "LOC": Figures(precision=0, recall=0, f1=0, support=1),
        "ORG": Figures(precision=0, recall=0, f1=0, support=0),
        "PER": Figures(precision=1, recall=1, f1=1, support=1),
    }


@given(st.lists(LABEL_PAIRS))
def test_mentions_have_the_figures_of_their_labels(sentences):
    words = [[str(number) for number in range(len(labels))] for labels in sentences]
    gold = [[one for one, _ in labels] for labels in sentences]
    found = [[other for _, other in labels] for labels in sentences]
    pairs = zip(map(mentions_of, words, gold), map(mentions_of, words, found), strict=True)
    by_labels, by_mentions = score_labels(gold, found), score_mentions(pairs)
    assert by_mentions.overall == by_labels.overall
    assert by_mentions.by_type == by_labels.by_type

"""Every mention is counted once, beside its partner if it has one."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation.mentions import mentions_of, score_mentions
from pipeline.evaluation.mistakes import (
    MISSED,
    MISTAKE_KINDS,
    OTHER_ENDS,
    SPURIOUS,
    WRONG_BOTH,
    WRONG_BOUNDARY,
    WRONG_LABEL,
    Example,
    LabelledName,
    count_mistakes,
    match_mentions,
)

LABEL = st.sampled_from(["O", "B-PER", "I-PER", "B-LOC", "I-LOC"])
# A gold and a predicted label of each word.
LABEL_PAIRS = st.lists(st.tuples(LABEL, LABEL))


def pair(words, gold, found):
    words = words.split()
    return mentions_of(words, gold.split()), mentions_of(words, found.split())


def kinds(words, gold, found):
    return [match.kind for match in match_mentions(*pair(words, gold, found))]


def test_the_kind_tells_whether_label_or_ends_are_wrong():
    assert kinds("Quito", "B-LOC", "B-LOC") == [None]
    assert kinds("Quito", "B-LOC", "B-ORG") == [WRONG_LABEL]
    assert kinds("Port Ellis", "B-LOC I-LOC", "O B-LOC") == [WRONG_BOUNDARY]
    assert kinds("Port Ellis", "B-LOC I-LOC", "O B-PER") == [WRONG_BOTH]
    assert kinds("Quito", "B-LOC", "O") == [MISSED]
    assert kinds("Rain", "O", "B-PER") == [SPURIOUS]


def test_a_mention_that_covers_two_leaves_one_of_them_missed():
    matches = match_mentions(*pair("Quito Port Ellis", "B-LOC B-LOC I-LOC", "B-LOC I-LOC I-LOC"))
    assert [(match.kind, match.gold and match.gold.name) for match in matches] == [
        (MISSED, "Quito"),
        (WRONG_BOUNDARY, "Port Ellis"),
    ]


def test_of_two_found_in_one_that_with_its_label_is_the_partner():
    matches = match_mentions(
        *pair("Quito Herald Tribune Quito", "B-ORG I-ORG I-ORG I-ORG", "B-LOC I-LOC I-LOC B-ORG")
    )
    assert [(match.kind, match.found and match.found.name) for match in matches] == [
        (WRONG_BOUNDARY, "Quito"),
        (SPURIOUS, "Quito Herald Tribune"),
    ]


def test_equal_mistakes_are_counted_together():
    once = pair("Port Ellis rain", "B-LOC I-LOC O", "O B-LOC B-PER")
    mistakes = count_mistakes([once, once])
    assert {kind: examples for kind, examples in mistakes.examples.items() if examples} == {
        WRONG_BOUNDARY: {
            Example(LabelledName("Port Ellis", "LOC"), LabelledName("Ellis", "LOC")): 2
        },
        SPURIOUS: {Example(None, LabelledName("rain", "PER")): 2},
    }
    assert mistakes.confusion == {
        ("LOC", OTHER_ENDS): 2,
        (OTHER_ENDS, "LOC"): 2,
        (SPURIOUS, "PER"): 2,
    }


@given(LABEL_PAIRS)
def test_every_mention_is_in_one_match(labels):
    gold, found = mentions(labels)
    matches = match_mentions(gold, found)
    assert [match.gold for match in matches if match.gold] == gold
    assert Counter(match.found for match in matches if match.found) == Counter(found)


@given(st.lists(LABEL_PAIRS))
def test_the_counts_are_those_of_the_figures(sentences):
    pairs = [mentions(labels) for labels in sentences]
    scores = score_mentions(pairs)
    mistakes = count_mistakes(pairs)
    wrong = {kind: mistakes.examples[kind].total() for kind in MISTAKE_KINDS}
    right = sum(count for (row, column), count in mistakes.confusion.items() if row == column)
    assert right == round(scores.overall.recall * scores.overall.support)
    assert right + sum(wrong.values()) - wrong[SPURIOUS] == scores.overall.support
    assert right + sum(wrong.values()) - wrong[MISSED] == sum(len(found) for _, found in pairs)
    for label, figures in scores.by_type.items():
        in_row = sum(count for (row, _), count in mistakes.confusion.items() if row == label)
        assert in_row == figures.support


def mentions(labels):
    words = [str(number) for number in range(len(labels))]
    return (
        mentions_of(words, [one for one, _ in labels]),
        mentions_of(words, [other for _, other in labels]),
    )

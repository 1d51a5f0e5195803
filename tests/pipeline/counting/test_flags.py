"""What the flags of the counting commands take."""

import pytest

from pipeline.arguments import Parser
from pipeline.counting.flags import add_counting_arguments
from pipeline.errors import UsageError


def parse(*words: str):
    parser = Parser()
    add_counting_arguments(parser, "names", min_documents=3)
    return parser.parse(["out", *words])


def test_without_flags_everything_is_counted():
    args = parse()
    assert (args.out, args.output, args.csv, args.limit) == ("out", None, False, None)
    assert (args.label, args.min_score, args.min_documents) == ([], 0.0, 3)


def test_labels_may_be_several():
    assert parse("--label", "PER", "ORG", "--label", "LOC").label == ["PER", "ORG", "LOC"]


@pytest.mark.parametrize("value", ["4GB", "1.5 GiB", "800mb"])
def test_memory_is_a_number_and_a_unit(value):
    assert parse("--memory", value).memory == value


@pytest.mark.parametrize("value", ["4", "GB", "4GB; DROP", "-1GB"])
def test_any_other_memory_is_refused(value):
    with pytest.raises(UsageError, match="memory"):
        parse(f"--memory={value}")


@pytest.mark.parametrize("words", [("--min_score", "2"), ("--limit", "0"), ("--min_documents", "")])
def test_numbers_that_mean_nothing_are_refused(words):
    with pytest.raises(UsageError, match=words[0]):
        parse(*words)

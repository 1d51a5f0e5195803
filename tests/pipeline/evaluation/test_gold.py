"""Marked texts are read as they are, and what is wrong is named with its line."""

import gzip
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import UsageError
from pipeline.evaluation.gold import GoldText, parse_gold, read_gold
from pipeline.evaluation.mentions import Mention

GOOD: dict[str, Any] = {
    "text": "Maria Okafor left Quito.",
    "entities": [
        {"start": 18, "end": 23, "label": "LOC"},
        {"start": 0, "end": 12, "label": "PER"},
    ],
    "kind": "plain",
    "id": 7,
}


def line_of(**changes):
    record = {**GOOD, **changes}
    return json.dumps({name: value for name, value in record.items() if value is not None})


def test_mentions_come_in_the_order_of_the_text(tmp_path):
    path = tmp_path / "gold.jsonl"
    path.write_text(f"\n{line_of()}\n")
    mentions = [Mention("PER", 0, 12, "Maria Okafor"), Mention("LOC", 18, 23, "Quito")]
    assert read_gold(str(path)) == [GoldText(GOOD["text"], mentions, "plain", f"{path}, line 2")]


def test_offsets_count_code_points_and_names_are_on_one_line():
    text = "😀 New\n  York"
    line = line_of(text=text, entities=[{"start": 2, "end": 12, "label": "LOC"}], kind=None)
    gold = parse_gold(line.encode(), "here")
    assert gold == GoldText(text, [Mention("LOC", 2, 12, "New York")], None, "here")


def test_a_compressed_file_is_read_alike(tmp_path):
    plain, compressed = tmp_path / "gold.jsonl", tmp_path / "gold.jsonl.gz"
    plain.write_text(line_of())
    compressed.write_bytes(gzip.compress(plain.read_bytes()))
    [one], [other] = read_gold(str(plain)), read_gold(str(compressed))
    assert (one.text, one.mentions, one.kind) == (other.text, other.mentions, other.kind)


@given(st.text(min_size=1).filter(str.strip), st.data())
def test_a_span_is_refused_only_if_it_is_not_within_the_text(text, data):
    bounds = st.integers(-1, len(text) + 1)
    start, end = data.draw(bounds), data.draw(bounds)
    line = line_of(text=text, entities=[{"start": start, "end": end, "label": "PER"}])
    if 0 <= start < end <= len(text):
        [mention] = parse_gold(line.encode(), "here").mentions
        assert mention.span == ("PER", start, end)
    else:
        with pytest.raises(UsageError, match="expected 0 <= start < end <="):
            parse_gold(line.encode(), "here")


PERSON = {"start": 0, "end": 12, "label": "PER"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "bad json: Expecting property name"),
        ("[]", "bad json: not an object but list"),
        (
            line_of(text=None),
            "missing text: none of the text fields (text) has a value; "
            "the record has: entities, kind, id",
        ),
        (line_of(text=3), "not text: text is no string but int"),
        (line_of(text=" "), "empty: nothing but white space in text"),
        (line_of(text="\ud800"), "lone surrogate: "),
        (line_of(entities=None), 'expected a list as "entities", got None'),
        (line_of(entities={}), 'expected a list as "entities", got {}'),
        (line_of(entities=[{"start": 0, "end": 5}]), "got {'start': 0, 'end': 5}"),
        (line_of(entities=[{**PERSON, "start": "0"}]), 'integers "start" and "end"'),
        (line_of(entities=[{**PERSON, "start": False}]), 'integers "start" and "end"'),
        (line_of(entities=[{**PERSON, "label": ""}]), 'a string "label"'),
        (line_of(entities=["Maria"]), "got 'Maria'"),
        (
            line_of(entities=[{**PERSON, "end": 25}]),
            "expected 0 <= start < end <= 24, the length of the text, got {'start': 0, 'end': 25",
        ),
        (
            line_of(entities=[PERSON, {**PERSON, "start": 6}]),
            "the entities 'Maria Okafor' (0 to 12) and 'Okafor' (6 to 12) overlap",
        ),
        (line_of(kind=["a"]), "expected a string as \"kind\", got ['a']"),
    ],
)
def test_what_is_no_marked_text_is_refused_with_its_line(tmp_path, line, message):
    path = tmp_path / "gold.jsonl"
    path.write_text(f"{line_of()}\n\n{line}\n")
    with pytest.raises(UsageError) as caught:
        read_gold(str(path))
    assert str(caught.value).startswith(f"{path}, line 3: ")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("gold.jsonl", None, "cannot read"),
        ("gold.jsonl.gz", b"no gzip", "cannot read"),
        ("gold.jsonl", b"\n", "holds no text"),
        ("gold.jsonl", b'{"text": "\xff"}', "bad encoding: not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path, name, content, message):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        read_gold(str(path))
    assert str(path) in str(caught.value)
    assert message in str(caught.value)

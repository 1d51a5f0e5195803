"""SplitSentences finds every text's sentences and leaves the block as it was."""

import apache_beam as beam
import pytest
from apache_beam.testing.test_pipeline import TestPipeline
from apache_beam.testing.util import assert_that, equal_to
from hypothesis import given
from hypothesis import strategies as st

from tests.plain import plain
from tests.stages import block_of
from transforms.split_sentences import SplitSentences, split_block
from transforms.text.characters import hide
from transforms.text.paragraphs import split_paragraphs
from transforms.text.sentences import split_text

WRAPPED = "It rained in New\nYork all day. Nobody\nminded."


def test_sentences_name_their_text_and_their_place_in_it():
    block = block_of(["A storm.", "It rained. It stopped."], [""], ["Bonn won."])
    assert plain(split_block(block).sentences) == {
        "text": [0, 1, 1, 3],
        "index": [0, 0, 1, 0],
        "starts": [0, 0, 11, 0],
        "ends": [8, 10, 22, 9],
    }


def test_a_name_across_a_wrapped_line_stays_in_one_sentence():
    found = [WRAPPED[start:end] for start, end in split_text(WRAPPED)]
    assert found == ["It rained in New\nYork all day.", "Nobody\nminded."]


def test_line_breaks_are_read_as_the_setting_says():
    assert len(list(split_text(WRAPPED, "paragraph"))) == 4
    assert len(split_block(block_of([WRAPPED]), "paragraph").sentences.text) == 4


def test_an_unknown_setting_is_an_error_before_the_pipeline_runs():
    with pytest.raises(ValueError, match="auto, paragraph, wrapped, got 'never'"):
        SplitSentences("never")


@pytest.mark.parametrize("line_breaks", ["auto", "paragraph", "wrapped"])
def test_the_transform_gives_what_the_function_gives(line_breaks):
    block = block_of([WRAPPED, "Bonn won."], ["Lagos\nlost."])
    with TestPipeline() as pipeline:
        found = pipeline | beam.Create([block]) | SplitSentences(line_breaks) | beam.Map(plain)
        assert_that(found, equal_to([plain(split_block(block, line_breaks))]))


def test_the_block_travels_unchanged():
    block = block_of([WRAPPED])
    assert split_block(block).block == block_of([WRAPPED])


@given(st.lists(st.sampled_from(["Bonn won.", "it", "\n", "\n\n", " ", "\u00ad", "No."])))
def test_sentences_lie_inside_paragraphs_and_leave_nothing_visible_out(parts):
    text = "".join(parts)
    spans = list(split_text(text))
    paragraphs = split_paragraphs(text)
    assert spans == sorted(spans)
    for start, end in spans:
        assert any(first <= start < end <= last for first, last in paragraphs)
    found = "".join(text[start:end] for start, end in spans)
    assert "".join(hide(found).text.split()) == "".join(hide(text).text.split())

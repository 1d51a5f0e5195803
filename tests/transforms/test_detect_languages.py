"""DetectLanguages tells each document's language and which are to be tagged; the rest stays."""

from dataclasses import replace

import apache_beam as beam
import pytest
from apache_beam.testing.test_pipeline import TestPipeline
from apache_beam.testing.util import assert_that, equal_to

from tests.stages import block_of
from tests.transforms.text.test_language import ENGLISH, IN
from transforms.detect_languages import DetectLanguages, detect_block
from transforms.records import Block
from transforms.split_sentences import split_block


def told(block: Block) -> list[tuple[str | None, float | None, bool]]:
    return [(one.language, one.language_share, one.is_wanted) for one in block.documents]


def test_documents_that_are_surely_in_another_language_are_not_wanted():
    block = block_of([ENGLISH], [IN["de"]], [IN["ja"]], ["12 13"])
    assert told(detect_block(block, ["en"])) == [
        ("en", 0.99, True),
        ("de", 0.99, False),
        ("ja", 0.99, False),
        (None, None, True),
    ]
    assert [one.is_wanted for one in detect_block(block, ["de", "ja"]).documents] == [
        *(False, True, True, True)
    ]


def test_by_default_all_are_wanted_and_told():
    assert told(detect_block(block_of([IN["de"]]))) == [("de", 0.99, True)]


def test_the_texts_of_a_document_are_told_together():
    block = block_of(["Kein Schiff bei Nacht", IN["de"]], [IN["de"], ENGLISH])
    assert told(detect_block(block, ["en"]))[0] == ("de", 0.99, False)
    assert detect_block(block, ["en"]).documents[1].is_wanted


def test_nothing_else_of_a_block_changes():
    block = block_of([ENGLISH], [IN["de"]])
    found = detect_block(block, ["en"])
    same = [
        replace(one, language=None, language_share=None, is_wanted=True) for one in found.documents
    ]
    assert replace(found, documents=same) == block


def test_only_texts_that_are_wanted_have_sentences():
    block = detect_block(block_of([IN["de"]], ["It rained."], [IN["fr"]]), ["en"])
    assert split_block(block).sentences.text.tolist() == [1]


def test_the_stage_does_what_the_function_does():
    block = block_of([ENGLISH], [IN["de"]])
    with TestPipeline() as pipeline:
        found = pipeline | beam.Create([block]) | DetectLanguages(("en",)) | beam.Map(told)
        assert_that(found, equal_to([told(detect_block(block, ["en"]))]))


@pytest.mark.parametrize("languages", [("en", "xx"), ()])
def test_an_unknown_language_is_refused(languages):
    with pytest.raises(ValueError, match=r"languages must be some of any, aa, .*, got"):
        DetectLanguages(languages)

"""When a model is at fault, and when the documents are."""

import pytest

from transforms.errors import HopelessError
from transforms.model_check import TELLING_DOCUMENTS, ModelCheck

WELL, BAD = "", "document 'a': ValueError: kaboom"


def add_all(blocks: list[list[str]]) -> None:
    check = ModelCheck()
    for block in blocks:
        check.add(block)


@pytest.mark.parametrize(
    "blocks",
    [
        [[BAD] * TELLING_DOCUMENTS],
        [[BAD] * (TELLING_DOCUMENTS - 1) + [WELL]],
        [[BAD]] * TELLING_DOCUMENTS,
        [[WELL] * 50, *[[BAD, BAD, WELL]] * 4],
        [*[[BAD]] * 5, [], *[[BAD]] * 5],  # a block without sentences tells nothing
    ],
)
def test_a_model_that_fails_on_most_documents_of_blocks_in_a_row_is_at_fault(blocks):
    with pytest.raises(HopelessError, match=r"of \d+ documents, on the last one .*kaboom"):
        add_all(blocks)


@pytest.mark.parametrize(
    "blocks",
    [
        [[BAD]],
        [[BAD] * (TELLING_DOCUMENTS - 1)],
        [[BAD] * 50 + [WELL] * 50],
        [[BAD], [WELL]] * 50,
        [[]] * 50,
    ],
)
def test_a_few_documents_or_half_of_them_may_fail(blocks):
    add_all(blocks)

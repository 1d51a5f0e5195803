"""How much was rejected, and when that is too much."""

import pytest

from pipeline.errors import ExitCode
from pipeline.rejects import check_rejects, reject_ratios


def test_ratios_are_of_what_was_added_last():
    added = {"documents": 3, "sentences": 8, "rejects_by_reason": {"empty": 1, "model_failed": 2}}
    assert reject_ratios({"added": added}) == {"records": 0.25, "sentences": 0.25}


def test_of_nothing_nothing_was_rejected():
    added = {"documents": 0, "sentences": 0, "rejects_by_reason": {}}
    assert reject_ratios({"added": added}) == {"records": 0, "sentences": 0}


@pytest.mark.parametrize(
    ("limit", "code"), [(0.25, ExitCode.DONE), (0.2, ExitCode.TOO_MANY_REJECTS)]
)
def test_more_than_the_limit_has_an_exit_code_and_is_told(caplog, limit, code):
    added = {"documents": 3, "sentences": 10, "rejects_by_reason": {"empty": 1}}
    assert check_rejects({"added": added}, limit) == code
    told = "25.0% of the records were rejected, over --max_reject_ratio 0.2"
    assert (told in caplog.text) == (code != ExitCode.DONE)

"""Marks of attempts: each is counted once, and what was done leaves none."""

import pytest

from transforms.output.attempts import Attempts
from transforms.output.output import Output

BLOCK, DOCUMENT = "00000003-00000-0000000", "d" * 32


@pytest.fixture
def attempts(tmp_path):
    return Attempts(Output(str(tmp_path)), "plan")


def test_each_attempt_is_told_how_many_were_before(attempts):
    assert [attempts.begin(BLOCK) for _ in range(3)] == [0, 1, 2]


def test_a_block_its_documents_and_other_plans_have_marks_of_their_own(attempts, tmp_path):
    attempts.begin(BLOCK)
    assert attempts.begin(BLOCK, DOCUMENT) == 0
    assert attempts.begin("00000004-00000-0000000") == 0
    assert Attempts(Output(str(tmp_path)), "another").begin(BLOCK) == 0
    assert attempts.begin(BLOCK) == 1


def test_what_is_forgotten_leaves_no_file(attempts, tmp_path):
    for _ in range(2):
        attempts.begin(BLOCK, DOCUMENT)
    attempts.begin(BLOCK)
    attempts.forget(BLOCK, DOCUMENT)
    assert [path.name for path in tmp_path.rglob("*.json")] == [f"{BLOCK}-0.json"]


def test_poison_is_told_once_for_a_plan(attempts):
    assert not attempts.has_poison()
    attempts.tell_poison()
    assert attempts.has_poison()


def test_marks_are_kept_in_buckets_too(bucket):
    attempts = Attempts(Output(f"{bucket.root}/attempts"), "plan")
    assert [attempts.begin(BLOCK) for _ in range(2)] == [0, 1]
    attempts.forget(BLOCK)
    assert attempts.begin(BLOCK) == 0

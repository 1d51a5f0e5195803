"""Copies of what lists an output's files."""

import pytest

from tests.fakes import write_texts
from tests.jobs import run_job
from transforms.output.copies import COPIED, damaged_copies, find_copies, save_copy


@pytest.fixture
def output(tmp_path):
    return run_job([write_texts(tmp_path / "in", a="We met Ann.")], tmp_path / "out")


def test_a_copy_has_the_bytes_of_each_file(output):
    assert find_copies(output) == []
    save_copy(output)
    [copy] = find_copies(output)
    assert [copy.get(output, path) for path in COPIED] == [output.get(path) for path in COPIED]


def test_what_is_copied_already_is_not_written_again(output, monkeypatch):
    save_copy(output)
    monkeypatch.setattr(type(output), "put", None)
    save_copy(output)


def test_a_copy_that_is_not_what_was_copied_is_none(output):
    save_copy(output)
    [copy] = find_copies(output)
    for number, path in enumerate(COPIED):
        name = f"_run/copy/{copy.id}/{path.rpartition('/')[2]}"
        output.put(name, b"x") if number % 2 else output.remove(name)
        assert copy.get(output, path) is None
        assert name in damaged_copies(output)
        output.put(name, output.require(path))
    assert damaged_copies(output) == []


def test_what_is_damaged_is_not_copied(output):
    output.put("inputs.parquet", b"x")
    with pytest.raises(ValueError, match=r"inputs.parquet has other bytes than were written"):
        save_copy(output)
    assert find_copies(output) == []


def test_an_older_copy_goes_once_there_is_a_new_one(output):
    save_copy(output)
    [old] = find_copies(output)
    output.put("manifest.json", output.require("manifest.json") + b"\n")
    save_copy(output)
    [new] = find_copies(output)
    assert new.id != old.id
    assert new.manifest == old.manifest

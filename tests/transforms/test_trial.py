"""A process that tries documents: only it ends where one of them kills."""

import subprocess
import sys
from contextlib import closing
from functools import partial

import pytest

from tests.fakes import load_capital_tagger, load_killing_tagger
from tests.places import HANG_SECONDS, ROOT
from transforms.records import Document, TextField
from transforms.trial import NoTrialError, Recipe, Trial


def document(text: str) -> Document:
    return Document("0" * 32, "news/1", "a.txt", 0, None, [TextField("text", text)])


def trial(load=load_killing_tagger, stall_seconds=HANG_SECONDS) -> Trial:
    return Trial(Recipe(load, ("any",), "auto", stall_seconds))


def test_a_document_that_kills_ends_the_process_and_others_do_not():
    with closing(trial()) as tried:
        ends = [tried.run(document(f"It was a {word}.")) for word in ("man", "killer", "kaboom")]
    assert ends == ["", "SIGKILL", ""]


def test_a_document_that_hangs_ends_the_process():
    with closing(trial(stall_seconds=1)) as tried:
        assert tried.run(document("It was a sleeper.")).startswith("no progress for 0.0")


class RaisingTagger:
    def __init__(self, error: type[Exception]) -> None:
        self._error = error

    def tag(self, words: object) -> None:
        raise self._error("here")


def load_raising_tagger(error: type[Exception]) -> RaisingTagger:
    return RaisingTagger(error)


@pytest.mark.parametrize(
    ("error", "end"),
    [
        (MemoryError, "MemoryError: here"),
        (RuntimeError, "RuntimeError: here"),
        (TypeError, ""),  # a mistake of the program, which the job raises
    ],
)
def test_what_takes_the_memory_or_the_device_is_an_end_and_a_mistake_is_none(error, end):
    with closing(trial(partial(load_raising_tagger, error))) as tried:
        assert tried.run(document("It was Ann.")) == end


def load_nothing() -> None:
    raise OSError("there is no model")


def test_a_process_that_cannot_load_the_model_is_no_documents_fault():
    with closing(trial(load_nothing)) as tried, pytest.raises(NoTrialError, match="exit code 1"):
        tried.run(document("It was Ann."))


def test_a_tagger_of_a_program_that_is_no_module_is_taken_along():
    program = """
from contextlib import closing
from tests.fakes import CapitalTagger
from transforms.records import Document, TextField
from transforms.trial import Recipe, Trial

class Mine(CapitalTagger):
    pass

with closing(Trial(Recipe(lambda: Mine(), ("any",), "auto", 60))) as tried:
    print(repr(tried.run(Document("0", "1", "a.txt", 0, None, [TextField("text", "It was.")]))))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=HANG_SECONDS,
    )
    assert done.stdout == "''\n", done.stderr


def test_a_process_ends_with_the_one_that_sends_documents():
    with closing(trial(load_capital_tagger)) as tried:
        assert tried.run(document("It was Ann.")) == ""
        process = tried._process
        assert process
        tried._connection.close()
        assert process.wait(HANG_SECONDS) == 0

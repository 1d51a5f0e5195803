"""Tries documents in a process of their own, so that only that one ends where a document kills."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from queue import SimpleQueue

from apache_beam.internal import pickler

from transforms.detect_languages import detect_block
from transforms.files.store_settings import StoreSettings
from transforms.model.tags import WordTagger
from transforms.name_block import name_block
from transforms.records import Block, Document
from transforms.watch import StalledError, Watch

_PROGRAM = "import sys; from transforms.trial import serve; serve(int(sys.argv[1]))"
_READY = "ready"


class NoTrialError(Exception):
    """The process cannot begin: there is no memory for a second model, say."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the process needs beside documents. It is pickled as Beam pickles what workers get."""

    load_tagger: Callable[[], WordTagger]
    languages: tuple[str, ...]
    line_breaks: str
    stall_seconds: float
    stores: StoreSettings = field(default_factory=StoreSettings)


class Trial:
    """A process that does with documents, one by one, what the stages do; the first begins it."""

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, document: Document) -> str:
        """Tries a document; returns how it ended the process, "" if it did not.

        An error of the program is no end: the job itself will raise it.

        Raises:
          NoTrialError: the process cannot load the model.
        """
        if self._process is None:
            self._start()
        try:
            self._connection.send(document)
            end: str = self._connection.recv()
        except (EOFError, OSError):
            end = self._how_it_ended()
        if end:
            self.close()
        return end

    def close(self) -> None:
        """Ends the process, and gives its memory back."""
        if self._process is not None:
            self._connection.close()
            self._process.kill()
            self._process.wait()
            self._process = None

    def _start(self) -> None:
        self._connection, theirs = Pipe()
        number = theirs.fileno()
        paths = os.pathsep.join(filter(None, sys.path))
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(number)],
            pass_fds=[number],
            stdin=subprocess.DEVNULL,
            stdout=2,  # what libraries print there belongs to no output of the job's
            env={**os.environ, "PYTHONPATH": paths, "PYTHONSAFEPATH": "1"},
        )
        theirs.close()
        try:
            self._connection.send_bytes(pickler.dumps(self._recipe))
            self._connection.recv()
        except (EOFError, OSError):
            end = self._how_it_ended()
            self.close()
            raise NoTrialError(end) from None

    def _how_it_ended(self) -> str:
        assert self._process
        code = self._process.wait()
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def serve(descriptor: int) -> None:
    """Is the process: takes documents from a connection until nobody sends them any more."""
    connection = Connection(descriptor)
    recipe: Recipe = pickler.loads(connection.recv_bytes())
    documents: SimpleQueue[Document] = SimpleQueue()
    threading.Thread(target=_receive, args=(connection, documents), daemon=True).start()

    def end(error: StalledError) -> None:
        connection.send(str(error))
        os._exit(1)

    watch = Watch(recipe.stall_seconds, end=end)
    with watch.over("the loading of the model"):
        tagger = recipe.load_tagger()
    connection.send(_READY)
    while True:
        document = documents.get()
        with watch.over(f"document {document.id!r} ({document.uri}, {document.position})"):
            failure = _try(document, tagger, recipe)
        connection.send(failure)


def _receive(connection: Connection, documents: SimpleQueue[Document]) -> None:
    """Puts what comes into a queue; ends the process with the one that sends."""
    try:
        while True:
            documents.put(connection.recv())
    except (EOFError, OSError):
        os._exit(0)


def _try(document: Document, tagger: WordTagger, recipe: Recipe) -> str:
    """Does with a document what the stages do; returns what took its memory or its device."""
    block = Block("", 0, 0, [document], b"", [], [])
    try:
        name_block(detect_block(block, recipe.languages), tagger, recipe.line_breaks)
    except (MemoryError, RuntimeError) as error:  # torch raises the latter for broken devices
        return f"{type(error).__name__}: {error}"
    except Exception:
        return ""
    return ""

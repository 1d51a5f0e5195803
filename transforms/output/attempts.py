"""Keeps marks of attempts as files: work that has marks and no receipt ended its process.

A mark is written before the work begins, and each attempt has a file of its own, so that none is
ever written over.
"""

import itertools
import json
import os
import socket
from dataclasses import dataclass

from transforms.output.layout import attempt_path, poison_path
from transforms.output.output import Output


@dataclass(frozen=True, slots=True)
class Attempts:
    """The attempts at the blocks of a plan, and at documents of theirs."""

    output: Output
    plan_id: str

    def begin(self, block: str, document: str = "") -> int:
        """Marks that an attempt begins; returns how many have begun before.

        Args:
          block: the block's id.
          document: the key of one of its documents, which is tried alone.

        Raises:
          OSError: the output cannot be read or written.
        """
        earlier = self._count(block, document)
        self.output.put(self._path(block, document, earlier), _who())
        return earlier

    def forget(self, block: str, document: str = "") -> None:
        """Removes the marks, since the work was done or was not at fault.

        Raises:
          OSError: a mark cannot be removed.
        """
        for number in range(self._count(block, document)):
            self.output.remove(self._path(block, document, number))

    def tell_poison(self) -> None:
        """Notes that a document of the plan was found to end its process.

        Raises:
          OSError: the output cannot be written.
        """
        self.output.put(poison_path(self.plan_id), _who())

    def has_poison(self) -> bool:
        """Tells whether that was noted.

        Raises:
          OSError: the output cannot be read.
        """
        return self.output.get(poison_path(self.plan_id)) is not None

    def _count(self, block: str, document: str) -> int:
        numbers = itertools.count()
        return next(n for n in numbers if self.output.get(self._path(block, document, n)) is None)

    def _path(self, block: str, document: str, number: int) -> str:
        return attempt_path(self.plan_id, block, document, number)


def _who() -> bytes:
    """Says for a person which process wrote a file."""
    return json.dumps({"host": socket.gethostname(), "process": os.getpid()}).encode()

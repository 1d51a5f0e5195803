"""What an inspection finds: files, what is wrong with them, and whose rows that concerns."""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pipeline.wording import amount

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Attributes:
      path: of the file, in the output.
      what: what is wrong with it, in words that go on from the path.
      inputs: URIs of the inputs that it concerns, sorted.
    """

    path: str
    what: str
    inputs: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.inputs:
            return f"{self.path} {self.what}"
        more = ", ..." if len(self.inputs) > _SHOWN else ""
        shown = ", ".join(self.inputs[:_SHOWN])
        return f"{self.path} {self.what}: {amount(len(self.inputs), 'input')} ({shown}{more})"

    def as_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


@dataclass(slots=True)
class Findings:
    """Collects findings: one for each file and each thing that is wrong with it."""

    _inputs: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    def add(self, path: str, what: str, inputs: Iterable[str] = ()) -> None:
        self._inputs.setdefault((path, what), set()).update(inputs)

    def __iter__(self) -> Any:
        return (Finding(*key, tuple(sorted(found))) for key, found in self._inputs.items())

    @property
    def inputs(self) -> set[str]:
        """Returns the inputs that any of them concerns."""
        return set().union(*self._inputs.values())

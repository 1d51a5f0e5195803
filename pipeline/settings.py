"""Everything that changes the results of a job; a resumed job must have the same."""

import dataclasses
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from transforms.files.fields import DocumentFields

# Raised when the rules for text, words or entities change.
RESULTS_VERSION = 1

_LIBRARIES = ("nupunkt", "pyarrow", "tokenizers", "torch", "transformers")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of a job, by the names of their flags where they have one."""

    text_field: tuple[str, ...] = ("text",)
    id_field: str = "id"
    date_field: str | None = None
    date_format: str | None = None
    keep: tuple[str, ...] = ()
    format: str | None = None
    limit: int | None = None
    max_document_chars: int = 5_000_000
    line_breaks: str = "auto"
    sentences: str = "text"
    partition_by: tuple[str, ...] = ()
    precision: str = "fp32"  # resolved: never "auto"
    model: str = ""
    model_revision: str = ""  # resolved to a commit; empty for a folder
    model_fingerprint: str = ""
    labels: tuple[str, ...] = ()
    block_bytes: int = 1 << 20
    results_version: int = RESULTS_VERSION
    libraries: dict[str, str] = dataclasses.field(
        default_factory=lambda: {name: version(name) for name in _LIBRARIES}
    )

    @property
    def kept(self) -> tuple[tuple[str, str], ...]:
        """The kept columns: (name in the record, column)."""
        pairs = (item.partition("=") for item in self.keep)
        return tuple((name, column or name) for name, _, column in pairs)

    @property
    def fields(self) -> DocumentFields:
        return DocumentFields(
            text=self.text_field,
            id=self.id_field,
            date=self.date_field,
            date_format=self.date_format,
            keep=self.kept,
            partition_by=self.partition_by,
            max_chars=self.max_document_chars,
        )

    def as_json(self) -> dict[str, Any]:
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in dataclasses.asdict(self).items()
        }


def changed_settings(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Says in words which settings differ between a stored job and this one.

    >>> changed_settings({"limit": None}, {"limit": 10})
    ['limit was not given, is 10']
    """
    names = [*old, *(name for name in new if name not in old)]
    return [
        f"{name} was {_shown(old.get(name))}, is {_shown(new.get(name))}"
        for name in names
        if old.get(name) != new.get(name)
    ]


def _shown(value: Any) -> str:
    """Returns a value as it is written after its flag."""
    if value in (None, "", []):
        return "not given"
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)

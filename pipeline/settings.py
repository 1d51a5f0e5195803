"""What a job is told: the settings that change its results, and how it is to be run.

Every default of the main job stands here, once.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.models import ModelChoice
from transforms.choices import ANY_LANGUAGE
from transforms.files.fields import DocumentFields

# It is raised when the rules for text, words or entities change.
RESULTS_VERSION = 4

# A shell makes it hard to write a tab, so --delimiter takes this word for it.
TAB = "tab"

_LIBRARIES = (
    "feedparser",
    "htmldate",
    "lxml",
    "nupunkt",
    "pyarrow",
    "pycld2",
    "tokenizers",
    "torch",
    "trafilatura",
    "transformers",
)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What changes the results of a job, by the names of the flags where there are flags.

    A job that goes on must have the same.
    """

    text_field: tuple[str, ...] = ()  # those of each format if empty
    id_field: str = DocumentFields.id
    date_field: str | None = None
    date_format: tuple[str, ...] = DocumentFields.date_format
    date_from_name: str | None = None
    keep: tuple[str, ...] = ()
    format: str | None = None
    delimiter: str | None = None
    encoding: str = DocumentFields.encoding
    limit: int | None = None
    max_document_chars: int = DocumentFields.max_chars
    max_expansion: int = DocumentFields.max_expansion
    line_breaks: str = "auto"
    document_labels: str = "on"
    languages: tuple[str, ...] = (ANY_LANGUAGE,)  # those of the flag; () until the model is known
    sentences: str = "text"
    texts: bool = False
    partition_by: tuple[str, ...] = ()
    precision: str = "fp32"  # resolved: never "auto"
    model: str = ""
    model_revision: str = ""  # resolved to a commit; empty for a folder
    model_fingerprint: str = ""
    labels: tuple[str, ...] = ()
    block_bytes: int = 1 << 20
    results_version: int = RESULTS_VERSION
    libraries: dict[str, str] = dataclasses.field(default_factory=lambda: versions(_LIBRARIES))

    @property
    def kept(self) -> tuple[tuple[str, str], ...]:
        """The kept columns: (name in the record, column)."""
        pairs = (item.partition("=") for item in self.keep)
        return tuple((name, column or name) for name, _, column in pairs)

    @property
    def fields(self) -> DocumentFields:
        return DocumentFields(
            text=self.text_field or DocumentFields.text,
            id=self.id_field,
            date=self.date_field,
            date_format=self.date_format,
            date_from_name=self.date_from_name,
            keep=self.kept,
            partition_by=self.partition_by,
            max_chars=self.max_document_chars,
            encoding=self.encoding,
            max_expansion=self.max_expansion,
            delimiter="\t" if self.delimiter == TAB else self.delimiter,
            has_usual_text=not self.text_field,
        )

    @classmethod
    def of_json(cls, values: Mapping[str, Any]) -> "Settings":
        """Returns settings that were stored; those of other releases that are unknown are left.

        >>> Settings.of_json(Settings(limit=3).as_json()).limit
        3
        """
        known = {field.name for field in dataclasses.fields(cls)}
        plain: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in values.items()
            if name in known
        }
        return cls(**plain)

    def as_json(self) -> dict[str, Any]:
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in dataclasses.asdict(self).items()
        }


# As JSON has them.
DEFAULTS = {
    field.name: list(field.default) if isinstance(field.default, tuple) else field.default
    for field in dataclasses.fields(Settings)
}


@dataclass(frozen=True, kw_only=True)
class BeamFlags:
    """What Beam's own flags ask for.

    Attributes:
      runner: the name of the runner's class.
      flags: those that Beam is to be given.
      store_variables: environment variables in place of flags for S3: all that opens files
        follows these (transforms/files/store_settings.py).
    """

    runner: str = "FnApiRunner"
    flags: tuple[str, ...] = ()
    store_variables: dict[str, str] = dataclasses.field(default_factory=dict)

    @property
    def is_local(self) -> bool:
        """Whether the workers are processes of this machine, which --workers counts."""
        return self.runner == BeamFlags.runner


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """A job as it is asked for; `settings` does not know the model yet."""

    input: tuple[str, ...]
    output: str
    settings: Settings = dataclasses.field(default_factory=Settings)
    model: ModelChoice = dataclasses.field(default_factory=ModelChoice)
    token_budget: int | None = None  # what suits the device if None
    workers: int | None = None  # as many as suit the device if None
    stall_minutes: float = 30.0  # without progress, after which a process ends
    overwrite: bool = False
    prune: bool = False
    wait: int = 0  # minutes, while another run has the output
    plan_only: bool = False
    max_reject_ratio: float = 0.05
    metrics_file: str | None = None
    report: str | None = None  # a place; that of the output itself if empty
    beam: BeamFlags = dataclasses.field(default_factory=BeamFlags)
    # Where the flags come from that are given, for messages.
    origins: Mapping[str, str] = dataclasses.field(default_factory=dict, compare=False)


def versions(packages: Iterable[str]) -> dict[str, str]:
    """Returns the version of each package."""
    from importlib.metadata import version  # loading it takes longer than reading the flags

    return {name: version(name) for name in packages}


def changed_settings(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Says in words which settings differ between a stored job and this one.

    A setting that the stored job did not know yet had its default.

    >>> changed_settings({"limit": None}, {"limit": 10})
    ['limit was not given, is 10']
    """
    old = {name: DEFAULTS[name] for name in new if name in DEFAULTS} | old
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
    if isinstance(value, bool):
        return str(value).lower()
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)

"""Finds the names in news text: from Python, in a Beam pipeline, or as a whole job.

    tag(texts)          the entities of some texts, with the model that comes along
    Tagger(...)         the same for many calls, another model or a device of one's choice
    TagEntities(...)    a Beam transform: rows with text in, rows of entities out
    run(...)            the whole job: files in, Parquet tables out
    read(output)        the tables of a finished job, as pyarrow datasets

Importing this module is quick: torch and Beam are loaded by what needs them.
"""

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any

from pipeline.errors import CommandError, ExitCode, JobError, UsageError
from pipeline.models import ModelChoice, find_tagger

if TYPE_CHECKING:
    import pyarrow.dataset

    from transforms.model.tagger import NetworkTagger
    from transforms.tag_entities import TagEntities
    from transforms.tag_texts import TextEntity as Entity

__all__ = [
    "CommandError",
    "Entity",
    "ExitCode",
    "JobError",
    "Tables",
    "TagEntities",
    "Tagger",
    "UsageError",
    "read",
    "run",
    "tag",
]

_LOGGER = logging.getLogger(__name__)


def tag(texts: Iterable[str]) -> "list[list[Entity]]":
    """Finds the entities of each text with the model that comes along.

    For many calls a `Tagger` is quicker, since this loads the model each time.

    >>> [[(entity.text, entity.label) for entity in found] for found in tag(["Scott left Rome."])]
    [[('Scott', 'PER'), ('Rome', 'LOC')]]
    """
    with Tagger() as tagger:
        return tagger.tag(texts)


class Tagger:
    """Finds the entities of texts in memory, just as the whole job does.

    Several threads may use one. It holds the model until it is closed, or its `with` block ends.

    Args:
      model: a folder with a checkpoint, also in a bucket (gs://, s3://), or its id on the Hugging
        Face hub; the model that comes along if None.
      model_revision: branch, tag or commit on the hub.
      label_names: ["O", "B-PER", "I-PER", ...] by class id, for a model without names of its own.
      device: "auto", "cpu", "cuda" or "cuda:N"; "auto" takes the first GPU, if there is one.
      precision: "auto", "fp32", "bf16", "fp16" or, on a CPU, "int8"; "auto" is fp32 on a CPU.
      line_breaks: what a single newline means: "paragraph", "wrapped" or "auto".
      document_labels: whether a text as a whole corrects the labels of its names.

    Raises:
      UsageError: the model or the device is missing or unfit.
    """

    def __init__(
        self,
        model: str | None = None,
        *,
        model_revision: str | None = None,
        label_names: Sequence[str] = (),
        device: str = "auto",
        precision: str = "auto",
        line_breaks: str = "auto",
        document_labels: bool = True,
    ) -> None:
        choice = ModelChoice(
            model=model,
            model_revision=model_revision,
            label_names=tuple(label_names),
            device=device,
            precision=precision,
        )
        self._line_breaks = line_breaks
        self._document_labels = document_labels
        self._tagger: NetworkTagger | None = find_tagger(choice)

    def tag(self, texts: Iterable[str]) -> "list[list[Entity]]":
        """Returns the entities of each text, in order; texts are tagged in batches.

        A sentence that the model fails on is left out, and named in a warning of the log.

        Raises:
          TypeError: a text is no string.
          ValueError: a text holds half a character (a lone surrogate), or it is closed.
        """
        from transforms.tag_texts import check_text, tag_texts

        if self._tagger is None:
            raise ValueError("this Tagger is closed")
        if isinstance(texts, str):
            raise TypeError("texts must be several strings, got one: write tag([text])")
        texts = list(texts)
        for place, text in enumerate(texts):
            if not isinstance(text, str):
                raise TypeError(f"text {place} must be a string, got {type(text).__name__}")
            try:
                check_text(text)
            except ValueError as error:
                raise ValueError(f"text {place} {error}") from error
        tagged = tag_texts(
            texts, self._tagger, self._line_breaks, document_labels=self._document_labels
        )
        for place, one in enumerate(tagged):
            for failure in one.failures:
                where = f"text {place}, {failure.start} to {failure.end}"
                _LOGGER.warning("%s: the model failed: %s", where, failure.message)
        return [one.entities for one in tagged]

    def close(self) -> None:
        """Gives the model's memory and threads back."""
        if self._tagger is not None:
            self._tagger.close()
            self._tagger = None

    def __enter__(self) -> "Tagger":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def run(
    *,
    input: str | Sequence[str],
    output: str,
    **flags: str | int | float | bool | Sequence[str] | None,
) -> ExitCode:
    """Runs the whole job, as the command does: files in, Parquet tables out.

    >>> run(input="news/*.jsonl", output="tables", date_field="date", keep=["source"])
    ... # doctest: +SKIP
    <ExitCode.DONE: 0>

    Args:
      input: files, directories, globs or URIs.
      output: a folder, or s3:// or gs:// and a prefix.
      flags: those of the command, Beam's own among them, by their names without the hyphens:
        `keep=["source"]` is `--keep source`, `overwrite=True` is `--overwrite`. A flag that is
        None is not given.

    Returns:
      DONE, or TOO_MANY_REJECTS where the tables are there and more was rejected than
      `max_reject_ratio`.

    Raises:
      UsageError: a flag, a setting or an input cannot be right; nothing was tagged.
      JobError: the job failed; the message says whether the same call goes on.
    """
    from pipeline.options import parse_options

    options = parse_options(_words({"input": input, "output": output, **flags}))
    from pipeline.run import run as run_job

    return run_job(options)


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of a finished job; the reference says which columns they have.

    Partitions are columns here, too.
    """

    entities: "pyarrow.dataset.Dataset"
    sentences: "pyarrow.dataset.Dataset"
    documents: "pyarrow.dataset.Dataset"
    texts: "pyarrow.dataset.Dataset"
    rejects: "pyarrow.dataset.Dataset"


def read(output: str) -> Tables:
    """Returns the tables of a finished job, from the parts that parts.parquet lists.

    A job that is being added to shows either what was there before or all of what is new.

    >>> read("tables").entities.to_table(columns=["name", "label"]).to_pandas()
    ... # doctest: +SKIP

    Args:
      output: a folder, or s3:// or gs:// and a prefix, as given to the job.

    Raises:
      FileNotFoundError: there are no finished tables.
    """
    from transforms.output.datasets import open_datasets

    return Tables(**open_datasets(output))


def _words(flags: dict[str, Any]) -> list[str]:
    """Writes flags as the command line has them."""
    return [f"--{name}={_value(value)}" for name, value in flags.items() if value is not None]


def _value(value: str | int | float | bool | Sequence[str]) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, (str, int, float)) else json.dumps(list(value))


def __getattr__(name: str) -> Any:
    """Loads what needs Beam, or the models' packages, when it is first asked for."""
    if name == "TagEntities":
        from transforms.tag_entities import TagEntities

        return TagEntities
    if name == "Entity":
        from transforms.tag_texts import TextEntity

        return TextEntity
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""The launch of a job: all that its options name is checked, before any input is read."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from apache_beam.io.filesystems import FileSystems

from pipeline.credentials import check_credentials
from pipeline.errors import UsageError
from pipeline.placement import Placement, place_model
from pipeline.plan.plan_file import load_plan
from pipeline.runners import Runner
from pipeline.settings import RunOptions, Settings
from transforms.choices import ANY_LANGUAGE
from transforms.files.places import normalise
from transforms.files.remote import UnreachableError
from transforms.files.storage import exists
from transforms.model.checkpoint import EMBEDDED, Checkpoint, resolve_checkpoint
from transforms.model.errors import CheckpointError
from transforms.model.loading import load_tagger
from transforms.model.tags import WordTagger
from transforms.output.layout import PLAN_PATH
from transforms.output.output import Output


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """All that is known once the flags have been checked."""

    options: RunOptions
    runner: Runner
    output: Output
    settings: Settings
    placement: Placement
    load_tagger: Callable[[], WordTagger]


def check_options(options: RunOptions) -> Launch:
    """Checks all that the flags name, before any input is read.

    Raises:
      UsageError: something cannot be right.
    """
    runner = Runner(options.beam)
    FileSystems.set_options(runner.options)
    runner.check()
    output = Output(normalise(options.output))
    check_credentials("--output", output.root)
    _check_reachable(output)
    checkpoint = _find_model(options, runner)
    runner.check_endpoint()
    # A plan may be long, and what it says counts only where nobody asked for a precision.
    goes_on = options.model.precision == "auto" and not options.overwrite
    placement = place_model(options, _stored_precision(output) if goes_on else None)
    loader = partial(
        load_tagger,
        checkpoint,
        device=placement.device,
        precision=placement.precision,
        token_budget=options.token_budget,
        threads=placement.threads,
    )
    if placement.workers == 1 and runner.is_local:
        loader()  # a model that cannot be loaded must not first be found by a worker
    settings = replace(
        options.settings,
        model=checkpoint.name,
        model_revision=checkpoint.revision,
        model_fingerprint=checkpoint.fingerprint,
        labels=checkpoint.labels,
        precision=placement.precision,
        languages=options.settings.languages or _languages_of(checkpoint),
    )
    return Launch(
        options=options,
        runner=runner,
        output=output,
        settings=settings,
        placement=placement,
        load_tagger=loader,
    )


def _check_reachable(output: Output) -> None:
    # What else may fail here does so again when it is looked at what the output holds.
    with contextlib.suppress(OSError):
        try:
            exists(output.uri(PLAN_PATH))
        except (ImportError, UnreachableError) as error:
            raise UsageError(f"--output {output.root}: {error}") from error


def _stored_precision(output: Output) -> str | None:
    """Returns the precision of the job that an output holds, if there is one that can be read."""
    # What fails here does so again when it is looked at what the output holds.
    with contextlib.suppress(OSError, KeyError, TypeError, ValueError):
        stored = load_plan(output)
        return stored.settings.get("precision") if stored else None
    return None


def _languages_of(checkpoint: Checkpoint) -> tuple[str, ...]:
    """Returns which languages a model tags, as far as that is known."""
    return ("en",) if checkpoint.name == EMBEDDED else (ANY_LANGUAGE,)


def _find_model(options: RunOptions, runner: Runner) -> Checkpoint:
    choice = options.model
    check_credentials("--model", choice.model or "")
    try:
        found = resolve_checkpoint(choice.model, choice.model_revision, choice.label_names)
    except CheckpointError as error:
        raise UsageError(f"--model: {error}") from error
    if found.is_here_only and not runner.workers_are_here:
        raise UsageError(
            f"--model {found.name} is a folder of this machine, which workers of {runner.name} "
            "may not see: copy it to a bucket and give that place (gs://... or s3://...), or give "
            "the id of a model on the hub"
        )
    return found

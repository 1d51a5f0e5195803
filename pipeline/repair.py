"""Mends an output: inputs whose rows are lost are tagged again, and the rest stays."""

import argparse
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.arguments import add_output_argument, add_switch
from pipeline.credentials import check_credentials
from pipeline.errors import ExitCode, UsageError
from pipeline.flag_values import workers
from pipeline.models import ModelChoice
from pipeline.settings import RESULTS_VERSION, RunOptions, Settings, changed_settings
from pipeline.terminal import say
from pipeline.verify import tell
from transforms.files.places import normalise

if TYPE_CHECKING:  # what reads tables takes seconds to load
    from pipeline.inspection.inspect_output import Inspection
    from pipeline.launch import Launch
    from transforms.output.output import Output


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `repair`."""
    add_output_argument(parser)
    add_switch(
        parser,
        "--drop_lost",
        "take out what is left of the rows of inputs that cannot be read any more, and make them "
        "rejects; else nothing is done where there are such inputs",
    )
    parser.add_argument(
        "--device",
        default="auto",
        metavar="D",
        help="auto, cpu, cuda or cuda:N (default: %(default)s)",
    )
    parser.add_argument(
        "--workers",
        type=workers,
        metavar="N",
        help="processes on this machine (default: auto, as for a job)",
    )


def run(args: argparse.Namespace) -> ExitCode:
    """Mends an output, and looks at it again.

    Raises:
      UsageError: no job has come to its end there, or its model or libraries are not to be had.
      DamagedError: what is lost is told by nothing else, or inputs cannot be read any more.
      JobError: the job that tags inputs again failed.
    """
    root = normalise(args.out)
    check_credentials("OUT", root)
    from pipeline.lease import hold
    from transforms.output.output import Output

    output = Output(root)
    with hold(output):
        return _repair(output, args)


def _repair(output: "Output", args: argparse.Namespace) -> ExitCode:
    from pipeline.inspection.inspect_output import inspect_output

    found = inspect_output(output)
    say(*tell(output.root, found))
    if found.is_sound:
        return ExitCode.DONE
    _mend(output, found, args)
    found = inspect_output(output)
    say(*tell(output.root, found))
    return ExitCode.DONE if found.is_sound else ExitCode.DAMAGED


def _mend(output: "Output", found: "Inspection", args: argparse.Namespace) -> None:
    from pipeline.inspection.mend import (
        clear_copies,
        find_sources,
        move_strays,
        needs_round,
        plan_repair,
        refuse_loss,
        restore_lists,
    )
    from pipeline.plan.clear import clear_staging
    from pipeline.plan.inputs import Listing
    from pipeline.plan.skipped import of_json
    from pipeline.run import run_repair
    from transforms.files.addresses import Addresses
    from transforms.output.copies import damaged_copies, save_copy
    from transforms.output.published import load_parts

    todo = None
    if needs_round(found):
        # All that may be refused comes before the first write.
        sources = find_sources(found)
        if not args.drop_lost:
            refuse_loss(sources)
        launch = _launch(output, found, args)
        todo = plan_repair(found, sources, launch.settings)
    move_strays(output, found.strays)
    if found.lists.damage or todo:
        restore_lists(output, found)
    if todo:
        if not damaged_copies(output):
            with suppress(ValueError, FileNotFoundError):  # the manifest is lost
                save_copy(output)
        skipped = of_json(found.published.manifest.get("skipped", []))
        run_repair(launch, todo, Listing(sources.files, skipped, Addresses({})))
        now = {part.path for part in load_parts(output)}
        for part in found.published.parts:
            if part.path not in now:
                output.remove(part.path)
    elif found.lists.damage:
        # What an addition had staged, whose plan is lost, nobody goes on with.
        clear_staging(output)
    if damaged_copies(output):
        clear_copies(output)
    if not found.unfinished or todo:
        save_copy(output)


def _launch(output: "Output", found: "Inspection", args: argparse.Namespace) -> "Launch":
    """Finds the model of the job, and makes sure that it would make the same rows.

    Raises:
      UsageError: the model or the libraries are not those of the job.
    """
    from pipeline.launch import check_options

    settings = found.published.settings
    choice = ModelChoice(
        model=settings.model,
        model_revision=settings.model_revision or None,
        label_names=settings.labels,
        device=args.device,
        precision=settings.precision,
    )
    options = RunOptions(
        input=(),
        output=output.root,
        settings=settings,
        model=choice,
        workers=args.workers,
        max_reject_ratio=1,  # whether so many rejects are right was judged when the job ended
    )
    launch = check_options(options)
    ours = replace(launch.settings, libraries=Settings().libraries, results_version=RESULTS_VERSION)
    differ = changed_settings(settings.as_json(), ours.as_json())
    if differ:
        raise UsageError(
            f"{output.root} was made otherwise than this program would mend it "
            f"({'; '.join(differ)}): install what made it, or make it anew with --overwrite"
        )
    return launch

"""Says whether an output is what its job wrote, and which inputs are concerned if it is not."""

import argparse
import json
from typing import TYPE_CHECKING, Any

from pipeline.arguments import add_output_argument, add_switch
from pipeline.credentials import check_credentials
from pipeline.errors import ExitCode
from pipeline.terminal import say
from pipeline.wording import amount
from transforms.files.places import normalise

if TYPE_CHECKING:  # what reads tables takes seconds to load
    from pipeline.inspection.inspect_output import Inspection
    from pipeline.inspection.sources import Sources


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `verify`."""
    add_output_argument(parser)
    add_switch(
        parser,
        "--sources",
        "compare texts with the inputs, those that can be read and have not changed since",
    )
    add_switch(parser, "--json", "print JSON")


def run(args: argparse.Namespace) -> ExitCode:
    """Prints what is wrong with an output.

    Raises:
      UsageError: no job has come to its end there.
      DamagedError: what is lost is told by nothing else.
    """
    root = normalise(args.out)
    check_credentials("OUT", root)
    from pipeline.inspection.inspect_output import inspect_output
    from pipeline.inspection.sources import Sources
    from transforms.output.output import Output

    sources = Sources() if args.sources else None
    found = inspect_output(Output(root), sources)
    if args.json:
        print(json.dumps(_as_json(root, found, sources), indent=2, ensure_ascii=False))
    else:
        say(*tell(root, found, sources))
    return ExitCode.DONE if found.is_sound else ExitCode.DAMAGED


def tell(root: str, found: "Inspection", sources: "Sources | None" = None) -> list[str]:
    """Returns lines that say what is wrong, and what to do."""
    lines = [str(finding) for finding in found.findings]
    parts, inputs = found.published.parts, found.published.inputs
    if found.is_sound:
        said = f"{amount(len(parts), 'part')} of {amount(len(inputs), 'input')}"
        lines.append(f"{root} is sound: {said}")
    else:
        again = amount(len(found.inputs), "input")
        lines.append(f"{root} is damaged: `news-entities repair {root}` mends it, and tags {again}")
    if found.unfinished:
        lines.append("an addition has not come to its end: its command goes on with it")
    if sources is not None:
        counts = ", ".join(f"{n:,} {what}" for what, n in sorted(sources.counts.items()))
        lines.append(f"inputs compared, group by group: {counts or 'none'}")
    return lines


def _as_json(root: str, found: "Inspection", sources: "Sources | None") -> dict[str, Any]:
    told = {
        "output": root,
        "sound": found.is_sound,
        "unfinished": found.unfinished,
        "parts": len(found.published.parts),
        "inputs": len(found.published.inputs),
        "findings": [finding.as_json() for finding in found.findings],
        "to_tag_again": sorted(found.inputs),
    }
    return told if sources is None else told | {"sources": dict(sources.counts)}

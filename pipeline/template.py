"""Describes the main job's flags as the parameters of a Dataflow flex template.

python -m pipeline.template > deploy/dataflow/metadata.json
"""

import argparse
import json
import re
from collections.abc import Iterator
from typing import Any

from apache_beam.options.pipeline_options import DebugOptions, GoogleCloudOptions, WorkerOptions

from pipeline.arguments import Parser, Several
from pipeline.options import make_parser

# These are about processes of this machine, runs that only tell something, and a launcher that
# waits for the end.
NOT_OURS = (
    "help",
    "version",
    "print_config",
    "workers",
    "plan_only",
    "max_reject_ratio",
    "report",
)
# A run may have to set these flags of Beam, for which the service has no setting of its own.
BEAMS = (
    "dataflow_service_options",
    "experiments",
    "max_num_workers",
    "num_workers",
    "number_of_worker_harness_threads",
    "sdk_container_image",
    "worker_machine_type",
)


def metadata() -> dict[str, Any]:
    """Returns what `gcloud dataflow flex-template build --metadata-file` takes."""
    parser = make_parser()
    return {
        "name": "News entities",
        "description": parser.description,
        "parameters": [*_parameters(parser, NOT_OURS), *_beams_parameters()],
    }


def _beams_parameters() -> Iterator[dict[str, Any]]:
    parser = Parser(add_help=False)
    for options in (DebugOptions, GoogleCloudOptions, WorkerOptions):
        options._add_argparse_args(parser)
    known = {flag.lstrip("-"): action for flag, action in parser._option_string_actions.items()}
    yield from (_parameter(name, known[name]) for name in BEAMS)


def _parameters(parser: Parser, left_out: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for action in parser._actions:
        if action.dest not in left_out:
            yield _parameter(action.dest, action)


def _parameter(name: str, action: argparse.Action) -> dict[str, Any]:
    text = re.sub(r"\s+", " ", action.help or "").replace("%%", "%")
    if isinstance(action, Several):
        text += '; several as a JSON list, ["a", "b"]'
    parameter: dict[str, Any] = {
        "name": name,
        "label": name.replace("_", " ").capitalize(),
        "helpText": text[:1].upper() + text[1:],
        "isOptional": not action.required,
    }
    if action.choices:
        parameter["regexes"] = [f"^({'|'.join(action.choices)})$"]
    elif isinstance(action.default, bool):
        parameter["regexes"] = ["^(true|false)$"]
    return parameter


if __name__ == "__main__":
    print(json.dumps(metadata(), indent=2, ensure_ascii=False))

"""Beam's own flags, which stand beside those of the main job.

This module loads Beam, so it is imported only where a flag is left that is not ours.
"""

from collections.abc import Sequence

from apache_beam.options.pipeline_options import PipelineOptions, S3Options, StandardOptions

from pipeline.arguments import Parser, refuse_flag
from pipeline.errors import UsageError
from pipeline.settings import BeamFlags

# These runners may have flags of their own, which Python cannot know.
_PORTABLE = ("PortableRunner", "FlinkRunner", "SparkRunner", "PrismRunner")
# Everything else follows the environment, where Beam's flags for S3 have these names.
_S3_VARIABLES = {"s3_endpoint_url": "AWS_ENDPOINT_URL_S3", "s3_region_name": "AWS_DEFAULT_REGION"}


def parse_beam_flags(others: Sequence[str], ours: Parser) -> BeamFlags:
    """Reads the flags that are not ours.

    Raises:
      UsageError: a flag that neither we nor Beam know; Beam itself would pass over it in silence.
    """
    runner = _check_beam_flags(others, ours)
    store_variables, rest = _take_s3_flags(others)
    return BeamFlags(runner=runner, flags=tuple(rest), store_variables=store_variables)


def _check_beam_flags(others: Sequence[str], ours: Parser) -> str:
    """Refuses what neither we nor Beam know, which Beam itself would pass over in silence.

    Returns the name of the runner's class.
    """
    beam_parser = Parser(add_help=False)
    for options in PipelineOptions.__subclasses__():
        options._add_argparse_args(beam_parser)  # type: ignore[arg-type]
    known, unknown = beam_parser.parse_known_args(list(others))
    runner = _runner(known.runner or BeamFlags.runner)
    if unknown and runner not in _PORTABLE:
        refuse_flag(unknown[0], [*ours.flags, *beam_parser.flags])
    return runner


def _take_s3_flags(others: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Turns Beam's flags for S3 into variables; returns these and the other flags.

    Only listing would follow the flags. Those that hold secrets would be written into the job.
    """
    parser = Parser(add_help=False)
    S3Options._add_argparse_args(parser)
    args, rest = parser.parse_known_args(list(others))
    given = {name: value for name, value in vars(args).items() if value}
    for name in given:
        if name not in _S3_VARIABLES:
            raise UsageError(
                f"--{name} does not reach all that opens files: credentials and settings of S3 "
                "belong in the environment (AWS_ACCESS_KEY_ID, ...) of launcher and workers"
            )
    return {_S3_VARIABLES[name]: value for name, value in given.items()}, rest


def _runner(name: str) -> str:
    """Returns the name of a runner's class, which Beam knows by its path, in any case and short.

    >>> _runner("flink"), _runner("apache_beam.runners.portability.fn_api_runner.FnApiRunner")
    ('FlinkRunner', 'FnApiRunner')
    """
    short = name.rpartition(".")[2]
    known = {known.lower(): known for known in StandardOptions.KNOWN_RUNNER_NAMES}
    return known.get(short.lower()) or known.get(f"{short.lower()}runner") or short

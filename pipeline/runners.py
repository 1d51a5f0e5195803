"""Beam's runners: where their workers are, and whether their flags will do."""

import grpc
from apache_beam.options.pipeline_options import (
    FlinkRunnerOptions,
    PipelineOptions,
    PortableOptions,
    SparkRunnerOptions,
    StandardOptions,
)
from apache_beam.options.pipeline_options_validator import PipelineOptionsValidator
from apache_beam.runners.portability.job_server import ExternalJobServer
from apache_beam.runners.runner import create_runner

from pipeline.errors import UsageError

_ANSWER_SECONDS = 60
_LONGEST_JOB_SECONDS = 366 * 24 * 3600
IN_PROCESS = "FnApiRunner"
_OF_THIS_MACHINE = (
    IN_PROCESS,
    "BundleBasedDirectRunner",
    "DirectRunner",
    "InteractiveRunner",
    "SwitchingDirectRunner",
    "TestDirectRunner",
)


def workers_are_here(runner: str, options: PipelineOptions) -> bool:
    """Tells whether it is certain that all workers of a runner's class see this machine's files."""
    if runner in _OF_THIS_MACHINE:
        return True
    environment = options.view_as(PortableOptions).environment_type
    if environment:
        return environment.upper() == "LOOPBACK"
    # What LOOPBACK is the default of.
    if runner == "FlinkRunner":
        return options.view_as(FlinkRunnerOptions).flink_master.startswith("[")
    if runner == "SparkRunner":
        return options.view_as(SparkRunnerOptions).spark_master_url.startswith("local")
    return runner == "PrismRunner"


def check_runner(options: PipelineOptions) -> None:
    """Looks for what Beam would refuse only once the job is planned.

    Raises:
      UsageError: there is no such runner, or it lacks a flag or a package.
    """
    name = options.view_as(StandardOptions).runner
    try:
        errors = PipelineOptionsValidator(options, create_runner(name)).validate()
    except (AttributeError, ImportError, ValueError) as error:
        raise UsageError(f"--runner {name}: {error}") from error
    if errors:
        raise UsageError(f"--runner {name}: {' '.join(errors)}")


def check_endpoint(options: PipelineOptions) -> None:
    """Looks for the job service that is named.

    Raises:
      UsageError: nothing answers.
    """
    portable = options.view_as(PortableOptions)
    if portable.job_endpoint:
        seconds = min(portable.job_server_timeout, _ANSWER_SECONDS)
        try:
            ExternalJobServer(portable.job_endpoint, seconds).start()
        except grpc.FutureTimeoutError as error:
            where = f"--job_endpoint {portable.job_endpoint}"
            raise UsageError(f"{where}: nothing answers there in {seconds} s") from error


def outlast_job(options: PipelineOptions) -> None:
    """Has Beam follow a job to its end, however long it is.

    Where a job service names a job before it runs, as Prism does, Beam gives up after
    --job_server_timeout, which is to be the time for one answer: five minutes
    (https://github.com/apache/beam/issues/35867).
    """
    options.view_as(PortableOptions).job_server_timeout = _LONGEST_JOB_SECONDS

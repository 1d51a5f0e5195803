"""Beam's runners: their options, where their workers are, and whether their flags will do."""

import os

import grpc
from apache_beam.options.pipeline_options import (
    DirectOptions,
    FlinkRunnerOptions,
    GoogleCloudOptions,
    PipelineOptions,
    PortableOptions,
    SetupOptions,
    SparkRunnerOptions,
    StandardOptions,
)
from apache_beam.options.pipeline_options_validator import PipelineOptionsValidator
from apache_beam.runners.portability.job_server import ExternalJobServer
from apache_beam.runners.runner import create_runner

from pipeline.errors import UsageError
from pipeline.settings import BeamFlags

_ANSWER_SECONDS = 60
_LONGEST_JOB_SECONDS = 366 * 24 * 3600
_OF_THIS_MACHINE = (
    BeamFlags.runner,
    "BundleBasedDirectRunner",
    "DirectRunner",
    "InteractiveRunner",
    "SwitchingDirectRunner",
    "TestDirectRunner",
)


class Runner:
    """The runner that Beam's flags ask for.

    Attributes:
      name: of its class.
      is_local: whether its workers are processes of this machine, which --workers counts.
      options: Beam's, parsed once.
    """

    def __init__(self, flags: BeamFlags) -> None:
        self.name = flags.runner
        self.is_local = flags.is_local
        # The last value of a flag counts, and the local runner may have been named in short.
        local = [f"--runner={self.name}"] if self.is_local else []
        self.options = PipelineOptions([*flags.flags, *local])
        setup = self.options.view_as(SetupOptions)
        if setup.setup_file:
            # Beam changes into its folder, and fails for a name without one.
            setup.setup_file = os.path.abspath(setup.setup_file)

    @property
    def template(self) -> str | None:
        """Where the job is written in place of being run, as Dataflow's flex templates do it."""
        return self.options.view_as(GoogleCloudOptions).template_location

    @property
    def workers_are_here(self) -> bool:
        """Whether it is certain that all workers see this machine's files."""
        if self.name in _OF_THIS_MACHINE:
            return True
        environment = self.options.view_as(PortableOptions).environment_type
        if environment:
            return environment.upper() == "LOOPBACK"
        # These start their workers in the launcher's process by default, where they run here.
        if self.name == "FlinkRunner":
            return self.options.view_as(FlinkRunnerOptions).flink_master.startswith("[")
        if self.name == "SparkRunner":
            return self.options.view_as(SparkRunnerOptions).spark_master_url.startswith("local")
        return self.name == "PrismRunner"

    def check(self) -> None:
        """Looks for what Beam would refuse only once the job is planned.

        Raises:
          UsageError: there is no such runner, or it lacks a flag or a package.
        """
        if self.is_local:
            return
        name = self.options.view_as(StandardOptions).runner
        try:
            errors = PipelineOptionsValidator(self.options, create_runner(name)).validate()
        except (AttributeError, ImportError, ValueError) as error:
            raise UsageError(f"--runner {name}: {error}") from error
        if errors:
            raise UsageError(f"--runner {name}: {' '.join(errors)}")

    def check_endpoint(self) -> None:
        """Looks for the job service that is named.

        Raises:
          UsageError: nothing answers.
        """
        portable = self.options.view_as(PortableOptions)
        if portable.job_endpoint:
            seconds = min(portable.job_server_timeout, _ANSWER_SECONDS)
            try:
                ExternalJobServer(portable.job_endpoint, seconds).start()
            except grpc.FutureTimeoutError as error:
                where = f"--job_endpoint {portable.job_endpoint}"
                raise UsageError(f"{where}: nothing answers there in {seconds} s") from error

    def prepare(self, workers: int) -> PipelineOptions:
        """Returns the options to run with, on so many processes of this machine."""
        if self.is_local and workers > 1:
            direct = self.options.view_as(DirectOptions)
            direct.direct_running_mode = "multi_processing"
            direct.direct_num_workers = workers
        # Beam follows a job to its end, however long it is. Where a job service names a job
        # before it runs, as Prism does, Beam gives up after --job_server_timeout, which is to be
        # the time for one answer: five minutes (https://github.com/apache/beam/issues/35867).
        self.options.view_as(PortableOptions).job_server_timeout = _LONGEST_JOB_SECONDS
        return self.options

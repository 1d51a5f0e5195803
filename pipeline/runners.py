"""Beam's runners: where their workers are."""

from apache_beam.options.pipeline_options import (
    FlinkRunnerOptions,
    PipelineOptions,
    PortableOptions,
    SparkRunnerOptions,
)

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

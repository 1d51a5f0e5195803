import pytest

from pipeline.options import parse_options
from pipeline.run import _beam_options
from pipeline.runners import workers_are_here


@pytest.mark.parametrize(
    ("flags", "here"),
    [
        ("", True),
        ("--workers 2", True),
        ("--runner DirectRunner", True),
        ("--runner PrismRunner", True),
        ("--runner PrismRunner --environment_type DOCKER", False),
        ("--runner PortableRunner --job_endpoint h:1", False),
        ("--runner PortableRunner --job_endpoint h:1 --environment_type LOOPBACK", True),
        ("--runner PortableRunner --job_endpoint h:1 --environment_type EXTERNAL", False),
        ("--runner FlinkRunner", True),
        ("--runner FlinkRunner --flink_master h:8081", False),
        ("--runner FlinkRunner --flink_master h:8081 --environment_type PROCESS", False),
        ("--runner SparkRunner", True),
        ("--runner SparkRunner --spark_master_url spark://h:7077", False),
        ("--runner DataflowRunner", False),
        ("--runner some.module.OtherRunner", False),
    ],
)
def test_workers_are_on_this_machine_only_where_that_is_certain(flags, here):
    options = parse_options(["--input", "a.txt", "--output", "out", *flags.split()])
    assert workers_are_here(options.runner, _beam_options(options)) == here

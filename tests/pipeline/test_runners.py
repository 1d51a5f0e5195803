import socket

import pytest

from pipeline.errors import UsageError
from pipeline.options import parse_options
from pipeline.runners import Runner
from pipeline.settings import BeamFlags


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
    assert Runner(options.beam).workers_are_here == here


def test_a_job_endpoint_that_does_not_answer_is_wrong_usage():
    with socket.socket() as bound:  # but does not listen
        bound.bind(("localhost", 0))
        endpoint = f"localhost:{bound.getsockname()[1]}"
        flags = ["--runner=PortableRunner", f"--job_endpoint={endpoint}", "--job_server_timeout=1"]
        with pytest.raises(UsageError, match=f"{endpoint}: nothing answers there in 1 s"):
            Runner(BeamFlags(runner="PortableRunner", flags=tuple(flags))).check_endpoint()

"""A real Flink cluster: the same bytes, also when a part of it is lost in the middle of a job.

The job's workers are on two task managers with two slots each, and a worker pool of its own.
"""

import glob
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.engines.conftest import CACHE, JOB_SECONDS
from tests.engines.corpus import write_corpus
from tests.engines.flink.cluster import POOL_PORT, FlinkCluster, job_server_jar
from tests.integration.test_command import ROOT, command
from tests.jobs import tables_of
from transforms.output.output import Output

pytestmark = pytest.mark.engines

BLOCKS = 12


@pytest.fixture(scope="module")
def jar():
    return job_server_jar(CACHE)


@pytest.fixture(scope="module")
def cluster(jar, tmp_path_factory):
    with FlinkCluster(jar, tmp_path_factory.mktemp("flink"), pods=2, slots=2) as running:
        yield running


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return write_corpus(tmp_path_factory.mktemp("corpus") / "news", BLOCKS)


@pytest.fixture(scope="module")
def local(corpus, tmp_path_factory):
    output = tmp_path_factory.mktemp("local") / "out"
    # On Flink it is fp32, and here what this processor does fastest.
    flags = ("--input", corpus, "--output", output, "--precision", "fp32")
    done = command(*flags, timeout=JOB_SECONDS)
    assert done.returncode == 0, done.stderr
    return tables_of(Output(str(output)))


class FlinkJob:
    """Our command, submitting to a cluster; watches the receipts while it runs."""

    def __init__(self, cluster, jar, corpus, output):
        self.cluster, self.output = cluster, output
        self.receipts = {}  # of each block, the files that it has been seen in, by inode
        flags = ["--input", corpus, "--output", output, "--runner", "FlinkRunner"]
        flags += ["--flink_master", cluster.master, "--flink_job_server_jar", jar]
        flags += ["--environment_type", "EXTERNAL"]
        flags += ["--environment_config", f"localhost:{POOL_PORT}"]
        flags += ["--parallelism", len(cluster.pods) * cluster.slots]
        self.log = output.with_suffix(".log")
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "pipeline", *map(str, flags)],
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )

    def wait_for_blocks(self, blocks):
        """Waits until so many blocks are done; returns them."""
        self._watch(lambda: len(self.receipts) >= blocks, f"{blocks} blocks")
        assert self.process.poll() is None, f"the job is over too soon\n{self.report()}"
        return set(self.receipts)

    def finish(self):
        """Waits for the end; returns the tables."""
        self._watch(lambda: self.process.poll() is not None, "end of the job")
        assert self.process.returncode == 0, self.report()
        return tables_of(Output(str(self.output)))

    def report(self):
        return f"{self.log.read_text()}\n{self.cluster.report()}"

    def _watch(self, condition, what):
        deadline = time.monotonic() + JOB_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                self.process.kill()
                raise TimeoutError(f"no {what} in {JOB_SECONDS} s\n{self.report()}")
            # Unlike Path.rglob, it takes no offence at folders that are cleared meanwhile.
            for found in glob.iglob(f"{self.output}/_run/receipts/**/*.json", recursive=True):
                path = Path(found)
                with suppress(FileNotFoundError):  # cleared: the job is over
                    self.receipts.setdefault(path.name, set()).add(path.stat().st_ino)
            time.sleep(0.05)


@pytest.fixture
def job(cluster, jar, corpus, tmp_path):
    started = FlinkJob(cluster, jar, corpus, tmp_path / "out")
    yield started
    started.process.kill()
    started.process.wait()


def test_flink_gives_the_same_bytes_and_every_slot_gets_work(job, local, cluster):
    assert job.finish() == local
    assert len(job.receipts) == BLOCKS
    done = cluster.jobs()[-1]
    vertices = cluster.get(f"jobs/{done['jid']}")["vertices"]
    (tagging,) = (vertex["id"] for vertex in vertices if "TagWords" in vertex["name"])
    subtasks = cluster.get(f"jobs/{done['jid']}/vertices/{tagging}")["subtasks"]
    rows = [subtask["metrics"]["write-records"] for subtask in subtasks]
    assert len(rows) == 4
    assert all(rows)
    assert len({subtask["host"] for subtask in subtasks}) == 2


def test_a_job_outlives_a_task_manager_and_does_nothing_twice(job, local, cluster):
    done = job.wait_for_blocks(3)
    cluster.kill_pod("pod0")
    # Kubernetes does this, too.
    cluster.start_pod("pod0")
    assert job.finish() == local
    assert all(len(job.receipts[block]) == 1 for block in done)


def test_a_job_outlives_a_worker_pool_and_does_nothing_twice(job, local, cluster):
    done = job.wait_for_blocks(3)
    cluster.kill_pool("pod1")
    cluster.start_pool("pod1")
    assert job.finish() == local
    assert all(len(job.receipts[block]) == 1 for block in done)

"""Only one run at a time has an output, and one that was killed has it no longer."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from pipeline import lease
from pipeline.errors import UsageError
from pipeline.lease import EXPIRES_SECONDS, Holder, hold
from tests.places import HANG_SECONDS, ROOT
from transforms.output.layout import LEASE_PATH
from transforms.output.output import Output

HOLD_FOR_EVER = """
import sys, time
from pipeline.lease import hold
from transforms.output.output import Output
with hold(Output(sys.argv[1])):
    print("held", flush=True)
    time.sleep(1e6)
"""


@pytest.fixture(params=["local", "s3", "gs"])
def output(request, tmp_path) -> Output:
    if request.param == "local":
        return Output(str(tmp_path / "out"))
    return Output(f"{request.getfixturevalue(request.param).root}/{tmp_path.name}")


def holder_in(output: Output) -> Holder:
    return Holder(**json.loads(output.require(LEASE_PATH)))


def test_a_second_run_is_refused_and_told_who_has_it(output):
    with hold(output):
        with pytest.raises(UsageError) as refused, hold(output):
            pytest.fail("both have it")
        holder = holder_in(output)
    assert holder.process == os.getpid()
    assert f"is in use by process {os.getpid()} of {holder.user} on {holder.host} since" in str(
        refused.value
    )
    assert "--wait MINUTES" in str(refused.value)


def test_it_can_be_had_again_when_it_was_given_back(output):
    for _ in range(2):
        with hold(output):
            pass
    assert output.get(LEASE_PATH) is None


def test_a_failure_gives_it_back(output):
    with pytest.raises(RuntimeError), hold(output):
        raise RuntimeError
    assert output.get(LEASE_PATH) is None


def test_a_run_that_waits_gets_it_when_the_other_has_ended(output, capsys):
    has_it, may_end = threading.Event(), threading.Event()

    def work():
        with hold(output):
            has_it.set()
            may_end.wait(HANG_SECONDS)

    other = threading.Thread(target=work)
    other.start()
    assert has_it.wait(HANG_SECONDS)
    threading.Timer(0.5, may_end.set).start()
    with hold(output, wait_minutes=HANG_SECONDS):
        other.join(HANG_SECONDS)
        assert may_end.is_set()
    assert "waiting for its end" in capsys.readouterr().out


def test_a_killed_run_leaves_it_to_the_next(output):
    command = [sys.executable, "-c", HOLD_FOR_EVER, output.root]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as other:
        assert other.stdout
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(UsageError, match=f"process {other.pid} "), hold(output):
            pass
        os.kill(other.pid, signal.SIGKILL)
        other.wait(HANG_SECONDS)
    with hold(output):
        assert holder_in(output).process == os.getpid()


def test_no_folder_is_left_that_was_not_there(tmp_path):
    with hold(Output(str(tmp_path / "new" / "out"))):
        assert (tmp_path / "new" / "out" / "_run").is_dir()
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(UsageError, match="cannot be written"), hold(Output(f"{tmp_path}/file")):
        pass


def test_a_lease_in_a_bucket_that_nobody_renews_is_over(bucket):
    output = Output(f"{bucket.root}/expired")
    long_ago = time.time() - EXPIRES_SECONDS - 1
    gone = Holder("ann", "elsewhere", 7, long_ago, long_ago, "another machine")
    output.put(LEASE_PATH, gone.as_bytes())
    with hold(output):
        assert holder_in(output).process == os.getpid()
    now = Holder("ann", "elsewhere", 7, long_ago, time.time(), "another machine")
    output.put(LEASE_PATH, now.as_bytes())
    with pytest.raises(UsageError, match="process 7 of ann on elsewhere"), hold(output):
        pass


def test_a_lease_in_a_bucket_is_renewed(bucket, monkeypatch):
    monkeypatch.setattr(lease, "RENEW_SECONDS", 0.01)
    output = Output(f"{bucket.root}/renewed")
    with hold(output):
        first = holder_in(output)
        while holder_in(output).renewed == first.renewed:
            time.sleep(0.01)
        assert holder_in(output).since == first.since


def test_a_run_whose_lease_was_taken_says_so_and_leaves_it(bucket, monkeypatch, caplog):
    monkeypatch.setattr(lease, "RENEW_SECONDS", 0.01)
    output = Output(f"{bucket.root}/taken")
    other = Holder("ann", "elsewhere", 7, time.time(), time.time(), "another machine")
    with hold(output):
        output.put(LEASE_PATH, other.as_bytes())
        while "another run has taken" not in caplog.text:
            time.sleep(0.01)
    assert holder_in(output) == other


def test_a_store_that_cannot_compare_has_no_lease():
    with hold(Output("abfs://news/out")):
        pass

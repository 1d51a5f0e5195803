"""All processes of a job are looked at, and a job that fails says why."""

import pytest

from benchmarks.job_usage import held_bytes, processes_of, run_job

HOLD = "import time; held = b'x' * 60_000_000; time.sleep(2)"
# Its child holds as much, and ends when it does.
TWO = f"""
import subprocess, sys
hold = "held = b'x' * 60_000_000; print(); input()"
child = subprocess.Popen([sys.executable, "-c", hold], stdin=-1, stdout=-1)
child.stdout.readline()
{HOLD}
child.communicate(b"end\\n")
"""
WORK = "import time\nwhile time.process_time() < 1: pass"


def test_the_memory_of_children_counts():
    one, two = run_job(["-c", HOLD]), run_job(["-c", TWO])
    assert (one.processes, two.processes) == (1, 2)
    assert 60e6 < one.peak_bytes < 100e6
    assert one.peak_bytes + 60e6 < two.peak_bytes < 200e6


def test_time_of_the_processor_is_told_from_waiting():
    assert run_job(["-c", HOLD]).cpu_seconds < run_job(["-c", WORK]).cpu_seconds <= 2


def test_a_job_that_fails_says_why():
    with pytest.raises(RuntimeError, match="there is no such thing"):
        run_job(["-c", "raise SystemExit('there is no such thing')"])


def test_processes_that_are_gone_hold_nothing():
    gone = 2**22 + 1  # above the largest number of a process
    assert processes_of(gone) == {}
    assert held_bytes(gone) == 0

"""Runs a command, and tells the time and the memory of all its processes together."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

_INTERVAL_SECONDS = 0.25
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Usage:
    """What a job took.

    Attributes:
      seconds: from its start to its end.
      cpu_seconds: of the processor, over all processes and cores.
      peak_bytes: the most memory that its processes held at once (RSS). What they share counts in
        each of them, for what is shared with other programs must not make a difference.
      processes: the most that there were at once.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    processes: int


def run_job(words: Sequence[str]) -> Usage:
    """Runs Python with these words to its end, in a session of its own, and looks at it meanwhile.

    Raises:
      RuntimeError: it failed; the message ends with what it said.
    """
    start = time.perf_counter()
    ticks: dict[int, int] = {}
    peak, most = 0, 0
    with TemporaryFile("w+") as said:
        command = [sys.executable, "-P", *words]
        job = subprocess.Popen(command, stdout=said, stderr=said, start_new_session=True)
        while job.poll() is None:
            now = processes_of(job.pid)
            ticks |= now
            peak = max(peak, sum(map(held_bytes, now)))
            most = max(most, len(now))
            time.sleep(_INTERVAL_SECONDS)
        seconds = time.perf_counter() - start
        if job.returncode:
            said.seek(0)
            raise RuntimeError(f"{' '.join(words)} failed: {said.read()[-2000:]}")
    return Usage(seconds, sum(ticks.values()) / _TICKS, peak, most)


def processes_of(session: int) -> dict[int, int]:
    """Returns the ticks of the processor that each living process of a session took so far."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            # The name of the program comes before these fields, and may hold anything.
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has ended
        if int(fields[3]) == session:
            found[int(folder.name)] = int(fields[11]) + int(fields[12])
    return found


def held_bytes(process: int) -> int:
    """Returns the memory of a process; 0 at its end."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Rss:"))

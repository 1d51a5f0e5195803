"""Measures one part in a process of its own: `python -m benchmarks.gpu.part NAME ...`.

A fault of the GPU spoils the process that meets it. A compiler may take longer than there is
time. Neither keeps the other parts from being measured.
"""

import argparse
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from benchmarks.gpu.figures import Figures, Row, read_figures
from benchmarks.gpu.settings import FULL, QUICK, ROOT, SPARE_SECONDS, Setting

# Each is imported only by the process that runs it.
_FUNCTIONS = {
    "tests": "marked_tests:run_marked_tests",
    "model": "model:measure_models",
    "tagger": "tagger:measure_taggers",
    "transformers": "theirs:measure_transformers",
    "pipeline": "pipeline:measure_pipeline",
    "processes": "processes:measure_processes",
    "attention": "variants:measure_attention",
    "compile": "variants:measure_fixed_shapes",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where all parts measure; see `Setting`."""

    device: str
    precision: str
    quick: bool
    work: Path

    def setting(self, seconds: float) -> Setting:
        sizes = QUICK if self.quick else FULL
        return Setting(self.device, self.precision, sizes, self.work, seconds)


def measure_part(name: str, setting: Setting) -> Figures:
    """Measures a part in this process."""
    module, _, function = _FUNCTIONS[name].partition(":")
    figures = Figures(figures_path(name, setting.work))
    getattr(import_module(f"benchmarks.gpu.{module}"), function)(setting, figures)
    return figures


def figures_path(name: str, work: Path) -> Path:
    return work / f"{name}.json"


def run_part(name: str, place: Place, seconds: float) -> dict[str, Row]:
    """Measures a part in a process of its own, which ends after so many seconds at most.

    Returns:
      Its rows. What stopped the process is an `error` in a row of its own, beside the rows that
      were measured before.
    """
    error = run_limited(part_command(name, place, seconds), place.work / f"{name}.log", seconds)
    rows = read_figures(figures_path(name, place.work))
    return rows | ({f"the part {name}": {"error": error}} if error else {})


def part_command(name: str, place: Place, seconds: float) -> list[str]:
    return [
        *(sys.executable, "-m", "benchmarks.gpu.part", name),
        *("--device", place.device, "--precision", place.precision, "--work", str(place.work)),
        *("--seconds", str(max(1.0, seconds - SPARE_SECONDS))),
        *["--quick"] * place.quick,
    ]


def run_limited(command: list[str], log: Path, seconds: float) -> str:
    """Runs a command, whose process group is killed after so many seconds.

    Returns:
      What went wrong, "" for nothing, with the end of what it printed.
    """
    with log.open("w") as printed:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=printed, stderr=printed, start_new_session=True
        )
        try:
            code = process.wait(seconds)
            trouble = f"it ended with {code}" if code else ""
        except subprocess.TimeoutExpired:
            trouble = f"it was stopped after {seconds:.0f} s"
        finally:
            # What it started goes too.
            _kill_group(process)
    return f"{trouble}\n{log.read_text(errors='replace')[-1500:]}".strip() if trouble else ""


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("name", choices=_FUNCTIONS)
    parser.add_argument("--device", required=True)
    parser.add_argument("--precision", required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    place = Place(options.device, options.precision, options.quick, options.work)
    measure_part(options.name, place.setting(options.seconds))


if __name__ == "__main__":
    main()

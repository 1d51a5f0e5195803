"""Measures the whole pipeline, from a .jsonl.gz to tables, with several processes on one GPU."""

import shutil
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

from benchmarks.gpu.figures import Figures, NotMeasured
from benchmarks.gpu.settings import ROOT, Setting
from benchmarks.gpu.texts import write_documents
from benchmarks.gpu.timing import check_time

# So much text that a process tags some blocks of a MiB.
_BLOCKS = 4


def measure_pipeline(setting: Setting, figures: Figures) -> None:
    """Measures each model with 1, 4, ... processes, less the time of a run with a few words."""
    if find_spec("apache_beam") is None:
        figures.put("whole pipeline", not_measured="apache-beam is not installed")
        return
    for model in setting.models:
        for count in setting.sizes.processes:
            name = f"{model}, whole pipeline in {count} processes"
            with figures.attempt(name):
                check_time(setting)
                few, start_s = timed_run(model, 50 * count, count, setting)
                many = _BLOCKS * count * setting.sizes.process_words
                words, seconds = timed_run(model, many, count, setting)
                speed = (words - few) / max(seconds - start_s, 1e-9)
                figures.put(
                    name,
                    model=model,
                    processes=count,
                    words_per_s=speed,
                    start_s=start_s,
                    seconds=seconds,
                    words=words,
                )


def timed_run(model: str, words: int, workers: int, setting: Setting) -> tuple[int, float]:
    """Runs the command over new documents.

    Returns:
      The words that were written, and the seconds from the command to its end.

    Raises:
      NotMeasured: the part's time is over meanwhile.
      RuntimeError: the command failed.
    """
    source, output = setting.work / "news.jsonl.gz", setting.work / "tables"
    shutil.rmtree(output, ignore_errors=True)
    written = write_documents(source, words)
    start = time.perf_counter()
    run = subprocess.Popen(
        command(model, source, output, workers, setting),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        printed, _ = run.communicate(timeout=max(1.0, setting.seconds_left))
    except subprocess.TimeoutExpired as error:
        run.kill()
        run.wait()
        raise NotMeasured(f"the part's time was over after {error.timeout:.0f} s") from error
    if run.returncode:
        raise RuntimeError(f"the pipeline ended with {run.returncode}: {printed[-1500:]}")
    return written, time.perf_counter() - start


def command(model: str, source: Path, output: Path, workers: int, setting: Setting) -> list[str]:
    return [
        *(sys.executable, "-m", "pipeline"),
        *("--input", str(source), "--output", str(output)),
        *("--model", str(setting.folder(model))),
        *("--device", setting.device, "--precision", setting.precision),
        *("--workers", str(workers)),
    ]

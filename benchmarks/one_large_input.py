"""Shows whether one compressed input gives every process work.

    python -m benchmarks.one_large_input [--blocks 16] [--block_bytes 65536] [--workers 1 2 4]

Such an input cannot be entered in the middle, so all processes have to read it from its start.
This makes a .jsonl.gz of the words of the news in examples/, and tags it with the model that comes
along, in blocks of --block_bytes. For each number of processes, it prints the time, how many
blocks each process tagged, and how much faster that is than the first number of processes. The
cores are divided among the processes, as `--workers` does.
"""

import argparse
import gzip
import json
import os
import random
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions

import benchmarks.one_large_input as this_module
from pipeline.graph import Job, build
from pipeline.plan.inputs import list_inputs
from pipeline.plan.plan import make_plan
from pipeline.plan.plan_file import save_plan
from pipeline.settings import Settings
from transforms.columns import Words
from transforms.model.checkpoint import resolve_checkpoint
from transforms.model.cores import usable_cores
from transforms.model.loading import load_tagger
from transforms.model.tags import Tags, WordTagger
from transforms.output.output import Output

EXAMPLES = Path(__file__).parents[1] / "examples" / "news" / "meridian-wire.jsonl"


class NotingTagger:
    """Tags with the model that comes along, and notes in a file of its process each block."""

    def __init__(self, notes: Path, threads: int) -> None:
        self._file = notes / str(os.getpid())
        self._tagger = load_tagger(resolve_checkpoint(), "cpu", "fp32", threads=threads)

    def tag(self, words: Words) -> Tags:
        with self._file.open("a") as file:
            file.write(".")
        return self._tagger.tag(words)


def load_noting_tagger(notes: Path, threads: int) -> WordTagger:
    return NotingTagger(notes, threads)


def main() -> None:
    arguments = parse_arguments()
    with TemporaryDirectory() as folder:
        corpus = Path(folder) / "news.jsonl.gz"
        write_corpus(corpus, arguments.blocks * arguments.block_bytes)
        first: float | None = None
        for workers in arguments.workers:
            place = Path(folder) / str(workers)
            seconds = tag(corpus, place, arguments.block_bytes, workers)
            first = first or seconds
            blocks = sorted(path.stat().st_size for path in (place / "notes").iterdir())
            print(f"{workers} processes: {seconds:.1f} s, {first / seconds:.2f} times, ", end="")
            print(f"blocks by process: {blocks}", flush=True)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--blocks", type=int, default=16)
    parser.add_argument("--block_bytes", type=int, default=1 << 16)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    return parser.parse_args()


def write_corpus(path: Path, size: int) -> None:
    """Writes documents of about so many bytes, decompressed, which compress as news does.

    Their words are shuffled, for a document that came again would compress to nothing.
    """
    texts = [json.loads(line)["text"] for line in EXAMPLES.read_text().splitlines()]
    chance = random.Random(0)
    written = 0
    with gzip.open(path, "wt") as file:
        while written < size:
            words = chance.choice(texts).split()
            chance.shuffle(words)
            written += file.write(json.dumps({"text": " ".join(words)}) + "\n")


def tag(corpus: Path, place: Path, block_bytes: int, workers: int) -> float:
    """Runs the job with so many processes; returns its seconds."""
    settings = Settings(block_bytes=block_bytes)
    files = list_inputs([str(corpus)]).files
    output = Output(str(place / "out"))
    notes = place / "notes"
    notes.mkdir(parents=True)
    plan = make_plan(files, settings)
    threads = max(1, usable_cores() // workers)
    # The loader is the module's own, for a worker does not have this __main__.
    loader = partial(this_module.load_noting_tagger, notes, threads)
    job = Job.of(output, plan, save_plan(output, plan), loader, readers=workers)
    flags = ["--runner=FnApiRunner"]
    if workers > 1:
        flags += ["--direct_running_mode=multi_processing", f"--direct_num_workers={workers}"]
    start = time.perf_counter()
    pipeline = beam.Pipeline(options=PipelineOptions(flags))
    build(pipeline, job)
    pipeline.run().wait_until_finish()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()

"""Shows whether time a word and memory stay the same while a job grows.

    python -m benchmarks.scale [TEXTS] [--bytes 8388608] [--times 1 4 16] [--workers 1 2]
                               [--gz_bytes 2000000000] [--model FOLDER]

TEXTS is a .jsonl or .jsonl.gz with a field `text`, or a folder of such; without it, it is
examples/news. Out of these texts come corpora of 1, 4 and 16 times --bytes, whose words are drawn
anew so that no cache flatters (benchmarks/varied_text.py). The command tags each with one process
and with two (--workers). With --gz_bytes, it also tags one .jsonl.gz of so many bytes.

Everything but the network is measured: the model is an ALBERT of one layer and a width of 16, which
answers at once, and one piece in ten is part of a name for it. The first line says what it takes
for a word all the same. --model gives another one.

A run on one document tells what every run costs: its time is taken off before the rest is divided
by words. It is done three times (--starts), and the one of median time counts. Ratios are to the
first corpus. Memory is the most that all processes of the command held together, the libraries
included (benchmarks/job_usage.py), and beside it what that is above that of one document.
"""

import argparse
import gzip
import itertools
import json
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from benchmarks.against_transformers import (
    make_checkpoint,
    pieces_a_word,
    quiet_transformers,
    read_texts,
)
from benchmarks.job_usage import Usage, run_job
from benchmarks.matrix_rate import make_batch
from benchmarks.varied_text import write_documents
from transforms.model.checkpoint import load_model

EXAMPLES = Path(__file__).parents[1] / "examples" / "news"
TINY = {
    "hidden_size": 16,
    "embedding_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 1,
    "intermediate_size": 16,
}
SHARE_OF_NAMES = 0.1
BATCHES = 100  # over which the network's own time is averaged
HEADER = (
    f"{'corpus':>8} {'MB':>9} {'words':>13} {'processes':>9} {'clock s':>8} {'CPU s':>8} "
    f"{'us a word':>9} {'ratio':>6} {'CPU us':>7} {'ratio':>6} {'peak MB':>8} {'ratio':>6} "
    f"{'above':>6}"
)


@dataclass(frozen=True, slots=True)
class Run:
    """A corpus that was tagged: its bytes, its words, and what the command took."""

    name: str
    file_bytes: int
    words: int
    usage: Usage


@dataclass(frozen=True, slots=True)
class Figures:
    """What a run took beyond one that had a document only.

    Attributes:
      clock, cpu: microseconds a word.
      peak: bytes of memory, of the whole run.
      above: bytes of memory beyond that run's.
    """

    clock: float
    cpu: float
    peak: int
    above: int

    @classmethod
    def of(cls, run: Run, start: Run) -> "Figures":
        words = run.words - start.words
        return cls(
            1e6 * (run.usage.seconds - start.usage.seconds) / words,
            1e6 * (run.usage.cpu_seconds - start.usage.cpu_seconds) / words,
            run.usage.peak_bytes,
            run.usage.peak_bytes - start.usage.peak_bytes,
        )


def main() -> None:
    arguments = parse_arguments()
    quiet_transformers()
    texts = read_real_texts(arguments.texts)
    with TemporaryDirectory() as folder:
        place = Path(folder)
        model = arguments.model or make_tiny_model(place / "model", texts)
        corpora = make_corpora(place, texts, arguments.bytes, arguments.times)
        if arguments.gz_bytes:
            corpora["gz"] = place / "gz.jsonl.gz"
            size = write_documents(corpora["gz"], texts, arguments.gz_bytes)
            rate = unpack(corpora["gz"])
            print(f"the .gz has {size / 1e6:,.0f} MB of text, unpacked at {rate:.0f} MB/s")
        print(network_line(model, list(corpora.values())[1]), flush=True)
        for workers in arguments.workers:
            for line in measure(corpora, place, model, workers, arguments.starts):
                print(line, flush=True)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("texts", nargs="?", type=Path, default=EXAMPLES)
    parser.add_argument("--bytes", type=int, default=8 << 20, help="of the smallest corpus")
    parser.add_argument("--times", type=int, nargs="+", default=[1, 4, 16])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--starts", type=int, default=3, help="runs on one document")
    parser.add_argument("--gz_bytes", type=int, help="of one more corpus, a .jsonl.gz")
    parser.add_argument("--model", help="a checkpoint (default: a tiny one)")
    return parser.parse_args()


def read_real_texts(place: Path) -> list[str]:
    files = sorted(place.glob("*.jsonl*")) if place.is_dir() else [place]
    return [text for file in files for text in read_texts(file)]


def make_tiny_model(folder: Path, texts: Sequence[str]) -> str:
    make_checkpoint(folder, texts, TINY, SHARE_OF_NAMES)
    return str(folder)


def make_corpora(
    place: Path, texts: Sequence[str], size: int, times: Sequence[int]
) -> dict[str, Path]:
    """Writes a corpus of one document, and corpora of some multiples of a size."""
    sizes = {"start": 1} | {f"{count}x": count * size for count in times}
    corpora = {name: place / f"{name}.jsonl" for name in sizes}
    for name, path in corpora.items():
        write_documents(path, texts, sizes[name])
    return corpora


def unpack(path: Path) -> float:
    """Unpacks a .gz and drops its text; returns how many MB a second of the processor that is."""
    start, size = time.process_time(), 0
    with gzip.open(path) as file:
        while text := file.read(1 << 20):
            size += len(text)
    return size / 1e6 / (time.process_time() - start)


def measure(
    corpora: dict[str, Path], place: Path, model: str, workers: int, starts: int
) -> Iterator[str]:
    """Tags the corpora, the one-document corpus first, with so many processes; yields lines."""
    yield f"--workers {workers}"
    yield HEADER
    paths = iter(corpora.items())
    name, path = next(paths)
    runs = [tag(name, path, place, model, workers) for _ in range(starts)]
    start = sorted(runs, key=lambda run: run.usage.cpu_seconds)[starts // 2]
    yield run_cells(start)
    base: Figures | None = None
    for name, path in paths:
        run = tag(name, path, place, model, workers)
        figures = Figures.of(run, start)
        base = base or figures
        yield run_cells(run) + figures_cells(figures, base)


def network_line(model: str, corpus: Path) -> str:
    """Says how much of the time is the network's own."""
    torch.set_num_threads(1)
    network = load_model(model)
    batch = make_batch(network)
    start = time.process_time()
    with torch.inference_mode():
        for _ in range(BATCHES):
            network(**batch)
    piece = 1e6 * (time.process_time() - start) / BATCHES / batch["input_ids"].numel()
    words = [text.split() for text in itertools.islice(read_texts(corpus), 10)]
    pieces = pieces_a_word(words, model)
    return f"the network takes {piece:.2f} us of the processor a piece, {piece * pieces:.2f} a word"


def tag(name: str, corpus: Path, place: Path, model: str, workers: int) -> Run:
    """Gives a corpus to the command, and removes its tables again."""
    output = place / "tables"
    words = ["-m", "pipeline", "--input", str(corpus), "--output", str(output)]
    words += ["--model", model, "--device", "cpu", "--workers", str(workers)]
    usage = run_job(words)
    counts = json.loads((output / "manifest.json").read_text())["counts"]
    shutil.rmtree(output)
    return Run(name, corpus.stat().st_size, counts["words"], usage)


def run_cells(run: Run) -> str:
    usage = run.usage
    return (
        f"{run.name:>8} {run.file_bytes / 1e6:9,.1f} {run.words:13,} {usage.processes:9} "
        f"{usage.seconds:8.1f} {usage.cpu_seconds:8.1f}"
    )


def figures_cells(figures: Figures, base: Figures) -> str:
    return (
        f" {figures.clock:9.2f} {figures.clock / base.clock:6.2f} {figures.cpu:7.2f} "
        f"{figures.cpu / base.cpu:6.2f} {figures.peak / 1e6:8.0f} "
        f"{figures.peak / base.peak:6.2f} {figures.above / 1e6:6.0f}"
    )


if __name__ == "__main__":
    main()

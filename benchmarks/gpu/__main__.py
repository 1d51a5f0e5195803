"""Measures what a GPU does for the tagger, in six minutes at most, with nothing fetched.

    python -m benchmarks.gpu [--output gpu.json] [--parts model,tagger] [--limit 335]

It runs the tests that are marked `gpu` and measures

- the rate of matrix products, and the networks alone (ALBERT-base's shape with random weights, and
  the embedded model) at several token budgets;
- the tagger, from words to tags, and where its time goes;
- transformers' `pipeline("ner")` at several batch sizes in fp32 and bf16;
- the whole pipeline with 1, 4, 8 and 15 processes on the GPU, where apache-beam is installed, and
  taggers in so many processes;
- other kinds of attention and of masks, CUDA graphs and compiled networks, as ratios to the plain
  forward pass.

Times are medians of passes after a first one, which is shown by itself. The sentences are the words
of examples/news in new orders, so that neither the tagger nor a library has seen them before. Each
part runs in a process of its own and has a limit. What fails is shown, and the others go on.

The command ends with 0; with 1, if something failed; with 2, if there is no GPU. `--device cpu
--quick` shows on a CPU that everything works, with sizes that measure nothing.
"""

import argparse
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.gpu.part import Place, run_part
from benchmarks.gpu.settings import PARTS, ROOT
from benchmarks.gpu.table import Parts, as_table, best_of_theirs
from benchmarks.gpu.texts import save_albert_base
from transforms.model.devices import resolve_device, resolve_precision
from transforms.model.errors import DeviceError

# A part that has less time is not begun, as its imports alone may take so long.
_LEAST_SECONDS = 15.0
# With the imports of this process it is less than six minutes.
LIMIT_SECONDS = 335.0


def main() -> int:
    options = parse_arguments()
    try:
        device = choose_device(options.device)
    except DeviceError as error:
        print(f"{error}; --device cpu --quick shows on a CPU that everything works")
        return 2
    # Whoever ends this process ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with TemporaryDirectory() as work:
        save_albert_base(Path(work) / "albert-base")
        place = Place(device, resolve_precision("auto", device), options.quick, Path(work))
        parts = measure_parts(options.parts, place, options.limit, options.output)
    print(f"\n{as_table(parts)}\n\nall figures: {options.output}")
    return int(any("error" in row for rows in parts.values() for row in rows.values()))


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--device", default="cuda", help="cuda, cuda:N or cpu")
    parser.add_argument("--quick", action="store_true", help="use sizes that measure nothing")
    parser.add_argument("--parts", type=parse_parts, default=list(PARTS), help=", ".join(PARTS))
    parser.add_argument(
        "--limit", type=float, default=LIMIT_SECONDS, help="seconds for all parts together"
    )
    parser.add_argument("--output", type=Path, default=Path("gpu.json"))
    return parser.parse_args()


def parse_parts(names: str) -> list[str]:
    parts = names.split(",")
    if unknown := set(parts) - set(PARTS):
        raise argparse.ArgumentTypeError(f"{sorted(unknown)} are none of {', '.join(PARTS)}")
    return parts


def choose_device(device: str) -> str:
    """Returns "cpu" or "cuda:N".

    Raises:
      DeviceError: this machine has no such device.
    """
    return resolve_device(device)


def measure_parts(names: list[str], place: Place, limit: float, output: Path) -> Parts:
    """Measures parts one after the other, and saves what there is after each."""
    end = time.monotonic() + limit
    scale = max(1.0, limit / LIMIT_SECONDS)
    parts: Parts = {}
    for name in names:
        start = time.monotonic()
        seconds = min(PARTS[name] * scale, end - start)
        if seconds < _LEAST_SECONDS:
            parts[name] = {name: {"not_measured": "the time of the whole is over"}}
        else:
            parts[name] = run_part(name, place, seconds)
        print(f"{name}: {len(parts[name])} rows in {time.monotonic() - start:.0f} s", flush=True)
        save(parts, place, output)
    return parts


def save(parts: Parts, place: Place, output: Path) -> None:
    whole: dict[str, Any] = {
        "commit": commit(),
        "device": place.device,
        "precision": place.precision,
        "quick": place.quick,
        "machine": parts.get("model", {}).get("machine"),
        "flops": "rows*length*(2EH + L*(8HH + 4HF + 4*length*H) + 2HC), padding included",
        "best_of_transformers_words_per_s": best_of_theirs(parts),
        "parts": parts,
    }
    output.write_text(json.dumps(whole, indent=1))


def commit() -> str | None:
    """Returns the commit that is measured, None where there is no history."""
    try:
        found = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return found.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())

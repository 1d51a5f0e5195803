"""Measures how long the commands take to start, and which large libraries they load.

    python -m benchmarks.start_up [--repeats 5]

Every command is a process of its own; its seconds go from its start to its end. `--help` stands
beside a Python that does nothing, and `tag` beside a plain script that loads the same model with
transformers and makes one forward pass over the same sentence. All take turns within each repeat,
and the medians are printed, then the ratios. What a process loads is told by one more run of it.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from transforms.model.checkpoint import EMBEDDED, find_checkpoint

SENTENCE = "My name is Scott and I live in Columbus."
LIBRARIES = ("torch", "transformers", "apache_beam", "pyarrow")
PLAIN_TRANSFORMERS = """
import sys

import torch
from transformers import AutoModelForTokenClassification, AutoTokenizer

folder, sentence = sys.argv[1:]
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForTokenClassification.from_pretrained(folder)
encoding = tokenizer(sentence, return_tensors="pt")
with torch.inference_mode():
    classes = model(**encoding).logits[0].argmax(-1).tolist()
for piece, number in zip(encoding.tokens(), classes, strict=True):
    print(piece, model.config.id2label[number])
"""


@dataclass(frozen=True)
class Command:
    """Words for Python, and what its processes took.

    Attributes:
      wall: seconds from the start of each process to its end.
      cpu: seconds of the processor that each took, over all cores.
    """

    name: str
    words: Sequence[str]
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return statistics.median(self.wall)

    def row(self) -> str:
        libraries = ", ".join(loaded(self.words, LIBRARIES)) or "none of them"
        return f"{self.name:24} {self.seconds:8.2f} {statistics.median(self.cpu):8.2f}  {libraries}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    plain = ["-c", PLAIN_TRANSFORMERS, str(find_checkpoint(EMBEDDED)), SENTENCE]
    nothing = Command("python -c pass", ["-c", "pass"])
    explain = Command("--help", ["-m", "pipeline", "--help"])
    script = Command("plain transformers", plain)
    tag = Command("tag", ["-m", "pipeline", "tag", SENTENCE])
    commands = (nothing, explain, script, tag)
    for _ in range(repeats):
        for command in commands:
            measure(command)
    print(f"{f'median of {repeats}':24} {'seconds':>8} {'CPU':>8}  loads of {', '.join(LIBRARIES)}")
    for command in commands:
        print(command.row())
    above = explain.seconds - nothing.seconds
    print(f"--help takes {above:.2f} s above an empty Python: {ratio(explain, nothing):.1f} times")
    print(f"tag takes {ratio(tag, script):.2f} times as long as plain transformers")


def measure(command: Command) -> None:
    """Runs a command once more, and adds what it took."""
    start, start_cpu = time.perf_counter(), cpu_seconds_of_children()
    run_python(command.words)
    command.wall.append(time.perf_counter() - start)
    command.cpu.append(cpu_seconds_of_children() - start_cpu)


def run_python(words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Runs Python to its end, without the current folder among the places of modules.

    Raises:
      CalledProcessError: it failed.
    """
    command = [sys.executable, "-P", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True)


def cpu_seconds_of_children() -> float:
    times = os.times()
    return times.children_user + times.children_system


def loaded(words: Sequence[str], libraries: Collection[str]) -> list[str]:
    """Returns those of some libraries that a Python process imports before its end."""
    # A line of this report is `import time: 123 | 456 | name`, the name indented.
    report = run_python(["-X", "importtime", *words]).stderr
    imported = {line.rpartition("|")[2].strip() for line in report.splitlines()}
    return [library for library in libraries if library in imported]


def ratio(one: Command, other: Command) -> float:
    return one.seconds / other.seconds


if __name__ == "__main__":
    main()

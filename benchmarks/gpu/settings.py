"""Says what is measured, how much of it, and how long each part may take."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from transforms.model.checkpoint import EMBEDDED, EMBEDDED_FOLDER

ROOT = Path(__file__).parents[2]
ALBERT_BASE = "albert-base"
MODELS = (EMBEDDED, ALBERT_BASE)

# Each part runs in a process of its own and is stopped after so many seconds, its imports included.
# What costs least to lose comes last, since the whole has a limit too.
PARTS = {
    "tests": 50,
    "model": 55,
    "tagger": 50,
    "transformers": 75,
    "pipeline": 120,
    "processes": 100,
    "attention": 60,
    "compile": 100,
}
# A part ends by itself so many seconds before it would be stopped.
SPARE_SECONDS = 8


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured.

    Attributes:
      matrix: rows and columns of the matrices by which the GPU's rate is measured.
      budgets: padded pieces a batch; `budget` is the one that the variants are compared at.
      pass_pieces: pieces that the model reads in one pass.
      lengths: pieces of a sentence in the batches of fixed shape.
      block_words: words that the tagger is given in one call.
      process_words: the same, where several processes tag at once.
      sentences: those that transformers' pipeline is given in one call, fewer for tiny batches.
      batch_sizes: sentences a batch of transformers' pipeline.
      processes: how many tag at once.
      seconds: after so long, a measurement repeats no more.
      repeats: the least and the most repeats, beside the first.
    """

    matrix: int = 8192
    budgets: tuple[int, ...] = (4096, 16384, 65536)
    budget: int = 16384
    pass_pieces: int = 262_144
    lengths: tuple[int, ...] = (16, 32, 64)
    block_words: int = 200_000
    process_words: int = 100_000
    sentences: int = 384
    batch_sizes: tuple[int, ...] = (1, 8, 32, 128)
    processes: tuple[int, ...] = (1, 4, 8, 15)
    seconds: float = 1.0
    repeats: tuple[int, int] = (3, 15)


FULL = Sizes()
# So little that it only shows that everything works.
QUICK = Sizes(
    matrix=64,
    budgets=(64,),
    budget=64,
    pass_pieces=128,
    lengths=(16,),
    block_words=100,
    process_words=50,
    sentences=3,
    batch_sizes=(1, 2),
    processes=(1, 2),
    seconds=0.0,
    repeats=(1, 1),
)


@dataclass(frozen=True, slots=True)
class Setting:
    """What a part is given.

    Attributes:
      device: "cpu" or "cuda:N".
      precision: of our networks.
      sizes: how much is measured.
      work: a folder that holds the checkpoint of ALBERT-base's shape, and takes the figures.
      seconds: the part begins nothing more after so long.
      models: which are measured.
    """

    device: str
    precision: str
    sizes: Sizes
    work: Path
    seconds: float
    models: tuple[str, ...] = MODELS
    started: float = field(default_factory=time.monotonic)

    @property
    def is_cuda(self) -> bool:
        return self.device != "cpu"

    @property
    def seconds_left(self) -> float:
        return self.seconds - (time.monotonic() - self.started)

    def folder(self, model: str) -> Path:
        return EMBEDDED_FOLDER if model == EMBEDDED else self.work / ALBERT_BASE

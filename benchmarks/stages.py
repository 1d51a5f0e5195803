"""Measures the processor time that each stage takes a word, with a network that answers at once.

    python -m benchmarks.stages [NEWS] [--repeats 3] [--against CHECKOUT]

NEWS is an input of the command, such as a `.jsonl.gz`; without it, the news in examples/ is taken.
One process on one core reads it, tells its languages, splits it, tags it, groups it, resolves its
names and stages its tables on disk, block by block. The network is a table of labels, so what
remains is all that a fast device waits for.
With --against, another checkout of this repository does the same by turns, and its time divided by
ours is printed.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, ParamSpec, TypeVar

import torch
from transformers import PreTrainedTokenizerFast
from transformers.modeling_outputs import TokenClassifierOutput

from pipeline.graph import Job
from pipeline.plan.inputs import list_inputs
from pipeline.plan.plan import make_plan
from pipeline.settings import Settings
from transforms.detect_languages import detect_block
from transforms.group_entities import group_block
from transforms.make_tables import make_tables
from transforms.model.checkpoint import resolve_checkpoint
from transforms.model.tagger import NetworkTagger
from transforms.model.tokenizer import load_tokenizer
from transforms.output.output import Output
from transforms.read_blocks import read_blocks
from transforms.records import Block
from transforms.resolve_names import resolve_block
from transforms.split_sentences import split_block
from transforms.stage_tables import stage_block
from transforms.tag_words import tag_block

EXAMPLES = Path(__file__).parents[1] / "examples" / "news" / "meridian-wire.jsonl"
STAGES = ("read", "language", "split", "tag", "group", "resolve", "tables", "stage")
LABELS = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-MISC", "I-MISC"]
# About one word in six of news belongs to an entity.
NAMES_SHARE = 1 / 6
TOKEN_BUDGET = 16384

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class InstantNetwork(torch.nn.Module):
    """Gives each piece the logits that a table has for it."""

    config = SimpleNamespace(model_type="albert", max_position_embeddings=512)
    device = torch.device("cpu")

    def __init__(self, pieces: int) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(0)
        is_name = torch.rand(pieces, generator=generator) < NAMES_SHARE
        logits = torch.randn(pieces, len(LABELS), generator=generator)
        logits[:, 0] = torch.where(is_name, -9.0, 9.0)
        self.logits = torch.nn.Embedding.from_pretrained(logits)

    def forward(self, input_ids: torch.Tensor, **_: Any) -> TokenClassifierOutput:
        return TokenClassifierOutput(logits=self.logits(input_ids))


def main() -> None:
    arguments = parse_arguments()
    if arguments.json:
        print(json.dumps(measure(arguments.news)))
        return
    ours, theirs = [], []
    for _ in range(arguments.repeats):
        ours.append(measure_checkout(Path(__file__).parents[1], arguments.news))
        if arguments.against:
            theirs.append(measure_checkout(arguments.against, arguments.news))
    show(ours, theirs)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("news", nargs="?", type=Path, default=EXAMPLES)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--against", type=Path, help="another checkout of this repository")
    parser.add_argument("--json", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def measure_checkout(checkout: Path, news: Path) -> dict[str, float]:
    """Measures a checkout in a process of its own; returns what `measure` does."""
    environment = os.environ | {"PYTHONPATH": str(checkout), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-P", __file__, str(news.resolve()), "--json"]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
    return dict(json.loads(done.stdout))


def measure(news: Path) -> dict[str, float]:
    """Returns the words, and the seconds of the processor that each stage took for all of them."""
    torch.set_num_threads(1)
    plan = make_plan(list_inputs([str(news)]).files, Settings())
    seconds = dict.fromkeys(STAGES, 0.0)

    def timed(
        stage: str,
        work: Callable[Arguments, Result],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Result:
        start = time.process_time()
        result = work(*args, **kwargs)
        seconds[stage] += time.process_time() - start
        return result

    words = 0
    with TemporaryDirectory() as folder:
        output = Output(folder)
        tagger = instant_tagger()
        job = Job.of(output, plan, "plan", lambda: tagger)
        # One process reads a stream once, as the job does.
        for row in (replace(row, stripes=1) for row in plan.rows if row.stripe == 0):
            blocks = read_blocks(row, Settings().fields, plan.kept, Settings.block_bytes)
            while block := timed("read", next, blocks, None):
                assert isinstance(block, Block)
                told = timed("language", detect_block, block)
                split = timed("split", split_block, told)
                tagged = timed("tag", tag_block, split, tagger)
                grouped = timed("group", group_block, tagged)
                named = timed("resolve", resolve_block, grouped)
                tables = timed("tables", make_tables, named, "model")
                receipt = timed("stage", stage_block, tables, output, "plan", job.schemas)
                words += receipt.words
    return {"words": words, **seconds}


def instant_tagger() -> NetworkTagger:
    tokenizer: PreTrainedTokenizerFast = load_tokenizer(resolve_checkpoint().path)
    network: Any = InstantNetwork(len(tokenizer))
    return NetworkTagger(network, tokenizer, LABELS, TOKEN_BUDGET)


def show(ours: list[dict[str, float]], theirs: list[dict[str, float]]) -> None:
    words = ours[0]["words"]
    print(f"{words:,.0f} words, {len(ours)} repeats, medians in us a word")
    for stage in (*STAGES, "all"):
        line = f"{stage:<8}{microseconds(ours, stage):8.3f}"
        if theirs:
            other = microseconds(theirs, stage)
            line += f"{other:8.3f} {other / microseconds(ours, stage):6.2f} times"
        print(line)
    print(f"{1e6 / microseconds(ours, 'all'):,.0f} words/s a core")


def microseconds(runs: list[dict[str, float]], stage: str) -> float:
    names = STAGES if stage == "all" else (stage,)
    # Another checkout may not have all stages.
    seconds = (sum(run.get(name, 0.0) for name in names) for run in runs)
    return statistics.median(
        1e6 * taken / run["words"] for taken, run in zip(seconds, runs, strict=True)
    )


if __name__ == "__main__":
    main()

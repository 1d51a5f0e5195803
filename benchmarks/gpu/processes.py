"""Measures taggers in several processes that share one GPU, as the workers of the pipeline do."""

import multiprocessing
import statistics
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty
from typing import Any, NamedTuple

import torch

from benchmarks.gpu.figures import Figures, Row
from benchmarks.gpu.settings import Setting
from benchmarks.gpu.tagger import make_tagger, tag
from benchmarks.gpu.texts import make_sentences
from benchmarks.gpu.timing import check_time, used_mib
from transforms.columns import Words
from transforms.model.checkpoint import open_model

_ROUNDS = 3
# No process takes so long to begin, or to tag its block.
_ANSWER_SECONDS = 80.0


class Order(NamedTuple):
    """Tells a process to tag its block of a round, once so many processes are about to."""

    model: str
    round: int
    together: int


class Answer(NamedTuple):
    """Tells what a process did.

    Attributes:
      start, end: seconds of the clock that all processes of a machine share.
      error: a traceback, "" where all went well.
    """

    words: int = 0
    start: float = 0.0
    end: float = 0.0
    error: str = ""


def measure_processes(setting: Setting, figures: Figures) -> None:
    """Measures each model in 1, 4, ... processes; all are started once, and the others wait."""
    before = used_mib(setting) if setting.is_cuda else 0.0
    with figures.attempt("processes"), _started(setting) as team:
        for model in setting.models:
            for count in setting.sizes.processes:
                name = f"{model}, tagger in {count} processes"
                with figures.attempt(name):
                    check_time(setting)
                    figures.put(name, model=model, processes=count, **team.measure(model, count))
        if setting.is_cuda:
            used = used_mib(setting) - before
            shares = {"processes": team.size, "mib_a_process": used / team.size}
            figures.put(f"memory of {team.size} processes", peak_mib=used, **shares)


class _Team:
    """Processes that have loaded both models and wait for orders."""

    def __init__(self, setting: Setting) -> None:
        spawn = multiprocessing.get_context("spawn")
        self.size = max(setting.sizes.processes)
        self._setting = setting
        self._answers: Any = spawn.Queue()
        self._orders: list[Any] = [spawn.SimpleQueue() for _ in range(self.size)]
        # Their semaphores are gone once nothing here refers to them.
        self._barriers = {count: spawn.Barrier(count) for count in setting.sizes.processes}
        self.processes = [
            # A daemon ends with the process that started it.
            spawn.Process(
                target=_serve,
                args=(index, setting, self._orders[index], self._answers, self._barriers),
                daemon=True,
            )
            for index in range(self.size)
        ]

    def wait(self, count: int) -> list[Answer]:
        """Waits for so many answers.

        Raises:
          RuntimeError: one of them is an error, a process ended, or it does not answer.
        """
        end = time.monotonic() + _ANSWER_SECONDS
        answers: list[Answer] = []
        while len(answers) < count:
            try:
                answers.append(self._answers.get(timeout=0.5))
            except Empty:
                self._check_processes(end)
        for answer in answers:
            if answer.error:
                raise RuntimeError(f"a process failed:\n{answer.error[-1500:]}")
        return answers

    def _check_processes(self, end: float) -> None:
        codes = [process.exitcode for process in self.processes if process.exitcode is not None]
        if codes:
            raise RuntimeError(f"processes ended with {codes}")
        if time.monotonic() > end:
            raise RuntimeError(f"a process does not answer in {_ANSWER_SECONDS:.0f} s")

    def measure(self, model: str, count: int) -> Row:
        """Has so many processes tag a new block each, in each round.

        Returns:
          `words_per_s` of all together, from the first start to the last end, and `median_s`.
        """
        rounds = [self._round(Order(model, number, count)) for number in range(_ROUNDS)]
        return {
            "words_per_s": statistics.median(words / seconds for words, seconds in rounds),
            "median_s": statistics.median(seconds for _, seconds in rounds),
            "repeats": len(rounds),
        }

    def _round(self, order: Order) -> tuple[int, float]:
        check_time(self._setting)
        for orders in self._orders[: order.together]:
            orders.put(order)
        answers = self.wait(order.together)
        seconds = max(one.end for one in answers) - min(one.start for one in answers)
        return sum(one.words for one in answers), seconds


@contextmanager
def _started(setting: Setting) -> Iterator[_Team]:
    check_time(setting)
    team = _Team(setting)
    for process in team.processes:
        process.start()
    try:
        team.wait(team.size)
        yield team
    finally:
        for process in team.processes:
            process.terminate()
            process.join()


def _serve(
    index: int, setting: Setting, orders: Any, answers: Any, barriers: dict[int, Any]
) -> None:
    """Loads the models, says that it is ready, and follows orders until it is ended."""
    try:
        torch.set_num_threads(1)
        taggers = {model: _warm_tagger(model, index, setting) for model in setting.models}
        blocks = [_block(setting, _ROUNDS * index + number) for number in range(_ROUNDS)]
        answers.put(Answer())
        while True:
            order: Order = orders.get()
            barriers[order.together].wait(_ANSWER_SECONDS)
            start = time.monotonic()
            tag(taggers[order.model], blocks[order.round])
            answers.put(Answer(len(blocks[order.round].form), start, time.monotonic()))
    except Exception:
        answers.put(Answer(error=traceback.format_exc()))


def _warm_tagger(model: str, index: int, setting: Setting) -> Any:
    found = open_model(str(setting.folder(model)), None, (), setting.device, setting.precision)
    tagger = make_tagger(found, setting.sizes.budget)
    tag(tagger, _block(setting, 1_000_000 + index))
    return tagger


def _block(setting: Setting, seed: int) -> Words:
    return Words.of(make_sentences(setting.sizes.process_words, seed))

"""Measures the tagger from words to tags, host work included, and where its time goes."""

from collections.abc import Sequence
from typing import Any

import torch
from torch.autograd import DeviceType
from torch.profiler import ProfilerActivity, profile

from benchmarks.gpu.figures import Figures, Row
from benchmarks.gpu.settings import Setting
from benchmarks.gpu.texts import make_sentences
from benchmarks.gpu.timing import check_time, measure, seconds_of
from transforms.columns import Words
from transforms.model.checkpoint import OpenModel, open_model
from transforms.model.tagger import NetworkTagger

_KERNELS = 8


def measure_taggers(setting: Setting, figures: Figures) -> None:
    """Measures each model's tagger at each token budget, with a new block in each repeat."""
    count = setting.sizes.repeats[1] + 1
    blocks = [make_block(setting, seed=1 + block) for block in range(count)]
    for model in setting.models:
        with figures.attempt(f"{model}, tagger"):
            check_time(setting)
            found = open_model(
                str(setting.folder(model)), None, (), setting.device, setting.precision
            )
            _measure_model(model, found, blocks, setting, figures)


def _measure_model(
    model: str, found: OpenModel, blocks: list[Words], setting: Setting, figures: Figures
) -> None:
    # The budget that is the default comes first, and is the one that is looked into.
    for budget in sorted(setting.sizes.budgets, key=lambda one: one != setting.sizes.budget):
        name = f"{model}, tagger, {budget} pieces a batch"
        with figures.attempt(name):
            check_time(setting)
            tagger = make_tagger(found, budget)
            row = measure(lambda repeat, tagger=tagger: tag(tagger, blocks[repeat]), setting)  # type: ignore[misc]
            speed = len(blocks[0].form) / row["median_s"]
            figures.put(name, model=model, budget=budget, words_per_s=speed, **row)
            if budget == setting.sizes.budget:
                row = profile_tagger(tagger, setting)
                figures.put(f"{model}, where the tagger's time goes", model=model, **row)
            tagger.close()
    _measure_with_cudnn(model, found, blocks, setting, figures)


def _measure_with_cudnn(
    model: str, found: OpenModel, blocks: list[Words], setting: Setting, figures: Figures
) -> None:
    """Measures the tagger with cuDNN's attention, which it forbids: that makes a plan a shape."""
    name = f"{model}, tagger, {setting.sizes.budget} pieces a batch, cuDNN"
    with figures.attempt(name):
        check_time(setting)
        tagger = make_tagger(found, setting.sizes.budget)
        torch.backends.cuda.enable_cudnn_sdp(True)
        row = measure(lambda repeat: tag(tagger, blocks[repeat]), setting)
        speed = len(blocks[0].form) / row["median_s"]
        figures.put(name, model=model, words_per_s=speed, **row)
        tagger.close()
    torch.backends.cuda.enable_cudnn_sdp(False)


def make_tagger(found: OpenModel, budget: int) -> NetworkTagger:
    return NetworkTagger(found.network, found.tokenizer, found.labels, budget, threads=1)


def make_block(setting: Setting, seed: int) -> Words:
    """Makes the words of a block, in the columns in which the tagger is given them."""
    return Words.of(make_sentences(setting.sizes.block_words, seed))


def tag(tagger: NetworkTagger, words: Words) -> None:
    """Tags the words of some sentences.

    Raises:
      RuntimeError: it failed on one of them, so that the figures would be of other work.
    """
    for message in tagger.tag(words).failures.values():
        raise RuntimeError(f"the tagger failed: {message}")


def profile_tagger(tagger: NetworkTagger, setting: Setting) -> Row:
    """Tells how long the device computes while a block is tagged, and how long the host waits."""
    words = make_block(setting, seed=0)
    activities = [ProfilerActivity.CPU, *[ProfilerActivity.CUDA] * setting.is_cuda]
    with profile(activities=activities) as profiled:
        seconds = seconds_of(lambda: tag(tagger, words), setting.device)
    return {"seconds": seconds, "words": len(words.form)} | summarise(
        profiled.key_averages(), seconds
    )


def summarise(events: Sequence[Any], seconds: float) -> Row:
    """Adds up what a profiler saw.

    Args:
      events: what PyTorch's `key_averages` gives.
      seconds: how long all of it took.

    Returns:
      `device_s`, the time of all kernels and copies; `waiting_s`, how long the host waited for
      them; `device_share` and `host_share`, the shares of the whole in which the device computed
      and the host did not wait; the longest `kernels` in seconds; how many `launches` there were.
    """
    kernels = [
        event
        for event in events
        if event.device_type == DeviceType.CUDA and not event.is_user_annotation
    ]
    # What begins with `cuda` is a call of the host.
    waits = [event for event in events if event.key.startswith("cuda") and "Synchron" in event.key]
    device = sum(event.self_device_time_total for event in kernels) / 1e6
    waiting = sum(event.self_cpu_time_total for event in waits) / 1e6
    longest = sorted(kernels, key=lambda event: -event.self_device_time_total)[:_KERNELS]
    return {
        "device_s": device,
        "waiting_s": waiting,
        "device_share": device / seconds,
        "host_share": 1 - waiting / seconds,
        "launches": sum(event.count for event in kernels),
        "kernels": {event.key[:80]: event.self_device_time_total / 1e6 for event in longest},
    }

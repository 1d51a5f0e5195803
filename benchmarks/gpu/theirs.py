"""Measures transformers' `pipeline("ner")` on the same device."""

from collections.abc import Callable
from typing import Any

import torch
from transformers import pipeline

from benchmarks.gpu.figures import Figures
from benchmarks.gpu.settings import Setting
from benchmarks.gpu.texts import count_words, make_sentences
from benchmarks.gpu.timing import check_time, measure
from transforms.model.quiet import quiet

_PRECISIONS = {"fp32": torch.float32, "bf16": torch.bfloat16}
# With tiny batches it is so slow that fewer sentences tell as much.
_MOST_BATCHES = 96


def measure_transformers(setting: Setting, figures: Figures) -> None:
    """Measures both models in each precision and at each batch size, sentences in their order."""
    for model in setting.models:
        for precision in _PRECISIONS:
            with figures.attempt(f"{model}, pipeline, {precision}"):
                check_time(setting)
                _measure_pipeline(model, precision, setting, figures)


def _measure_pipeline(model: str, precision: str, setting: Setting, figures: Figures) -> None:
    make: Callable[..., Any] = pipeline
    folder = str(setting.folder(model))
    with quiet():
        ner = make(
            "ner",
            folder,
            device=setting.device,
            dtype=_PRECISIONS[precision],
            ignore_labels=[],
        )
    # What is likely to be the fastest comes first, in case that the time is over.
    for size in sorted(setting.sizes.batch_sizes, reverse=True):
        name = f"{model}, pipeline, {precision}, {size} sentences a batch"
        with figures.attempt(name):
            check_time(setting)
            texts, words = _make_texts(min(setting.sizes.sentences, _MOST_BATCHES * size), setting)
            with quiet():
                row = measure(
                    lambda repeat, size=size, texts=texts: ner(texts[repeat], batch_size=size),  # type: ignore[misc]
                    setting,
                )
            speed = words / row["median_s"]
            figures.put(
                name, model=model, precision=precision, batch_size=size, words_per_s=speed, **row
            )


def _make_texts(count: int, setting: Setting) -> tuple[list[list[str]], float]:
    """Makes texts of one sentence each, so many for each repeat; and the words of a repeat."""
    repeats = setting.sizes.repeats[1] + 1
    # A sentence has some 16 words.
    sentences = make_sentences(20 * count * repeats, seed=count)[: count * repeats]
    words = count_words(sentences) / repeats
    texts = [" ".join(sentence) for sentence in sentences]
    return [texts[start : start + count] for start in range(0, len(texts), count)], words

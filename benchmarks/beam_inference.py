"""Beam's own way to tag texts: RunInference with its handler of Hugging Face pipelines.

The module of Beam 2.77 that has the handler imports TensorFlow, and from transformers a class that
version 5 no longer has. The handler of pipelines uses neither, so both have a stand-in while that
module is imported (https://github.com/apache/beam/issues/29621). All else is Beam's own code.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any
from unittest.mock import patch

import torch
import transformers.pipelines  # noqa: F401  (this must come first: it looks for TensorFlow)


@contextmanager
def stand_ins() -> Iterator[None]:
    """Lets Beam's module be imported without TensorFlow, and with transformers 5."""
    tensorflow = ModuleType("tensorflow")
    tensorflow.__spec__ = ModuleSpec("tensorflow", None)
    tensorflow.Tensor = type("Tensor", (), {})  # type: ignore[attr-defined]
    missing = type("TFAutoModel", (), {})
    # Only this one goes again: what is imported meanwhile must stay the only one of its name.
    sys.modules["tensorflow"] = tensorflow
    try:
        with patch.object(sys.modules["transformers"], "TFAutoModel", missing, create=True):
            yield
    finally:
        del sys.modules["tensorflow"]


with stand_ins():
    from apache_beam.ml.inference.huggingface_inference import HuggingFacePipelineModelHandler

_loaded: dict[tuple[str, int | None], Any] = {}
_kept: list[Any] = []


class LoadedPipelineHandler(HuggingFacePipelineModelHandler):
    """Beam's handler, but a process loads its pipeline once, and its threads are those given."""

    def __init__(self, model: str, batch_size: int | None, threads: int) -> None:
        arguments = {"ignore_labels": [], **({"batch_size": batch_size} if batch_size else {})}
        super().__init__(task="ner", model=model, device="CPU", load_pipeline_args=arguments)
        self._key = (model, batch_size)
        self._threads = threads

    def load_model(self) -> Any:
        if self._key not in _loaded:
            _loaded[self._key] = super().load_model()
        return _loaded[self._key]

    def run_inference(self, batch: Sequence[str], pipeline: Any, inference_args: Any = None) -> Any:
        # Beam's thread takes the number that was set last anywhere: 1, by the tagger's threads.
        torch.set_num_threads(self._threads)
        return super().run_inference(batch, pipeline, inference_args)


def keep(element: Any) -> None:
    """Keeps an element of a pipeline that runs in this process."""
    _kept.append(element)


def take_kept() -> list[Any]:
    """Returns the elements that were kept, and forgets them."""
    taken = _kept.copy()
    _kept.clear()
    return taken

"""Keeps Transformers from printing."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from transformers.utils import logging as transformers_logging


@contextmanager
def quiet() -> Iterator[None]:
    """Keeps Transformers from printing; what matters is raised as an error anyway."""
    verbosity = transformers_logging.get_verbosity()
    progress = transformers_logging.is_progress_bar_enabled()
    transformers_logging.set_verbosity(logging.ERROR)
    _show_progress(False)
    try:
        yield
    finally:
        transformers_logging.set_verbosity(verbosity)
        _show_progress(progress)


def _show_progress(shown: bool) -> None:
    switches: dict[bool, Callable[[], None]] = {
        True: transformers_logging.enable_progress_bar,
        False: transformers_logging.disable_progress_bar,
    }
    if shown != transformers_logging.is_progress_bar_enabled():
        switches[shown]()

"""Reads the data of an evaluation, whichever form it has."""

from collections.abc import Callable
from functools import partial

from pipeline.evaluation.conll import read_conll
from pipeline.evaluation.report import Report
from pipeline.evaluation.sentences import measure_sentences
from transforms.files.file_names import format_of
from transforms.model.tags import WordTagger


def read_data(path: str) -> Callable[[WordTagger], Report]:
    """Reads a file: raw text where its name says JSON lines, CoNLL columns otherwise.

    Returns:
      The function that measures a tagger on what was read. So a broken file is refused before
      the model is loaded.

    Raises:
      UsageError: the file cannot be read, or is not of its form.
    """
    if not _is_raw_text(path):
        return partial(measure_sentences, sentences=read_conll(path), place=path)
    # The first of these loads Beam, which neither columns nor --help need to wait for.
    from pipeline.evaluation.gold import read_gold
    from pipeline.evaluation.texts import measure_texts

    return partial(measure_texts, texts=read_gold(path))


def _is_raw_text(path: str) -> bool:
    told = format_of(path)
    return told is not None and told[0] == "jsonl"

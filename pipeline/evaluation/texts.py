"""Measures the whole way of the pipeline, from a raw text to the mentions in it."""

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.errors import UsageError
from pipeline.evaluation.calibration import measure_calibration
from pipeline.evaluation.gold import GoldText
from pipeline.evaluation.mentions import GoldAndFound, Mention, score_mentions
from pipeline.evaluation.mistakes import count_mistakes
from pipeline.evaluation.report import Report
from pipeline.evaluation.scores import Figures
from transforms.model.tags import WordTagger
from transforms.tag_texts import TaggedText, gather, label_words
from transforms.text.sentences import split_texts


class Found(NamedTuple):
    """The mentions that were found in each text, in order, without overlaps.

    Attributes:
      by_model: with the model's own labels.
      corrected: after each text has corrected the labels of its names, as the job gives them.
    """

    by_model: list[list[Mention]]
    corrected: list[list[Mention]]


def measure_texts(tagger: WordTagger, texts: Sequence[GoldText]) -> Report:
    """Compares the mentions that the pipeline finds with those that are marked.

    Each text is a document.

    Raises:
      UsageError: a sentence could not be tagged, so there are no figures.
    """
    found = find_mentions(tagger, texts)
    gold = [text.mentions for text in texts]
    pairs: list[GoldAndFound] = list(zip(gold, found.by_model, strict=True))
    corrected: list[GoldAndFound] = list(zip(gold, found.corrected, strict=True))
    return Report(
        score_mentions(pairs),
        count_mistakes(pairs),
        measure_calibration(corrected),
        score_mentions(corrected),
        _figures_by_kind(texts, corrected),
    )


def find_mentions(tagger: WordTagger, texts: Sequence[GoldText]) -> Found:
    """Finds the mentions in each text; scores have 4 decimals.

    Raises:
      UsageError: a sentence could not be tagged; the message has the place of its text.
    """
    strings = [text.text for text in texts]
    sentences = split_texts(strings, "auto")
    words = label_words(strings, sentences, tagger)
    by_model = gather(strings, sentences, words, document_labels=False)
    _refuse_failures(texts, by_model)
    return Found(_mentions(by_model), _mentions(gather(strings, sentences, words)))


def _refuse_failures(texts: Sequence[GoldText], tagged: Sequence[TaggedText]) -> None:
    for text, result in zip(texts, tagged, strict=True):
        for failed in result.failures:
            sentence = text.text[failed.start : failed.end]
            raise UsageError(
                f"{text.place}: cannot tag the sentence {sentence!r}: {failed.message}"
            )


def _mentions(tagged: Sequence[TaggedText]) -> list[list[Mention]]:
    return [
        [
            Mention(entity.label, entity.start, entity.end, entity.name, entity.score)
            for entity in result.entities
        ]
        for result in tagged
    ]


def _figures_by_kind(
    texts: Sequence[GoldText], pairs: Sequence[GoldAndFound]
) -> dict[str, Figures]:
    by_kind: dict[str, list[GoldAndFound]] = {}
    for text, pair in zip(texts, pairs, strict=True):
        if text.kind is not None:
            by_kind.setdefault(text.kind, []).append(pair)
    return {kind: score_mentions(by_kind[kind]).overall for kind in sorted(by_kind)}

"""Measures the whole way of the pipeline, from a raw text to the mentions in it."""

from collections.abc import Sequence

from pipeline.errors import UsageError
from pipeline.evaluation.calibration import measure_calibration
from pipeline.evaluation.gold import GoldText
from pipeline.evaluation.mentions import GoldAndFound, Mention, score_mentions
from pipeline.evaluation.mistakes import count_mistakes
from pipeline.evaluation.report import Report
from pipeline.evaluation.scores import Figures
from transforms.model.tags import WordTagger
from transforms.tag_texts import tag_texts


def measure_texts(tagger: WordTagger, texts: Sequence[GoldText]) -> Report:
    """Compares the mentions that the pipeline finds with those that are marked.

    Raises:
      UsageError: a sentence could not be tagged, so there are no figures.
    """
    found = find_mentions(tagger, texts)
    pairs: list[GoldAndFound] = [
        (text.mentions, mentions) for text, mentions in zip(texts, found, strict=True)
    ]
    return Report(
        score_mentions(pairs),
        count_mistakes(pairs),
        measure_calibration(pairs),
        _figures_by_kind(texts, pairs),
    )


def find_mentions(tagger: WordTagger, texts: Sequence[GoldText]) -> list[list[Mention]]:
    """Finds the mentions in each text, in order, without overlaps; scores have 4 decimals.

    Raises:
      UsageError: a sentence could not be tagged; the message has the place of its text.
    """
    tagged = tag_texts([text.text for text in texts], tagger)
    for text, result in zip(texts, tagged, strict=True):
        for failed in result.failures:
            sentence = text.text[failed.start : failed.end]
            raise UsageError(
                f"{text.place}: cannot tag the sentence {sentence!r}: {failed.message}"
            )
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

"""Measures a tagger on sentences that are split into words already."""

from collections.abc import Sequence

from pipeline.errors import UsageError
from pipeline.evaluation.calibration import measure_calibration
from pipeline.evaluation.conll import LabelledSentence
from pipeline.evaluation.documents import find_in_documents
from pipeline.evaluation.mentions import mentions_of, score_mentions
from pipeline.evaluation.mistakes import count_mistakes
from pipeline.evaluation.report import Report
from pipeline.evaluation.scores import score_labels
from transforms.model.tags import TagFailure, WordTagger, WordTags, tag_sentences


def measure_sentences(
    tagger: WordTagger, sentences: Sequence[LabelledSentence], place: str
) -> Report:
    """Compares the tagger's labels with the sentences' own, also after documents corrected them.

    Raises:
      UsageError: a sentence could not be tagged, so there are no figures; `place` names it.
    """
    tagged = tag_labelled(tagger, sentences, place)
    scores = score_labels(
        [sentence.labels for sentence in sentences], [tags.labels for tags in tagged]
    )
    pairs = [
        (
            mentions_of(sentence.words, sentence.labels),
            mentions_of(sentence.words, tags.labels, tags.scores),
        )
        for sentence, tags in zip(sentences, tagged, strict=True)
    ]
    found = find_in_documents(sentences, tagged)
    corrected = [(gold, mentions) for (gold, _), mentions in zip(pairs, found, strict=True)]
    return Report(
        scores, count_mistakes(pairs), measure_calibration(corrected), score_mentions(corrected)
    )


def tag_labelled(
    tagger: WordTagger, sentences: Sequence[LabelledSentence], place: str
) -> list[WordTags]:
    """Returns the tagger's labels and scores of each sentence's words.

    Raises:
      UsageError: a sentence could not be tagged; the message has `place`, the file's name.
    """
    tagged = []
    results = tag_sentences(tagger, [sentence.words for sentence in sentences])
    for sentence, result in zip(sentences, results, strict=True):
        if isinstance(result, TagFailure):
            raise UsageError(
                f"{place}: cannot tag the sentence {' '.join(sentence.words)!r}: {result.message}"
            )
        tagged.append(result)
    return tagged

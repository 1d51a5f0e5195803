"""The whole way of the pipeline, without Beam: from texts to the mentions in them."""

from collections.abc import Sequence

from pipeline.errors import UsageError
from pipeline.evaluation.calibration import measure_confidence
from pipeline.evaluation.gold import GoldText
from pipeline.evaluation.mentions import Mention, Pair, score_mentions
from pipeline.evaluation.mistakes import count_mistakes
from pipeline.evaluation.report import Report
from transforms.model.tags import WordTagger
from transforms.records import Block, Document, TaggedBlock, TextField
from transforms.split_sentences import split_block
from transforms.tag_words import tag_block
from transforms.text.characters import plain_name
from transforms.text.entities import group_words


def measure_texts(tagger: WordTagger, texts: Sequence[GoldText]) -> Report:
    """Compares the mentions that the pipeline finds with those that are marked.

    Raises:
      UsageError: a sentence could not be tagged, so there are no figures.
    """
    found = find_mentions(tag_texts(tagger, texts))
    pairs: list[Pair] = [
        (text.mentions, mentions) for text, mentions in zip(texts, found, strict=True)
    ]
    kinds = sorted({text.kind for text in texts if text.kind is not None})
    by_kind = {
        kind: score_mentions(
            pair for text, pair in zip(texts, pairs, strict=True) if text.kind == kind
        ).overall
        for kind in kinds
    }
    return Report(score_mentions(pairs), count_mistakes(pairs), measure_confidence(pairs), by_kind)


def tag_texts(tagger: WordTagger, texts: Sequence[GoldText]) -> TaggedBlock:
    """Splits the texts into sentences and words, and tags these, all texts as one block.

    Raises:
      UsageError: a sentence could not be tagged.
    """
    documents = [
        Document(str(number), str(number), text.place, 0, None, [TextField("text", text.text)])
        for number, text in enumerate(texts)
    ]
    tagged = tag_block(split_block(Block("", 0, 0, documents, b"", [], [])), tagger)
    for sentence, failure in ((result.sentence, result.failure) for result in tagged.sentences):
        if failure:
            text = texts[sentence.document]
            shown = text.text[sentence.start : sentence.end]
            raise UsageError(f"{text.place}: cannot tag the sentence {shown!r}: {failure}")
    return tagged


def find_mentions(tagged: TaggedBlock) -> list[list[Mention]]:
    """The mentions in each document of a block, which has one text a document."""
    texts = [document.fields[0].text for document in tagged.block.documents]
    mentions: list[list[Mention]] = [[] for _ in texts]
    for sentence in tagged.sentences:
        text = texts[sentence.sentence.document]
        mentions[sentence.sentence.document] += [
            Mention(
                span.label,
                span.start,
                span.end,
                plain_name(text[span.start : span.end]),
                span.score,
            )
            for span in group_words(sentence.words, text)
        ]
    return mentions

"""Gives entities the labels and names that the whole of their documents tells."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from transforms.columns import Entities, Flags, Integers, NamedEntities, Sentences
from transforms.text.document_labels import settle_labels
from transforms.text.name_forms import PERSON
from transforms.text.names import plain_name
from transforms.text.resolved_names import resolve_names


def name_entities(
    entities: Entities,
    sentences: Sentences,
    texts: Sequence[str],
    documents: Integers,
    document_labels: bool = True,
) -> NamedEntities:
    """Names the entities of documents, each document by itself.

    Args:
      entities: as the model has them.
      texts: those that the sentences are in.
      documents: (text,), index of its document; those of one document are side by side.
      document_labels: whether the document as a whole corrects the model's labels. A person's
        name that the model cut in two then becomes one entity, with the label of the first part
        and the lower of the scores as the model's.
    """
    text = sentences.text[entities.sentence]
    document = documents[text]
    names = _names(entities, text, texts)
    model_type = entities.type
    if document_labels:
        entities = _with_document_labels(entities, names, document)
        first = ~_goes_on(entities, text, texts)
        if not first.all():
            entities, model_type = _joined(entities, first), model_type[first]
            text, document = text[first], document[first]
            # Most of these are cached.
            names = _names(entities, text, texts)
    labels = entities.labels
    resolved = [
        name
        for start, end in _stretches(document)
        for name in resolve_names(names[start:end], labels[start:end])
    ]
    model_labels = [entities.types[kind] for kind in model_type.tolist()]
    return NamedEntities(entities, model_labels, names, resolved)


def _names(entities: Entities, text: Integers, texts: Sequence[str]) -> list[str]:
    places = zip(text.tolist(), entities.starts.tolist(), entities.ends.tolist(), strict=True)
    return [plain_name(texts[one][start:end]) for one, start, end in places]


def _with_document_labels(entities: Entities, names: list[str], document: Integers) -> Entities:
    labels, scores = entities.labels, entities.scores.tolist()
    settled = [
        label
        for start, end in _stretches(document)
        for label in settle_labels(names[start:end], labels[start:end], scores[start:end])
    ]
    place = {label: index for index, label in enumerate(entities.types)}
    return replace(entities, type=np.array([place[label] for label in settled], np.int64))


def _goes_on(entities: Entities, text: Integers, texts: Sequence[str]) -> Flags:
    """Tells for each entity whether it is a person right behind another one, in its sentence."""
    is_person = np.array([name == PERSON for name in entities.types], np.bool_)[entities.type]
    goes_on = np.zeros(len(is_person), np.bool_)
    goes_on[1:] = is_person[1:] & is_person[:-1] & (np.diff(entities.sentence) == 0)
    near = np.flatnonzero(goes_on)
    gaps = zip(text[near], entities.ends[near - 1], entities.starts[near], strict=True)
    goes_on[near] = [not texts[one][end:start].strip() for one, end, start in gaps]
    return goes_on


def _joined(entities: Entities, first: Flags) -> Entities:
    """Joins each entity that is not a first one to those before it."""
    starts = np.flatnonzero(first)
    lasts = np.append(starts[1:], len(first)) - 1
    return Entities(
        sentence=entities.sentence[starts],
        starts=entities.starts[starts],
        ends=entities.ends[lasts],
        types=entities.types,
        type=entities.type[starts],
        scores=np.minimum.reduceat(entities.scores, starts),
    )


def _stretches(document: Integers) -> Iterator[tuple[int, int]]:
    """Yields where the entities of each document begin and end."""
    bounds = np.flatnonzero(np.diff(document)) + 1
    return pairwise([0, *bounds.tolist(), len(document)])

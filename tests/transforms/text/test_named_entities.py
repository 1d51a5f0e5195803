"""Entities in columns get the labels and names of each document by itself."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from transforms.columns import Entities, Sentences
from transforms.text.document_labels import settle_labels
from transforms.text.named_entities import name_entities
from transforms.text.resolved_names import resolve_names

TYPES = ["", "LOC", "PER"]
NAMES = st.sampled_from(["Ada", "Ada Lima", "Lima", "LIMA", "Bo Lima", "U.N."])
MENTION = st.tuples(NAMES, st.sampled_from(["LOC", "PER"]), st.integers(1, 9_999))
TEXTS = st.lists(st.lists(MENTION, max_size=5), min_size=1, max_size=5)


def named(drawn, documents, gap=" and ", **options):
    """Names the entities of texts of one sentence each, in which a gap follows each mention."""
    texts = ["".join(name + gap for name, _, _ in mentions) for mentions in drawn]
    rows = []
    for text, mentions in enumerate(drawn):
        start = 0
        for name, label, score in mentions:
            rows.append((text, start, start + len(name), TYPES.index(label), score / 10_000))
            start += len(name + gap)
    columns = np.array(rows, np.float64).reshape(-1, 5).T
    owners, starts, ends, kinds = columns[:4].astype(np.int64)
    places = np.arange(len(texts))
    entities = Entities(owners, starts, ends, TYPES, kinds, columns[4])
    sentences = Sentences(places, 0 * places, 0 * places, np.array([len(one) for one in texts]))
    return name_entities(entities, sentences, texts, np.array(documents), **options)


@given(TEXTS, st.data())
def test_columns_have_what_each_document_has_by_itself(drawn, data):
    steps = data.draw(st.lists(st.integers(0, 1), min_size=len(drawn), max_size=len(drawn)))
    documents = np.cumsum(steps).tolist()
    found = named(drawn, documents)
    labels, resolved = [], []
    for document in sorted(set(documents)):
        own = [
            one for of, text in zip(documents, drawn, strict=True) if of == document for one in text
        ]
        names = [name for name, _, _ in own]
        settled = settle_labels(
            names, [label for _, label, _ in own], [score / 10_000 for _, _, score in own]
        )
        labels += settled
        resolved += resolve_names(names, settled)
    assert (found.found.labels, found.resolved_names) == (labels, resolved)
    assert found.model_labels == [label for text in drawn for _, label, _ in text]


@given(TEXTS)
def test_off_keeps_the_entities(drawn):
    found = named(drawn, range(len(drawn)), gap=" ", document_labels=False)
    assert found.found.labels == found.model_labels
    assert found.names == [name for text in drawn for name, _, _ in text]


def test_people_that_touch_are_one_with_the_first_label_and_the_lowest_score():
    drawn = [[("Ada Lima", "PER", 9_000), ("LIMA", "LOC", 5_000)], [("LIMA", "PER", 7_000)]]
    found = named(drawn, [0, 0], gap=" ")
    assert (found.names, found.model_labels) == (["Ada Lima LIMA", "LIMA"], ["PER", "PER"])
    assert found.found.spans()[0].score == 0.5

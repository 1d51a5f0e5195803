"""The laws of a group's rows: keys, counts, spans and the sentences of entities.

A group is what a plan packs together, 256 MiB of input, so what is held here is bounded.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from transforms.output.tables import table_schemas
from transforms.records import SENTENCE, document_key

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# The columns that the laws are about; of `text`, only its length.
COLUMNS = {
    "documents": (
        "document_key",
        "uri",
        "position",
        "char_count",
        "sentence_count",
        "entity_count",
        "rejected_sentence_count",
    ),
    "sentences": ("document_key", "field", "sentence_index", "start_char", "end_char", "text"),
    "entities": ("document_key", "field", "sentence_index", "start_char", "end_char", "text"),
    "texts": ("document_key",),
    "rejects": ("scope", "uri", "document_key"),
}


@dataclass(frozen=True, slots=True)
class Breach:
    """A law of one table that some rows of a group break.

    Attributes:
      table: whose rows they are.
      what: which law, in words that go on from the table's name.
      inputs: URIs of the inputs whose rows they are; empty where no document tells.
    """

    table: str
    what: str
    inputs: frozenset[str]


def slim(table: str, rows: pa.Table) -> pa.Table:
    """Returns the columns that are looked at, with the length of a text in place of the text."""
    rows = rows.select(COLUMNS[table])
    if "text" not in COLUMNS[table]:
        return rows
    return rows.drop_columns(["text"]).append_column("length", pc.utf8_length(rows["text"]))


def orphans(rows: pa.Table, documents: pa.Table) -> int:
    """Counts the rows whose document is not there."""
    keys = pc.unique(documents["document_key"])
    return int(pc.sum(pc.invert(pc.is_in(rows["document_key"], keys))).as_py() or 0)


def breaches(tables: Mapping[str, pa.Table], has_sentences: bool) -> Iterator[Breach]:
    """Yields the laws that rows of a group break.

    Args:
      tables: of each table the rows as `slim` returns them; those of entities and sentences have
        a document.
      has_sentences: whether the sentences table has rows at all.
    """
    documents = tables["documents"]
    uris = documents["uri"].to_pylist()

    def breach(table: str, what: str, bad: Flags) -> Iterator[Breach]:
        """Yields a breach if there is any; `bad` has a value for each document."""
        if bad.any():
            yield Breach(table, what, frozenset(uris[i] for i in np.flatnonzero(bad)))

    keys = documents["document_key"].combine_chunks()
    yield from breach("documents", "has a document twice", _repeated(keys))
    named = zip(uris, documents["position"].to_pylist(), keys.to_pylist(), strict=True)
    wrong = [document_key(uri, position) != key for uri, position, key in named]
    yield from breach("documents", "has a key that is not its document's", np.array(wrong, bool))
    firsts = pc.unique(keys)
    first = _numbers(pc.index_in(firsts, keys))  # of a document that is there twice, one counts
    sentences = _Spans(tables["sentences"], firsts)
    entities = _Spans(tables["entities"], firsts)
    rejected = tables["rejects"].filter(pc.equal(tables["rejects"]["scope"], SENTENCE))

    def count(of: Integers, column: str) -> Flags:
        told = _numbers(documents[column].take(pa.array(first)))
        return _at(first, np.bincount(of, minlength=len(firsts)) != told, len(uris))

    if has_sentences:
        what = "lacks sentences of documents, or has others"
        yield from breach("sentences", what, count(sentences.document, "sentence_count"))
    what = "lacks entities of documents, or has others"
    yield from breach("entities", what, count(entities.document, "entity_count"))
    owners = pc.index_in(rejected["document_key"], firsts)
    what = "lacks rejected sentences of documents, or has others"
    found = _numbers(owners.drop_null())
    yield from breach("rejects", what, count(found, "rejected_sentence_count"))
    chars = _numbers(documents["char_count"].take(pa.array(first)))
    for table, spans in (("sentences", sentences), ("entities", entities)):
        for what, bad in spans.laws(chars):
            yield from breach(table, what, _documents(spans, bad, first, len(uris)))
    if has_sentences:
        bad = ~_within(entities, sentences)
        what = "has entities outside their sentences"
        yield from breach("entities", what, _documents(entities, bad, first, len(uris)))
    for what, bad in sentences.order():
        yield from breach("sentences", what, _documents(sentences, bad, first, len(uris)))


class _Spans:
    """Rows that have a span: (row,) arrays, sorted by document, field and place.

    Attributes:
      document: index of the row's document.
      text: a number for each document and field.
    """

    def __init__(self, rows: pa.Table, keys: pa.Array) -> None:
        document = _numbers(pc.index_in(rows["document_key"], keys))
        field = _numbers(rows["field"].combine_chunks().dictionary_encode().indices)
        start = _numbers(rows["start_char"])
        order = np.lexsort((start, field, document))
        self.document, self.start = document[order], start[order]
        self.end = _numbers(rows["end_char"])[order]
        self.index = _numbers(rows["sentence_index"])[order]
        self.length = _numbers(pc.coalesce(rows["length"], -1))[order]
        self.field = rows["field"].combine_chunks().take(pa.array(order))
        self._number = field[order]

    @property
    def follows(self) -> Flags:
        """Whether a row follows another one of the same text."""
        same = np.zeros(len(self.document), bool)
        same[1:] = self.document[1:] == self.document[:-1]
        same[1:] &= self._number[1:] == self._number[:-1]
        return same

    def laws(self, chars: Integers) -> Iterator[tuple[str, Flags]]:
        """Yields the laws of single spans, and which rows break them."""
        inside = (self.start >= 0) & (self.start < self.end) & (self.end <= chars[self.document])
        yield "has spans that are none of their text", ~inside
        fits = (self.length < 0) | (self.length == self.end - self.start)
        yield "has a text that is not as long as its span", ~fits
        overlaps = self.follows
        overlaps[1:] &= self.start[1:] < self.end[:-1]
        yield "has spans that overlap", overlaps

    def order(self) -> Iterator[tuple[str, Flags]]:
        """Yields whether the sentences of a text are counted from 0."""
        expected = np.zeros(len(self.index), np.int64)
        expected[1:] = self.index[:-1] + 1
        expected[~self.follows] = 0
        yield "has sentences that are not counted in their order", self.index != expected


def _within(entities: _Spans, sentences: _Spans) -> Flags:
    """Tells of each entity whether its sentence is there, and whether it lies in it."""
    fields = pa.concat_arrays([entities.field, sentences.field]).dictionary_encode().indices
    number = _numbers(fields)
    mine = _place(entities, number[: len(entities.index)])
    theirs = _place(sentences, number[len(entities.index) :])
    order = np.argsort(theirs, order=("document", "field", "index"))
    found = np.searchsorted(theirs[order], mine)
    is_there = found < len(theirs)
    row = order[np.minimum(found, len(theirs) - 1)] if len(theirs) else np.zeros(len(mine), int)
    if not len(theirs):
        return is_there
    inside = (sentences.start[row] <= entities.start) & (entities.end <= sentences.end[row])
    return is_there & (theirs[row] == mine) & inside


def _place(spans: _Spans, field: Integers) -> npt.NDArray[np.void]:
    kind = np.dtype([("document", np.int64), ("field", np.int64), ("index", np.int64)])
    place = np.empty(len(spans.index), kind)
    place["document"], place["field"], place["index"] = spans.document, field, spans.index
    return place


def _documents(spans: _Spans, bad: Flags, first: Integers, count: int) -> Flags:
    """Tells of each document whether any of its rows is bad."""
    found = np.zeros(len(first), bool)
    found[spans.document[bad]] = True
    return _at(first, found, count)


def _at(places: Integers, flags: Flags, count: int) -> Flags:
    found = np.zeros(count, bool)
    found[places[flags]] = True
    return found


def _repeated(keys: pa.Array) -> Flags:
    counted = pc.value_counts(keys)
    many = counted.field("values").filter(pc.greater(counted.field("counts"), 1))
    return np.asarray(pc.is_in(keys, many).to_numpy(zero_copy_only=False), bool)


def _numbers(column: pa.Array | pa.ChunkedArray) -> Integers:
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    return np.asarray(column.cast(pa.int64()).to_numpy(zero_copy_only=False), np.int64)


def concat(table: str, parts: Sequence[pa.Table]) -> pa.Table:
    """Joins the rows of a group's parts, see `slim`; there may be none."""
    return pa.concat_tables(parts) if parts else _NO_ROWS[table]


def _empty(table: str) -> pa.Table:
    return slim(table, table_schemas(pa.schema([]), {})[table].empty_table())


_NO_ROWS = {table: _empty(table) for table in COLUMNS}

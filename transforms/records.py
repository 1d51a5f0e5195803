"""Holds what flows between the stages, in that order; the schema of a table is under its row.

Beam pickles these classes, so none of them may be a key: docs/explanation/crossing-processes.md.
"""

import enum
import hashlib
import operator
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from transforms.columns import Entities, Integers, NamedEntities, Sentences, TaggedWords

SCHEMA_VERSION = 1

TABLES = ("entities", "sentences", "documents", "texts", "rejects")

# A reject is a whole file, a record or a sentence, and it became one while reading or tagging.
FILE, RECORD, SENTENCE = "file", "record", "sentence"
READING, TAGGING = "read", "tag"

# A reject of each scope has one of these reasons.
REASONS = {
    FILE: ("unreadable", "changed", "corrupt", "wrong_format", "expands_too_much"),
    RECORD: (
        "bad_encoding",
        "bad_json",
        "bad_row",
        "bad_warc",
        "no_text",
        "missing_text",
        "not_text",
        "empty",
        "lone_surrogate",
        "too_long",
        "poison",
    ),
    SENTENCE: ("model_failed",),
}


class InputStatus(enum.StrEnum):
    """What became of an input; it is PARTIAL if some records were read before it failed."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    FAILED = "failed"


EXCERPT_CHARS = 200


def document_key(uri: str, position: int) -> str:
    """Returns the unique name of a document: 32 hex digits of sha256 over its place.

    >>> document_key("/news/a.txt", 0)
    'e25362c725e2321a9dd77f65b3ce8054'
    """
    return hashlib.sha256(f"{uri}\0{position}".encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Extent:
    """A half-open stretch of one input: bytes of a text format, or rows of Parquet.

    An `end` of -1 means the end of the input. A stream (compressed lines, csv, or lines over
    http) cannot be entered in the middle, so its extent starts at 0. Positions count decompressed
    bytes, or those of the text as UTF-8 where bytes of another encoding do not cut the lines.
    """

    uri: str
    format: str
    compression: str  # ".gz", ...; "" for none
    size: int  # bytes, as it is stored
    version: str  # modification time or ETag
    start: int
    end: int
    is_whole: bool = False  # a long .jsonl in which no line can be found but from its beginning

    @property
    def is_stream(self) -> bool:
        if self.format in ("txt", "parquet", "html", "feed"):
            return False
        over_http = self.uri.startswith(("http://", "https://"))
        return self.compression != "" or self.format != "jsonl" or over_http or self.is_whole


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One piece of work: extents to read in order, or one stripe of a stream.

    Stripe i of k reads the whole stream and keeps the blocks whose ordinal is i modulo k.
    """

    first: int  # the number of the row in the plan; a stripe has that of the stream's stripe 0
    stripe: int
    stripes: int
    group: int  # the group of published parts that gets its rows
    extents: list[Extent]


PLAN_SCHEMA = pa.schema(
    [
        pa.field("first", pa.int64(), nullable=False),
        pa.field("stripe", pa.int32(), nullable=False),
        pa.field("stripes", pa.int32(), nullable=False),
        pa.field("group", pa.int32(), nullable=False),
        pa.field(
            "extents",
            pa.list_(
                pa.struct(
                    [
                        pa.field("uri", pa.string(), nullable=False),
                        pa.field("format", pa.string(), nullable=False),
                        pa.field("compression", pa.string(), nullable=False),
                        pa.field("size", pa.int64(), nullable=False),
                        pa.field("version", pa.string(), nullable=False),
                        pa.field("start", pa.int64(), nullable=False),
                        pa.field("end", pa.int64(), nullable=False),
                        pa.field("is_whole", pa.bool_(), nullable=False),
                    ]
                )
            ),
            nullable=False,
        ),
    ]
)


@dataclass(frozen=True, slots=True)
class TextField:
    """One text of a document as it was read; every offset counts its code points."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """A record that has texts, ready to be tagged."""

    key: str
    id: str
    uri: str
    position: int
    date: int | None  # days since 1970-01-01
    fields: list[TextField]
    language: str | None = None  # the main one, by its ISO 639 code; None if it cannot be told
    language_share: float | None = None  # how much of the texts is in it: 0 to 1, 2 decimals
    is_wanted: bool = True  # if not, it goes on without sentences


@dataclass(frozen=True, slots=True)
class Reject:
    """Tells what was not tagged, where it lies and why."""

    scope: str
    stage: str
    reason: str
    message: str
    uri: str
    position: int | None = None
    document_key: str | None = None
    document_id: str | None = None
    field: str | None = None
    start_char: int | None = None
    end_char: int | None = None
    excerpt: str | None = None

    def __post_init__(self) -> None:
        if self.reason not in REASONS[self.scope]:
            raise ValueError(f"{self.reason!r} is no reason of scope {self.scope!r}")


REJECTS_SCHEMA = pa.schema(
    [
        pa.field("scope", pa.string(), nullable=False),
        pa.field("stage", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("message", pa.string(), nullable=False),
        pa.field("uri", pa.string(), nullable=False),
        ("position", pa.int64()),
        ("document_key", pa.string()),
        ("document_id", pa.string()),
        ("field", pa.string()),
        ("start_char", pa.int32()),
        ("end_char", pa.int32()),
        ("excerpt", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class InputCount:
    """What one input gave, to a block or in all. Its records are documents or rejected."""

    uri: str
    size: int
    version: str | None  # None if it could not be read, so that the next job tries it again
    format: str
    status: str
    records: int
    documents: int
    rejected: int
    dates_unparsed: int
    unread_date: str | None = None  # the first of these dates; the manifest has some, no table
    # What a crawl holds beside pages, by its kind; the manifest has the sums, no table.
    passed_over: dict[str, int] = field(default_factory=dict)


INPUTS_SCHEMA = pa.schema(
    [
        pa.field("uri", pa.string(), nullable=False),
        ("size", pa.int64()),
        ("version", pa.string()),
        pa.field("format", pa.string(), nullable=False),
        pa.field("status", pa.string(), nullable=False),
        ("records", pa.int64()),
        ("documents", pa.int64()),
        ("rejected", pa.int64()),
        ("dates_unparsed", pa.int64()),
    ]
)


@dataclass(frozen=True, slots=True)
class Block:
    """The unit of work, retry and resume: about 1 MiB of text, consecutive in the plan's order."""

    id: str  # ids sort in the plan's order
    group: int
    part: int  # which part of its group, for a long stream that makes several
    documents: list[Document]
    kept: bytes  # an Arrow IPC stream of the kept columns, with a row for each document
    rejects: list[Reject]
    inputs: list[InputCount]

    @property
    def fields(self) -> list[TextField]:
        """Returns the text fields of all documents, in reading order."""
        return [field for document in self.documents for field in document.fields]

    @property
    def texts(self) -> list[str]:
        """Returns the text of each of `fields`."""
        return [field.text for field in self.fields]

    @property
    def wanted_texts(self) -> list[str]:
        """Returns `texts`, but nothing of the documents that are not to be tagged."""
        pairs = zip(self.owners, self.texts, strict=True)
        return [text if owner.is_wanted else "" for owner, text in pairs]

    @property
    def owners(self) -> list[Document]:
        """Returns the document of each of `fields`."""
        return [document for document in self.documents for _ in document.fields]

    @property
    def document_of_text(self) -> Integers:
        """Returns the index of the document of each of `fields`."""
        counts = [len(document.fields) for document in self.documents]
        return np.repeat(np.arange(len(counts)), counts)


@dataclass(frozen=True, slots=True, eq=False)
class SplitBlock:
    """A block and the sentences of its texts."""

    block: Block
    sentences: Sentences


@dataclass(frozen=True, slots=True, eq=False)
class TaggedBlock:
    """A block, its sentences and their words, tagged."""

    block: Block
    sentences: Sentences
    words: TaggedWords


@dataclass(frozen=True, slots=True, eq=False)
class GroupedBlock:
    """A block whose tagged words are joined into entities."""

    block: Block
    sentences: Sentences
    words: TaggedWords
    entities: Entities


@dataclass(frozen=True, slots=True, eq=False)
class NamedBlock:
    """A block whose entities have what their documents tell of them."""

    block: Block
    sentences: Sentences
    words: TaggedWords
    names: NamedEntities


ENTITIES_SCHEMA = pa.schema(
    [
        pa.field("document_key", pa.string(), nullable=False),
        pa.field("document_id", pa.string(), nullable=False),
        ("date", pa.date32()),
        pa.field("field", pa.string(), nullable=False),
        pa.field("start_char", pa.int32(), nullable=False),
        pa.field("end_char", pa.int32(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
        pa.field("name", pa.string(), nullable=False),
        pa.field("resolved_name", pa.string(), nullable=False),
        pa.field("label", pa.string(), nullable=False),
        pa.field("model_label", pa.string(), nullable=False),
        pa.field("score", pa.float32(), nullable=False),
        pa.field("sentence_index", pa.int32(), nullable=False),
    ]
)


SENTENCES_SCHEMA = pa.schema(
    [
        pa.field("document_key", pa.string(), nullable=False),
        pa.field("field", pa.string(), nullable=False),
        pa.field("sentence_index", pa.int32(), nullable=False),
        pa.field("start_char", pa.int32(), nullable=False),
        pa.field("end_char", pa.int32(), nullable=False),
        ("text", pa.string()),
    ]
)


DOCUMENTS_SCHEMA = pa.schema(
    [
        pa.field("document_key", pa.string(), nullable=False),
        pa.field("document_id", pa.string(), nullable=False),
        pa.field("uri", pa.string(), nullable=False),
        pa.field("position", pa.int64(), nullable=False),
        ("date", pa.date32()),
        pa.field("text_sha256", pa.string(), nullable=False),
        pa.field("char_count", pa.int32(), nullable=False),
        ("language", pa.string()),
        ("language_share", pa.float32()),
        pa.field("tagged", pa.bool_(), nullable=False),
        pa.field("sentence_count", pa.int32(), nullable=False),
        pa.field("word_count", pa.int32(), nullable=False),
        pa.field("entity_count", pa.int32(), nullable=False),
        pa.field("rejected_sentence_count", pa.int32(), nullable=False),
        pa.field("model", pa.string(), nullable=False),
    ]
)


TEXTS_SCHEMA = pa.schema(
    [
        pa.field("document_key", pa.string(), nullable=False),
        pa.field("field", pa.string(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
    ]
)


@dataclass(frozen=True, slots=True, eq=False)
class BlockTables:
    """The rows of one block, table by table, in reading order.

    The documents have no kept columns yet.
    """

    block: Block
    entities: pa.Table
    sentences: pa.Table
    documents: pa.Table
    texts: pa.Table
    rejects: list[Reject]


@dataclass(frozen=True, slots=True)
class TableFile:
    """A written file of a table's rows: staged under _run/, or published as a part."""

    table: str
    path: str  # relative to the output
    rows: int
    bytes: int
    sha256: str


PARTS_SCHEMA = pa.schema(
    [
        pa.field("table", pa.string(), nullable=False),
        pa.field("path", pa.string(), nullable=False),
        pa.field("rows", pa.int64(), nullable=False),
        pa.field("bytes", pa.int64(), nullable=False),
        pa.field("sha256", pa.string(), nullable=False),
    ]
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """Tells that a block is done, and names the files that hold its rows."""

    block_id: str
    group: int
    part: int
    staged: list[TableFile]
    inputs: list[InputCount]
    sentences: int
    words: int


@dataclass(frozen=True, slots=True)
class PublishedGroup:
    """The parts that a plan group has at present, of all tables and in all folders."""

    group: int
    part: int  # which part of its group, for a long stream that makes several
    parts: list[TableFile]


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of some rows of the tables, which can be added and subtracted.

    >>> Counts(words=5, by_label={"PER": 2}) - Counts(words=3, by_label={"PER": 2})
    Counts(documents=0, sentences=0, words=2, by_label={}, by_reason={}, untagged={})
    """

    documents: int = 0
    sentences: int = 0
    words: int = 0
    by_label: dict[str, int] = field(default_factory=dict)  # how many entities have each label
    by_reason: dict[str, int] = field(default_factory=dict)  # how many rejects have each reason
    untagged: dict[str, int] = field(default_factory=dict)  # documents that were not, by language

    def __add__(self, other: "Counts") -> "Counts":
        return self._join(other, operator.add)

    def __sub__(self, other: "Counts") -> "Counts":
        return self._join(other, operator.sub)

    def _join(self, other: "Counts", join: Callable[[int, int], int]) -> "Counts":
        def by_value(mine: dict[str, int], others: dict[str, int]) -> dict[str, int]:
            values = sorted(mine.keys() | others.keys())
            joined = {value: join(mine.get(value, 0), others.get(value, 0)) for value in values}
            return {value: count for value, count in joined.items() if count}

        return Counts(
            documents=join(self.documents, other.documents),
            sentences=join(self.sentences, other.sentences),
            words=join(self.words, other.words),
            by_label=by_value(self.by_label, other.by_label),
            by_reason=by_value(self.by_reason, other.by_reason),
            untagged=by_value(self.untagged, other.untagged),
        )


@dataclass(frozen=True, slots=True)
class GroupSummary:
    """What one plan group published, or what became of one that had been published.

    Attributes:
      parts: the parts that were written.
      inputs: a Parquet file with a row for each input. A million inputs as records would take
        hundreds of MB.
      added: the rows that this job wrote for the first time.
      gone: the rows that it took out of what had been published.
      unread_dates: some of the dates that could not be read.
      passed_over: what crawls hold beside pages, by its kind.
      replaced: the paths of the parts that `parts` replace.
    """

    parts: list[TableFile]
    inputs: bytes
    added: Counts = field(default_factory=Counts)
    gone: Counts = field(default_factory=Counts)
    unread_dates: list[str] = field(default_factory=list)
    passed_over: dict[str, int] = field(default_factory=dict)
    replaced: list[str] = field(default_factory=list)

"""Compares what the tables say of a text with the input that holds it: document[start:end]."""

import hashlib
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.inspection.published import Published
from transforms.files.documents import read_document
from transforms.files.extents import ChangedError, scan_patiently
from transforms.files.fields import DocumentFields
from transforms.files.formats import can_be_cut, parse
from transforms.files.found import READ_ERRORS, Found, RecordError
from transforms.files.remote import Patience
from transforms.output.output import Output
from transforms.records import Extent, TableFile

_TEXTS = ["document_key", "field", "start_char", "end_char", "text"]
_Row = tuple[str, int, int, str | None]  # field, start, end and text

READ, CHANGED, UNREADABLE = "read", "changed", "unreadable"


@dataclass(slots=True)
class Sources:
    """Compares group after group, and counts what became of their inputs.

    An input whose documents lie in several groups counts in each.
    """

    counts: Counter[str] = field(default_factory=Counter)

    def compare(
        self, output: Output, parts: Iterable[TableFile], published: Published
    ) -> Iterator[tuple[str, str, list[str]]]:
        """Yields what is wrong with the parts of a group: path, what, and URIs of inputs.

        Raises:
          StoreError: a remote store failed for a minute.
        """
        held = _Held()
        for part in parts:
            held.take(part.table, output.require(part.path))
        path = next((part.path for part in parts if part.table == "documents"), "documents")
        inputs = published.inputs.select(["uri", "size", "version", "format"])
        for row in inputs.filter(
            pc.is_in(inputs["uri"], pa.array([*held.documents], pa.string()))
        ).to_pylist():
            positions = held.documents[row["uri"]]
            extent = _extent(row, positions, published.settings.fields)
            wrong = extent and self._compare_input(extent, held, published.settings.fields)
            if wrong:
                yield path, wrong, [row["uri"]]

    def _compare_input(self, extent: Extent, held: "_Held", fields: DocumentFields) -> str | None:
        """Says how an input differs from what the tables hold of it, if it does."""
        wanted = dict(held.documents[extent.uri])
        try:
            for found in scan_patiently(extent, fields.columns, fields, Patience()):
                key = wanted.pop(found.position, None)
                if key and not held.fits(key, extent, found, fields):
                    self.counts[READ] += 1
                    return "has texts that are not those of the input"
                if not wanted:
                    break
        except ChangedError:
            self.counts[CHANGED] += 1
            return None
        except READ_ERRORS:
            self.counts[UNREADABLE] += 1
            return None
        self.counts[READ] += 1
        return "has documents that the input does not hold" if wanted else None


@dataclass(slots=True)
class _Held:
    """What the tables hold of the documents of a group.

    Attributes:
      documents: by URI and position, the document's key.
      digests: by key, the sha256 of the document's texts.
      rows: by key, the spans of its sentences and entities.
    """

    documents: dict[str, dict[int, str]] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    rows: dict[str, list[_Row]] = field(default_factory=dict)

    def take(self, table: str, data: bytes) -> None:
        if table == "documents":
            columns = ["uri", "position", "document_key", "text_sha256"]
            for uri, position, key, digest in _values(data, columns):
                self.documents.setdefault(uri, {})[position] = key
                self.digests[key] = digest
        elif table in ("entities", "sentences"):
            for key, *row in _values(data, _TEXTS):
                self.rows.setdefault(key, []).append(tuple(row))

    def fits(self, key: str, extent: Extent, found: Found, fields: DocumentFields) -> bool:
        """Tells whether a record is the document that has a key, and has its texts."""
        try:
            values = parse(extent, found)
            read = read_document(values, extent, found.position, fields)
        except RecordError:
            return False
        texts = {field.name: field.text for field in read.document.fields}
        digest = hashlib.sha256("\n".join(texts.values()).encode()).hexdigest()
        return digest == self.digests[key] and all(
            text is None or texts.get(name, "")[start:end] == text
            for name, start, end, text in self.rows.get(key, ())
        )


def _values(data: bytes, columns: list[str]) -> Iterator[tuple]:
    file = pq.ParquetFile(io.BytesIO(data))
    for batch in file.iter_batches(columns=columns):
        yield from zip(*(batch[name].to_pylist() for name in columns), strict=True)


def _extent(row: dict, positions: Iterable[int], fields: DocumentFields) -> Extent | None:
    """Returns the stretch of an input in which records lie, as far as it can be entered."""
    if row["version"] is None:  # it could not be read then
        return None
    name, dot, compression = row["format"].partition(".")
    whole = Extent(row["uri"], name, dot + compression, row["size"], row["version"], 0, -1)
    if name == "parquet":
        return replace(whole, start=min(positions), end=max(positions) + 1)
    if name != "jsonl" or whole.is_stream:
        return whole
    if not can_be_cut(whole, fields):
        return replace(whole, is_whole=True)
    return replace(whole, start=min(positions))

"""Compares the rows of a group with the table of its texts: text[start_char:end_char]."""

import hashlib
import io
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.inspection.rows import Breach
from transforms.files.file_names import EXTRACTED_FORMATS
from transforms.output.output import Output
from transforms.records import TableFile

_SPAN = ["document_key", "field", "start_char", "end_char", "text"]

_Texts = Mapping[str, Mapping[str, str]]  # by document, by field


def extracted(inputs: pa.Table) -> frozenset[str]:
    """Returns the URIs of those inputs whose texts are kept in any case.

    Args:
      inputs: the rows of inputs.parquet.
    """
    named = zip(inputs["uri"].to_pylist(), inputs["format"].to_pylist(), strict=True)
    return frozenset(uri for uri, name in named if name.split(".")[0] in EXTRACTED_FORMATS)


def text_breaches(
    output: Output, parts: Iterable[TableFile], keeping: Container[str] | None
) -> Iterator[Breach]:
    """Yields what is wrong between the texts of a group and its other tables.

    The texts of a group are what a plan packs together, so what is held here is bounded.

    Args:
      parts: those of the group that are what was written.
      keeping: the URIs of the inputs whose texts are kept, None if those of all are.
    """
    by_table: dict[str, list[TableFile]] = {}
    for part in parts:
        by_table.setdefault(part.table, []).append(part)
    if keeping == frozenset() and "texts" not in by_table:
        return
    texts: dict[str, dict[str, str]] = {}
    for key, field, text in _rows(output, by_table.get("texts"), ["document_key", "field", "text"]):
        texts.setdefault(key, {})[field] = text
    columns = ["document_key", "uri", "text_sha256"]
    documents = [*_rows(output, by_table.get("documents"), columns)]
    wrong = {
        uri
        for key, uri, digest in documents
        if _digest(texts.get(key)) != (digest if keeping is None or uri in keeping else None)
    }
    if wrong:
        yield Breach("texts", "lacks texts of documents, or has others", frozenset(wrong))
    uris = {key: uri for key, uri, _ in documents}
    for table in ("entities", "sentences"):
        rows = _rows(output, by_table.get(table), _SPAN)
        wrong = {uris[row[0]] for row in rows if row[0] in uris and not _is_slice(row, texts)}
        if wrong:
            what = "has a text that is not the slice of its document's"
            yield Breach(table, what, frozenset(wrong))


def _digest(texts: Mapping[str, str] | None) -> str | None:
    """Returns what a document says of its texts, None if there are none of it."""
    if texts is None:
        return None
    return hashlib.sha256("\n".join(texts.values()).encode()).hexdigest()


def _is_slice(row: tuple[Any, ...], texts: _Texts) -> bool:
    """Tells whether a row has the slice of its text, as far as both are kept."""
    key, field, start, end, text = row
    return text is None or key not in texts or texts[key].get(field, "")[start:end] == text


def _rows(
    output: Output, parts: Iterable[TableFile] | None, columns: list[str]
) -> Iterator[tuple[Any, ...]]:
    for part in parts or ():
        file = pq.ParquetFile(io.BytesIO(output.require(part.path)))
        for batch in file.iter_batches(columns=columns):
            yield from zip(*(batch[name].to_pylist() for name in columns), strict=True)

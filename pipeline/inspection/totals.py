"""The law of records: for each input, records = documents + rejected, and all of them are there."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.inspection.rows import Breach, Flags, Integers
from transforms.records import FILE, RECORD, InputStatus


class Totals:
    """Counts what the tables hold of each input, group after group: (input,) numbers."""

    def __init__(self, inputs: pa.Table) -> None:
        self._inputs = inputs
        self._uris = inputs["uri"].combine_chunks()
        self._documents = np.zeros(len(inputs), np.int64)
        self._rejected = np.zeros(len(inputs), np.int64)
        self._failures = np.zeros(len(inputs), np.int64)
        self._unknown: dict[str, set[str]] = {"documents": set(), "rejects": set()}

    def add_documents(self, uris: pa.ChunkedArray) -> None:
        self._documents += self._count("documents", uris)

    def add_rejects(self, scopes: pa.ChunkedArray, uris: pa.ChunkedArray) -> None:
        self._rejected += self._count("rejects", uris.filter(pc.equal(scopes, RECORD)))
        self._failures += self._count("rejects", uris.filter(pc.equal(scopes, FILE)))

    def breaches(self) -> Iterator[Breach]:
        """Yields what is wrong, once all groups are added; of the table "inputs", the list."""
        for table, uris in self._unknown.items():
            if uris:
                yield Breach(table, "has rows of inputs that are not listed", frozenset(uris))
        records, documents, rejected = map(self._told, ("records", "documents", "rejected"))
        failed = np.array(self._inputs["status"].to_pylist()) != InputStatus.COMPLETE
        laws = (
            ("inputs", "breaks records = documents + rejected", records != documents + rejected),
            ("documents", "lacks documents, or has others", documents != self._documents),
            ("rejects", "lacks records, or has others", rejected != self._rejected),
            ("rejects", "lacks files that failed, or has others", failed != (self._failures > 0)),
        )
        for table, what, bad in laws:
            if bad.any():
                yield Breach(table, what, self._named(bad))

    def _told(self, column: str) -> Integers:
        return np.asarray(self._inputs[column].to_numpy(), np.int64)

    def _named(self, bad: Flags) -> frozenset[str]:
        return frozenset(self._uris.filter(pa.array(bad)).to_pylist())

    def _count(self, table: str, uris: pa.ChunkedArray) -> Integers:
        found = pc.index_in(uris, self._uris)
        unknown = uris.filter(pc.is_null(found))
        self._unknown[table].update(pc.unique(unknown).to_pylist())
        return np.bincount(found.drop_null().to_numpy(), minlength=len(self._uris))

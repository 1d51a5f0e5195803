"""Reads the rows of Parquet, and the footers of its files."""

import contextlib
import gzip
import io
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.arrow_values import Cell, Column
from transforms.files.fields import DocumentFields
from transforms.files.found import READ_ERRORS, Found, Values, check_columns
from transforms.files.places import is_http
from transforms.files.remote import StoreError, patiently
from transforms.files.storage import open_input
from transforms.records import Extent

PARQUET_BATCH_ROWS = 512
# A column is read through a buffer of this size. Without one, pyarrow loads the columns of a row
# group as a whole.
_PARQUET_BUFFER_BYTES = 1 << 20


def scan_parquet(extent: Extent, columns: Sequence[str], fields: DocumentFields) -> Iterator[Found]:
    """Yields the rows of an extent, with the wanted columns that are there; see `formats.scan`."""
    with open_parquet(extent.uri) as file:
        check_columns(file.schema_arrow.names, columns)
        there = [name for name in columns if name in file.schema_arrow.names]
        end = extent.end if extent.end >= 0 else file.metadata.num_rows
        first = 0
        for group in range(file.metadata.num_row_groups):
            rows = file.metadata.row_group(group).num_rows
            if first < end and extent.start < first + rows:
                for row, batch in _batches(file, group, first, there):
                    if row >= end:
                        return
                    wanted = range(max(0, extent.start - row), min(batch.num_rows, end - row))
                    columns_of = {name: Column(batch.column(name)) for name in there}
                    yield from (Found(row + index, (columns_of, index)) for index in wanted)
            first += rows


def _batches(
    file: pq.ParquetFile, group: int, row: int, columns: list[str]
) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Yields the batches of a row group, each with the number of its first row."""
    for batch in file.iter_batches(PARQUET_BATCH_ROWS, row_groups=[group], columns=columns):
        yield row, batch
        row += batch.num_rows


def parse_parquet(content: tuple[dict[str, Column], int]) -> Values:
    """Returns the values of one row of a batch as cells; see `formats.parse`."""
    columns, index = content
    return {name: Cell(column, index) for name, column in columns.items()}


@contextlib.contextmanager
def open_parquet(uri: str) -> Iterator[pq.ParquetFile]:
    """Opens a Parquet file; where it cannot be entered in the middle, it is read as a whole."""
    with (
        open_input(uri) as stored,
        pq.ParquetFile(
            # Some servers know no ranges.
            io.BytesIO(stored.read())
            if is_http(uri) or isinstance(stored, gzip.GzipFile)
            else stored,
            buffer_size=_PARQUET_BUFFER_BYTES,
            pre_buffer=False,
        ) as file,
    ):
        yield file


def read_footer(uri: str) -> tuple[pq.FileMetaData, pa.Schema] | None:
    """Returns the footer and the schema of a Parquet file, None if they cannot be read.

    Raises:
      StoreError: a remote store has failed for a while.
    """

    def read() -> tuple[pq.FileMetaData, pa.Schema]:
        with open_parquet(uri) as file:
            return file.metadata, file.schema_arrow

    try:
        return patiently(read)
    except StoreError:
        raise
    except READ_ERRORS:
        return None

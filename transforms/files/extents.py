"""Reads the records of an extent, and asks its store again when that fails."""

from collections.abc import Iterator, Sequence

from transforms.files.fields import DocumentFields
from transforms.files.formats import scan
from transforms.files.found import Found
from transforms.files.remote import Patience, StoreError
from transforms.files.storage import stat
from transforms.records import Extent


class ChangedError(OSError):
    """The file is no longer the one that was planned."""


def scan_patiently(
    extent: Extent, columns: Sequence[str], fields: DocumentFields, patience: Patience
) -> Iterator[Found]:
    """Yields the records of an extent, each once, however often its store has to be asked.

    Raises:
      ChangedError: the file is no longer the one that was planned.
      Exception: one of READ_ERRORS: the file cannot be read, or not to its end.
    """
    position = -1
    while True:
        try:
            _check_unchanged(extent)
            for found in scan(extent, columns, fields):
                if found.position > position:
                    position = found.position
                    patience.renew()
                    yield found
            return
        except StoreError as error:
            patience.wait(error)


def is_open_ended(extent: Extent) -> bool:
    """Tells whether only reading shows how many blocks an extent holds."""
    return extent.is_stream or (extent.format == "parquet" and extent.end < 0)


def _check_unchanged(extent: Extent) -> None:
    now = stat(extent.uri)
    if (now.size, now.version) != (extent.size, extent.version):
        raise ChangedError(
            f"planned with {extent.size} bytes of {extent.version}, "
            f"now {now.size} bytes of {now.version}"
        )

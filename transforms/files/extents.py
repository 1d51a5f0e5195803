"""Extents: the records in a stretch of an input, however often its store has to be asked."""

from collections.abc import Iterator, Sequence

from transforms.files.formats import scan
from transforms.files.found import Found
from transforms.files.remote import Patience, StoreError
from transforms.files.storage import stat
from transforms.records import Extent


class ChangedError(OSError):
    pass


def scan_patiently(
    extent: Extent, columns: Sequence[str], max_chars: int, patience: Patience
) -> Iterator[Found]:
    """Yields the records of an extent, each once, however often its store has to be asked.

    Raises:
      OSError: of READ_ERRORS; a ChangedError where the file is no longer what was planned.
    """
    position = -1
    while True:
        try:
            _check_unchanged(extent)
            for found in scan(extent, columns, max_chars):
                if found.position > position:
                    position = found.position
                    patience.renew()
                    yield found
            return
        except StoreError as error:
            patience.wait(error)


def is_open_ended(extent: Extent) -> bool:
    """Says whether an extent may hold more than a block: that shows when it is read."""
    return extent.is_stream or (extent.format == "parquet" and extent.end < 0)


def _check_unchanged(extent: Extent) -> None:
    now = stat(extent.uri)
    if (now.size, now.version) != (extent.size, extent.version):
        raise ChangedError(
            f"planned with {extent.size} bytes of {extent.version}, "
            f"now {now.size} bytes of {now.version}"
        )

"""The first records of a plan: how many --limit takes, and whether they have the fields."""

import contextlib
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline.errors import UsageError
from pipeline.settings import Settings
from pipeline.wording import amount
from transforms.files.documents import list_names
from transforms.files.extents import scan_patiently
from transforms.files.fields import DocumentFields
from transforms.files.file_names import EXTRACTED_FORMATS
from transforms.files.formats import parse, scan
from transforms.files.found import READ_ERRORS, PassedOver, RecordError, Values
from transforms.files.main_text import PAGE_FIELDS
from transforms.files.parquet_rows import read_footer
from transforms.files.remote import Patience, StoreError
from transforms.records import Extent, PlanRow

_SAMPLED_RECORDS = 1000
# Without this, a million empty files would all be opened to find a record.
_SAMPLED_FILES = 1000


def limit_rows(rows: Sequence[PlanRow], fields: DocumentFields, limit: int) -> list[PlanRow]:
    """Keeps the rows, and of the last one the extents, that hold the first `limit` records."""
    limited: list[PlanRow] = []
    left = limit
    for row in rows:
        if row.stripe:  # it reads the same stream again
            if limited and limited[-1].first == row.first:
                limited.append(replace(row, extents=limited[-1].extents))
            continue
        if left == 0:
            break
        extents = []
        for extent in row.extents:
            if left == 0:
                break
            counted, end = _count(extent, fields, left)
            left -= counted
            extents.append(extent if end is None else replace(extent, end=end))
        limited.append(replace(row, extents=extents))
    return limited


def _count(extent: Extent, fields: DocumentFields, limit: int) -> tuple[int, int | None]:
    """Counts an extent's records up to a limit; returns where the next one begins, if any."""
    counted = 0
    try:
        for found in scan_patiently(extent, (), fields, Patience()):
            if isinstance(found.content, PassedOver):
                continue
            if counted == limit:
                return counted, found.position
            counted += 1
    except StoreError as error:
        raise cannot_be_read(extent, error) from error
    except READ_ERRORS:
        # Its reader meets the same failure, and makes it a reject.
        return counted, None
    return counted, None


def check_fields(rows: Iterable[PlanRow], settings: Settings) -> list[str]:
    """Looks for the fields in the first records; returns warnings of those that none has.

    It is for an output's first job: an addition has settings that served, and a few new inputs may
    well lack what older ones had.

    Raises:
      UsageError: none has a text field, so that the job would make nothing but rejects.
    """
    fields = settings.fields
    missing = list(_fields_by_flag(settings))
    has_text = False
    sampled: list[Extent] = []
    found: dict[str, None] = {}
    for extent, values in itertools.islice(_sample(rows, fields), _SAMPLED_RECORDS):
        has_text = has_text or any(
            values.get(name) is not None for name in fields.of(extent.format).text
        )
        missing = [(flag, name) for flag, name in missing if name not in values]
        if has_text and not missing:
            return []
        sampled.append(extent)
        found.update(dict.fromkeys(values))
    if not sampled:
        return []
    found.update(dict.fromkeys(_parquet_columns(sampled)))
    none_has = f"none of the first {amount(len(sampled), 'record')} has"
    names = list_names(found)
    if not has_text:
        wanted = " or ".join(fields.text)
        raise UsageError(f"--text_field: {none_has} {wanted}; found: {names}")
    return [f"{none_has} {flag} {name}; found: {names}" for flag, name in missing]


def _fields_by_flag(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yields the fields that records should have, each with the flag that names it."""
    yield from (("--text_field", name) for name in settings.text_field)
    if settings.id_field != Settings.id_field:  # documents without the usual one go by their key
        yield "--id_field", settings.id_field
    if settings.date_field is not None:
        yield "--date_field", settings.date_field
    yield from (("--keep", name) for name, _ in settings.kept)


def _parquet_columns(extents: Iterable[Extent]) -> list[str]:
    """Returns all columns of the first Parquet file; records have only those that are asked for."""
    uri = next((extent.uri for extent in extents if extent.format == "parquet"), None)
    if uri is None:
        return []
    # The plan is made by now: a store that fails here must not end it.
    with contextlib.suppress(StoreError):
        footer = read_footer(uri)
        return footer[1].names if footer else []
    return []


def _sample(rows: Iterable[PlanRow], fields: DocumentFields) -> Iterator[tuple[Extent, Values]]:
    """Yields the values of the records that can be read, in the plan's order; of one .txt only.

    A page or a feed has always the same fields, and is not opened.
    """
    known: set[str] = set()  # formats of which all files have the same fields
    opened = 0
    for extent in (extent for row in rows if row.stripe == 0 for extent in row.extents):
        if extent.format in known:
            continue
        if extent.format in EXTRACTED_FORMATS:
            known.add(extent.format)
            yield extent, dict.fromkeys(PAGE_FIELDS, "")
            continue
        if opened == _SAMPLED_FILES:
            return
        opened += 1
        try:
            for found in scan(extent, fields.columns, fields):
                with contextlib.suppress(RecordError):
                    yield extent, parse(extent, found)
                    known |= {extent.format} & {"txt"}
        except READ_ERRORS:
            # Its reader meets the same failure, and makes it a reject.
            continue


def cannot_be_read(extent: Extent, error: StoreError) -> UsageError:
    """Returns what ends the planning where a store fails."""
    # A plan without what it holds would be another one than when the store is well.
    return UsageError(f"--input {extent.uri} cannot be read now: {error}")

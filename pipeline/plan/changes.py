"""How the inputs that are there now differ from those that a job was planned with or published."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa

from pipeline.plan.inputs import InputFile
from pipeline.wording import amount
from transforms.records import PlanRow

# An input is the same as long as these are: size, version, format and compression.
_Identity = tuple[int, str, str]
Identities = dict[str, _Identity]  # by URI

# There may be a million published inputs, and so few of them become objects at once.
_ROWS_AT_ONCE = 1 << 15


@dataclass(frozen=True, slots=True)
class Changes:
    new: list[InputFile]
    changed: list[InputFile]
    vanished: list[str]  # URIs

    def __str__(self) -> str:
        found = ((self.new, "new"), (self.changed, "changed"), (self.vanished, "no longer there"))
        return ", ".join(f"{amount(len(some), 'input')} {what}" for some, what in found if some)


def find_changes(files: Iterable[InputFile], published: pa.Table) -> Changes:
    """Compares a listing with the inputs that the tables were made of."""
    new = {file.stored.uri: file for file in files}
    changed: list[InputFile] = []
    vanished: list[str] = []
    for batch in published.to_batches(_ROWS_AT_ONCE):
        columns = (batch[name].to_pylist() for name in ("uri", "size", "version", "format"))
        for uri, *identity in zip(*columns, strict=True):
            file = new.pop(uri, None)
            if file is None:
                vanished.append(uri)
            elif tuple(identity) != _of_file(file):
                changed.append(file)
    return Changes([*new.values()], changed, vanished)


def planned(rows: Iterable[PlanRow]) -> Identities:
    return {
        extent.uri: (extent.size, extent.version, extent.format + extent.compression)
        for row in rows
        for extent in row.extents
    }


def gone(old: Iterable[str], new: Container[str]) -> Iterator[str]:
    """Says of each input that was there before and is not now."""
    # A long input is in several rows of a plan.
    return (f"input {uri} is no longer there" for uri in dict.fromkeys(old) if uri not in new)


def changed_inputs(old: Identities, new: Identities) -> list[str]:
    """Says how inputs differ."""
    found = [f"input {uri} is new" for uri in new if uri not in old]
    found += gone(old, new)
    found += [f"input {uri} has changed" for uri in new if old.get(uri, new[uri]) != new[uri]]
    if not found and [*old] != [*new]:
        found = ["the inputs come in another order"]
    return found


def _of_file(file: InputFile) -> _Identity:
    return file.stored.size, file.stored.version, file.format + file.compression

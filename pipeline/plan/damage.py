"""What every run looks at before it adds to an output: are the parts there, and no others?"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from pipeline.errors import DamagedError, JobError
from pipeline.plan.plan_file import StoredPlan
from transforms.output.layout import (
    BASE_FOLDER,
    COPY_FOLDER,
    PARTS_PATH,
    RECEIPTS_FOLDER,
    PartName,
    is_part,
)
from transforms.output.output import GONE, Output, what_is_wrong
from transforms.output.published import Base, find_manifest, load_manifest, load_parts, parse_parts
from transforms.records import TABLES, TableFile

_SHOWN = 10
STRAY = (
    "%s is not of this output: no list names it, yet readers of the folder take its rows. Move it "
    "away, or `news-entities repair` does"
)


def damaged(root: str, damage: Mapping[str, str]) -> DamagedError:
    """Returns the error that names what is damaged, and says what to do.

    Args:
      damage: by its path in the output, what is wrong with a file.
    """
    told = [f"{path} {why}" for path, why in damage.items()]
    more = f"; and {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
    return DamagedError(
        f"--output {root} is damaged: {'; '.join(told[:_SHOWN])}{more}. `news-entities repair "
        f"{root}` mends it; --overwrite makes it anew"
    )


def sizes_of_tables(output: Output) -> dict[str, int]:
    """Returns the bytes of all files in the tables' folders, by path."""
    return {path: size for table in TABLES for path, size in output.sizes(table).items()}


def damaged_parts(parts: Iterable[TableFile], sizes: Mapping[str, int]) -> dict[str, str]:
    """Says what is wrong with parts that are gone, or have another size than was written."""
    found: dict[str, str] = {}
    for part in parts:
        size = sizes.get(part.path)
        if size is None:
            found[part.path] = GONE
        elif size != part.bytes:
            found[part.path] = f"has {size} bytes, where {part.bytes} were written"
    return found


def find_unlisted(parts: Iterable[TableFile], sizes: Mapping[str, int]) -> list[str]:
    """Returns the files in the tables' folders that have the name of a part and are not listed."""
    listed = {part.path for part in parts}
    return [path for path in sizes if path not in listed and is_part(path)]


def split_unlisted(
    output: Output, unlisted: Iterable[str], stored: StoredPlan | None
) -> tuple[list[str], list[str]]:
    """Tells what a job left for the next one to remove from what nobody can explain.

    A job leaves the parts that it replaced, which an older list names. One that was killed leaves
    those of its own plan, which are written anew by whoever carries it out.

    Args:
      stored: the plan of the last job.

    Returns:
      The paths of those that are left, and of the strays.
    """
    paths = list(unlisted)
    if not paths:
        return [], []
    replaced = _listed_before(output)
    ours = _names_of(stored) if stored and _is_uncleared(output, stored) else set()
    left = [path for path in paths if path in replaced or _numbers(path) & ours]
    return left, [path for path in paths if path not in left]


def numbers_of(paths: Iterable[str]) -> set[int]:
    """Returns the groups and rounds in the names of parts."""
    return {number for path in paths for number in _numbers(path)}


@contextmanager
def blaming_parts(output: Output, base: Base | None) -> Iterator[None]:
    """Says which published part is damaged where a job failed that had to write some anew.

    Raises:
      DamagedError: in place of a JobError.
    """
    try:
        yield
    except JobError as error:
        found = _altered_parts_of_base(output, base) if base and base.drops else {}
        if found:
            raise damaged(output.root, found) from error
        raise


def _altered_parts_of_base(output: Output, base: Base) -> dict[str, str]:
    """Says what is wrong with the parts of a base, as long as they are what is published."""
    try:
        parts, before = load_parts(output, base), load_manifest(output, base)
    except FileNotFoundError:  # another run has carried the same plan out, and has cleared up
        return {}
    now = find_manifest(output)
    # What has been published since replaced some of them, and that they are gone is no damage.
    return altered_parts(output, parts) if not now or now["plan"] == before["plan"] else {}


def altered_parts(output: Output, parts: Iterable[TableFile]) -> dict[str, str]:
    """Reads parts, and says what is wrong with those that are gone or altered."""
    found: dict[str, str] = {}
    for part in parts:
        wrong = what_is_wrong(output.get(part.path), part.sha256)
        if wrong:
            found[part.path] = wrong
    return found


def _numbers(path: str) -> set[int]:
    """Returns the group of a part, or the round that wrote it anew."""
    name = PartName.parse(path)
    assert name
    return {name.group if name.round is None else name.round}


def _names_of(stored: StoredPlan) -> set[int]:
    """Returns the numbers that the parts of the stored plan have in their names."""
    first = stored.base.first_group if stored.base else 0
    return {first, *(row.group for row in stored.rows())}


def _is_uncleared(output: Output, stored: StoredPlan) -> bool:
    """Whether a job has not come to its end, or has not cleared what it needed."""
    if output.names(BASE_FOLDER) or output.names(RECEIPTS_FOLDER):
        return True
    manifest = find_manifest(output)
    return manifest is not None and manifest["plan"] != stored.id  # another run overtook it


def _listed_before(output: Output) -> set[str]:
    found: set[str] = set()
    for folder in (BASE_FOLDER, COPY_FOLDER):
        for name in output.names(folder):
            if name.rpartition("/")[2] == PARTS_PATH:
                found |= {part.path for part in _parts(output, f"{folder}/{name}")}
    return found


def _parts(output: Output, path: str) -> list[TableFile]:
    try:
        return parse_parts(output.require(path))
    except (OSError, ValueError, TypeError):  # a damaged copy explains nothing
        return []

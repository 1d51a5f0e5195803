"""What lies in an output: a job's own files, which may be removed, and everybody else's."""

import itertools
import json
import re
from collections.abc import Iterator

from transforms.files.storage import Output, exists
from transforms.output.published import (
    BASE_FOLDER,
    INPUTS_PATH,
    MANIFEST_PATH,
    PARTS_PATH,
    load_parts,
)
from transforms.output.receipts import RECEIPTS_FOLDER
from transforms.read_plan import PLAN_PATH
from transforms.records import TABLES
from transforms.stage_tables import STAGED_FOLDER

# Of all plans. Whoever ends in between leaves no receipt that names a file which is gone.
_STAGING = (RECEIPTS_FOLDER, STAGED_FOLDER, BASE_FOLDER, "_run/tmp")
_FILES = (MANIFEST_PATH, PARTS_PATH, INPUTS_PATH)
# Without `_run/tmp`: it is all that is left of a job which was killed before it had a plan.
_FOLDERS = (*TABLES, RECEIPTS_FOLDER, STAGED_FOLDER)
_PART = re.compile(
    rf"({'|'.join(TABLES)})/([^/=]+=[^/]*/)*part-\d{{5,}}(-\d{{4,}})?(-r\d{{5,}})?\.parquet"
)
# A plan that cannot be read: nobody goes on with it, but it tells that the place is a job's.
_REMOVED = b"removed"


def find_foreign(output: Output) -> str | None:
    """Returns what is in a job's way and was written by none; None where nothing is."""
    if exists(output.uri(PLAN_PATH)) or _has_manifest(output):
        return None
    taken = (
        name for name in (*_FILES, *_FOLDERS) if exists(output.uri(name)) or output.names(name)
    )
    return next((f"{name}/" if name in _FOLDERS else name for name in taken), None)


def clear_job(output: Output) -> None:
    """Removes what a job wrote, and nothing else; a plan that none goes on with stays.

    Raises:
      OSError: something cannot be deleted.
    """
    # The manifest goes first, so that nobody takes what is left for a complete run.
    output.remove(MANIFEST_PATH)
    output.put(PLAN_PATH, _REMOVED)
    clear_staging(output)
    for path in (PARTS_PATH, INPUTS_PATH, *_published(output)):
        output.remove(path)


def clear_replaced(output: Output) -> None:
    """Removes the parts that readers should no longer take: those that are not in parts.parquet.

    Raises:
      OSError: something cannot be deleted.
    """
    listed = {part.path for part in load_parts(output)}
    for table in TABLES:
        for path in (f"{table}/{name}" for name in output.names(table)):
            if path not in listed and _PART.fullmatch(path):
                output.remove(path)


def clear_staging(output: Output) -> None:
    """Removes what a job needs only while it runs."""
    for path in _STAGING:
        output.remove(path)


def _has_manifest(output: Output) -> bool:
    # Other programs have files of this name.
    try:
        manifest = json.loads(output.get(MANIFEST_PATH) or b"{}")
    except ValueError:
        return False
    return isinstance(manifest, dict) and {"schema_version", "counts"} <= manifest.keys()


def _published(output: Output) -> Iterator[str]:
    """Yields the parts in the tables' folders; a folder instead where it holds nothing else."""
    for table in TABLES:
        paths = [f"{table}/{name}" for name in output.names(table)]
        shared = {above for path in paths if not _PART.fullmatch(path) for above in _way(path)}
        parts = (path for path in paths if _PART.fullmatch(path))
        yield from dict.fromkeys(
            next(above for above in _way(part) if above not in shared) for part in parts
        )


def _way(path: str) -> Iterator[str]:
    """Yields the folders above a path, from the top, and the path.

    >>> [*_way("a/b/c.txt")]
    ['a', 'a/b', 'a/b/c.txt']
    """
    return itertools.accumulate(path.split("/"), "{}/{}".format)

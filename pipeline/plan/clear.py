"""What lies in an output: a job's own files, which may be removed, and everybody else's."""

import json
from collections.abc import Iterator

from pipeline.plan.damage import find_unlisted, sizes_of_tables, split_unlisted
from pipeline.plan.plan_file import load_plan
from pipeline.wording import amount
from transforms.files.storage import exists
from transforms.output.layout import (
    ATTEMPTS_FOLDER,
    BASE_FOLDER,
    COPY_FOLDER,
    INPUTS_PATH,
    MANIFEST_PATH,
    PARTS_PATH,
    PLAN_PATH,
    RECEIPTS_FOLDER,
    STAGED_FOLDER,
    TEMPORARY_FOLDER,
    folders_above,
    is_part,
)
from transforms.output.output import Output
from transforms.output.published import load_parts
from transforms.records import TABLES

# Receipts go first: a run that ends in between then leaves none that names a file which is gone.
_STAGING = (RECEIPTS_FOLDER, STAGED_FOLDER, ATTEMPTS_FOLDER, BASE_FOLDER, TEMPORARY_FOLDER)
_FILES = (MANIFEST_PATH, PARTS_PATH, INPUTS_PATH)
# Files that are being written are not among them: they are all that a job leaves which was
# killed before it had a plan.
_FOLDERS = (*TABLES, RECEIPTS_FOLDER, STAGED_FOLDER)
# This is no plan that a run could go on with, but it tells that the place is a job's.
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
    # A copy would tell that the manifest, which goes next, is missing.
    output.remove(COPY_FOLDER)
    # It goes before all else, so that nobody takes what is left for a complete run.
    output.remove(MANIFEST_PATH)
    output.put(PLAN_PATH, _REMOVED)
    clear_staging(output)
    for path in (PARTS_PATH, INPUTS_PATH, *_published(output)):
        output.remove(path)


def tell_contents(output: Output) -> str:
    """Says what `clear_job` would remove: in documents and files, or in blocks that are done."""
    files = sum(map(is_part, sizes_of_tables(output)))
    told = amount(files, "file") + " of tables"
    if _has_manifest(output):
        counts = json.loads(output.require(MANIFEST_PATH))["counts"]
        return f"its {amount(counts['documents'], 'document')} in {told}"
    blocks = len(output.names(RECEIPTS_FOLDER))
    return f"what it has done: {amount(blocks, 'block')}, {told}"


def clear_replaced(output: Output) -> None:
    """Removes the parts that readers should no longer take: those that a job left unlisted.

    Strays stay: what nobody can explain may be somebody's.

    Raises:
      OSError: something cannot be deleted.
    """
    unlisted = find_unlisted(load_parts(output), sizes_of_tables(output))
    left, _ = split_unlisted(output, unlisted, load_plan(output))
    for path in left:
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
        shared = {above for path in paths if not is_part(path) for above in folders_above(path)}
        parts = (path for path in paths if is_part(path))
        yield from dict.fromkeys(
            next(above for above in folders_above(part) if above not in shared) for part in parts
        )

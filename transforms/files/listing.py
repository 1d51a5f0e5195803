"""Finds the files that a path, a folder or a glob names."""

import glob
import os
from collections.abc import Iterator

from transforms.files.buckets import is_glob, list_objects, match
from transforms.files.places import StoredFile, is_http, is_local
from transforms.files.storage import local_version, stat, stat_if_there


def find(pattern: str) -> Iterator[StoredFile]:
    """Yields the files that a path, a folder or a glob names, in no order.

    A path that exists is taken literally, whatever brackets and stars it holds, and so is an
    object or a folder of a bucket. In folders, hidden files and those of other tools (`.x`,
    `_SUCCESS`) are left out.

    Raises:
      OSError: the place cannot be listed.
    """
    if is_local(pattern):
        yield from _find_local(pattern)
    elif is_http(pattern):
        yield stat(pattern)
    else:
        yield from _find_in_bucket(pattern)


def _find_local(pattern: str) -> Iterator[StoredFile]:
    if os.path.isdir(pattern):
        yield from _walk(pattern)
    elif os.path.lexists(pattern):
        yield _list_file(pattern)
    else:
        for found in glob.iglob(pattern, recursive=True):
            if not os.path.isdir(found):
                yield _list_file(found)


def _walk(folder: str) -> Iterator[StoredFile]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith((".", "_")):
                continue
            if entry.is_dir():
                yield from _walk(entry.path)
            else:
                yield _list_file(entry.path)


def _list_file(path: str) -> StoredFile:
    try:
        status = os.stat(path)
    except FileNotFoundError:
        # A link may lead nowhere. It becomes a reject when it is read, and must not keep the other
        # files from being listed.
        status = os.lstat(path)
    return StoredFile(path, status.st_size, local_version(status))


def _find_in_bucket(pattern: str) -> Iterator[StoredFile]:
    key = pattern.partition("://")[2].partition("/")[2]
    literal = stat_if_there(pattern) if key and not key.endswith("/") else None
    if literal:
        yield literal
        return
    folder = pattern.rstrip("/") + "/"
    if is_glob(pattern) and next(list_objects(folder), None) is None:
        found = match(pattern)
    else:
        found = (file for file in list_objects(folder) if not _is_hidden(file.uri, folder))
    # Consoles mark a folder by an object whose name ends like this.
    yield from (file for file in found if not file.uri.endswith("/"))


def _is_hidden(uri: str, folder: str) -> bool:
    return any(part.startswith((".", "_")) for part in uri.removeprefix(folder).split("/"))

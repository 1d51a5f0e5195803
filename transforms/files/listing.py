"""Finds the files that a path, a folder or a glob names."""

import errno
import glob
import os
import stat as modes
from collections.abc import Iterator
from typing import NamedTuple

from transforms.files.buckets import is_glob, list_objects, match
from transforms.files.places import PassedOver, StoredFile, is_http, is_local
from transforms.files.storage import local_version, stat, stat_if_there

OWN_ANCESTOR = "folder that contains itself"
UNREADABLE_FOLDER = "folder that may not be read"
UNREADABLE_FILE = "file that may not be looked at"
# To open a named pipe is to wait for whoever writes into it, and nothing is read from it twice.
_SPECIAL = (
    (modes.S_ISFIFO, "named pipe"),
    (modes.S_ISSOCK, "socket"),
    (modes.S_ISCHR, "device"),
    (modes.S_ISBLK, "device"),
)

_Found = StoredFile | PassedOver
_FolderId = tuple[int, int]  # the device and the number of a folder on it


class _Folder(NamedTuple):
    path: str
    files: list[str]  # the paths of those that lie in it


def find(pattern: str) -> Iterator[_Found]:
    """Yields the files that a path, a folder or a glob names, in no order.

    A path that exists is taken literally, whatever brackets and stars it holds, and so is an
    object or a folder of a bucket. In folders, hidden files and those of other tools (`.x`,
    `_SUCCESS`) are left out. What lies there and is no file that can be read is passed over.

    Raises:
      OSError: the place cannot be listed.
    """
    if is_local(pattern):
        yield from _find_local(pattern)
    elif is_http(pattern):
        yield stat(pattern)
    else:
        yield from _find_in_bucket(pattern)


def _find_local(pattern: str) -> Iterator[_Found]:
    if os.path.isdir(pattern):
        for found in _walk(pattern, hidden=(".", "_")):
            yield from [found] if isinstance(found, PassedOver) else map(_list_file, found.files)
    elif os.path.lexists(pattern):
        yield _list_file(pattern)
    else:
        yield from _glob(pattern)


def _glob(pattern: str) -> Iterator[_Found]:
    """Yields what fits a glob, in which a folder called `**` stands for any number of folders."""
    # Given two stars, Python's own glob goes round and round in a folder that contains itself.
    above, stars, below = (f"{pattern}/*" if pattern.endswith("/**") else pattern).partition("/**/")
    if not stars:
        yield from (_list_file(path) for path in glob.iglob(pattern) if not os.path.isdir(path))
        return
    for top in filter(os.path.isdir, glob.iglob(above or "/")):
        for found in _walk(top, hidden=(".",)):
            if isinstance(found, PassedOver):
                yield found
            else:
                yield from _glob(f"{glob.escape(found.path)}/{below}")


def _walk(top: str, hidden: tuple[str, ...]) -> Iterator[_Folder | PassedOver]:
    """Yields a folder and those below it, links to folders among them.

    Args:
      hidden: how names begin that are left out.
    """
    passed_over: list[PassedOver] = []

    def note(error: OSError) -> None:
        if not isinstance(error, PermissionError):
            raise error
        passed_over.append(PassedOver(error.filename, UNREADABLE_FOLDER))

    ancestors: dict[str, tuple[_FolderId, ...]] = {top: (_folder_id(top),)}
    for path, names, files in os.walk(top, onerror=note, followlinks=True):
        above = ancestors.pop(path)
        below = [os.path.join(path, name) for name in names if not name.startswith(hidden)]
        whys = {folder: _why_not(folder, above, ancestors) for folder in below}
        passed_over += [PassedOver(folder, why) for folder, why in whys.items() if why]
        names[:] = [os.path.basename(folder) for folder, why in whys.items() if not why]
        shown = [os.path.join(path, name) for name in files if not name.startswith(hidden)]
        yield _Folder(path, shown)
    yield from passed_over


def _why_not(
    folder: str, above: tuple[_FolderId, ...], ancestors: dict[str, tuple[_FolderId, ...]]
) -> str | None:
    """Says why a folder is not gone into; one that is gets its ancestors noted."""
    try:
        own = _folder_id(folder)
    except PermissionError:
        return UNREADABLE_FOLDER
    ancestors[folder] = (*above, own)
    return OWN_ANCESTOR if own in above else None


def _folder_id(folder: str) -> _FolderId:
    status = os.stat(folder)
    return status.st_dev, status.st_ino


def _list_file(path: str) -> _Found:
    try:
        status = _look_at(path)
    except PermissionError:
        return PassedOver(path, UNREADABLE_FILE)
    why = next((why for is_such, why in _SPECIAL if is_such(status.st_mode)), None)
    return PassedOver(path, why) if why else StoredFile(path, status.st_size, local_version(status))


def _look_at(path: str) -> os.stat_result:
    try:
        return os.stat(path)
    except OSError as error:
        # A link may lead nowhere, or to itself. It becomes a reject when it is read, and must not
        # keep the other files from being listed.
        if error.errno not in (errno.ENOENT, errno.ELOOP):
            raise
        return os.lstat(path)


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

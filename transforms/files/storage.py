"""Files wherever they lie: finding, reading and deleting them.

Local paths are absolute and plain, everything else is a URI (s3://, gs://, http(s)://).
smart-open reads, Beam's filesystems list and delete.
"""

import bz2
import calendar
import contextlib
import glob
import gzip
import io
import lzma
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO

import requests
import smart_open
from apache_beam.io.filesystem import FileMetadata
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import PipelineOptions

from transforms.files.remote import RemoteFile, in_our_words

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

HTTP_TIMEOUT_SECONDS = 60
_BUFFER_BYTES = 128 << 10

_DECOMPRESSORS: dict[str, Callable[..., Any]] = {
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
    ".zst": zstd.open,
}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file and its identity: a changed file has another size or version."""

    uri: str
    size: int  # bytes; -1 where the server does not say
    version: str  # modification time; over http the ETag, or Last-Modified


def is_local(uri: str) -> bool:
    return "://" not in uri


def is_http(uri: str) -> bool:
    return uri.startswith(("http://", "https://"))


def normalise(path: str) -> str:
    """Returns a URI as it is, and a local path (or file:// URI) as an absolute path.

    >>> normalise("file:///news/a.txt")
    '/news/a.txt'
    """
    if path.startswith("file://"):
        path = path.removeprefix("file://")
    return os.path.abspath(os.path.expanduser(path)) if is_local(path) else path


def join(root: str, *names: str) -> str:
    return "/".join([root.rstrip("/"), *names])


def stat(uri: str) -> StoredFile:
    """Returns the identity of one file.

    Raises:
      FileNotFoundError: there is no such file.
      StoreError, RefusedError: a remote store does not tell.
      OSError: it cannot be asked for.
    """
    if is_local(uri):
        status = os.stat(uri)
        return StoredFile(uri, status.st_size, _local_version(status))
    with in_our_words():
        if is_http(uri):
            return _stat_http(uri)
        return _stored_file(filesystems().get_filesystem(uri).metadata(uri))


def find(pattern: str) -> Iterator[StoredFile]:
    """Yields the files that a path, a directory or a glob names, in no order.

    A path that is there is taken literally, whatever brackets and stars it holds. In
    directories, hidden files and those of other tools (`.x`, `_SUCCESS`) are passed over.
    """
    if is_local(pattern):
        yield from _find_local(pattern)
    elif is_http(pattern):
        yield stat(pattern)
    else:
        yield from _find_in_bucket(pattern)


@contextlib.contextmanager
def open_input(uri: str, compression: str = "", start: int = 0) -> Iterator[BinaryIO]:
    """Opens a file for reading, decompressed, from a byte offset (uncompressed files only).

    What a remote store raises, then and while the file is read, is a FileNotFoundError, a
    StoreError or a RefusedError; decompressors raise errors of their own.
    """
    with _open_stored(uri) as stored:
        if start:
            stored.seek(start)
        if not compression:
            yield stored
            return
        # smart-open puts a buffer around the decompressor, which loses the last whole lines
        # of a truncated file.
        with _DECOMPRESSORS[compression](stored, "rb") as stream:
            yield stream


def exists(uri: str) -> bool:
    if is_local(uri):
        return os.path.exists(uri)
    with in_our_words():
        return filesystems().exists(uri)


def _open_stored(uri: str) -> BinaryIO:
    """Opens a file's stored bytes."""
    if is_local(uri):
        return smart_open.open(uri, "rb", compression="disable")
    options: dict[str, Any] = {}
    if is_http(uri):
        options = {"timeout": HTTP_TIMEOUT_SECONDS}
    elif _is_google(uri):
        # Google Cloud Storage would decompress what has a Content-Encoding, but sizes and
        # offsets are those of the stored bytes.
        options = {"blob_open_kwargs": {"raw_download": True}}
    with in_our_words():
        stored = smart_open.open(uri, "rb", compression="disable", transport_params=options)
    return io.BufferedReader(RemoteFile(stored), _BUFFER_BYTES)


def _local_version(status: os.stat_result) -> str:
    return _version(status.st_mtime_ns // 1_000 / 1_000_000)


def _version(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def _find_local(pattern: str) -> Iterator[StoredFile]:
    if os.path.isdir(pattern):
        yield from _walk(pattern)
    elif os.path.lexists(pattern):
        yield _list_file(pattern)
    else:
        for match in glob.iglob(pattern, recursive=True):
            if not os.path.isdir(match):
                yield _list_file(match)


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
        # A link to nothing: whoever reads it makes it a reject, and the others are listed.
        status = os.lstat(path)
    return StoredFile(path, status.st_size, _local_version(status))


def _find_in_bucket(pattern: str) -> Iterator[StoredFile]:
    key = pattern.partition("://")[2].partition("/")[2]
    if key and not key.endswith("/") and exists(pattern):
        yield stat(pattern)
        return
    is_glob = any(character in pattern for character in "*?[")
    folder = pattern.rstrip("/") + "/"
    for metadata in match(pattern if is_glob else folder + "**"):
        if metadata.path.endswith("/"):  # the mark of a folder, which consoles put there
            continue
        name = metadata.path.removeprefix(folder)
        if is_glob or not any(part.startswith((".", "_")) for part in name.split("/")):
            yield _stored_file(metadata)


def _stored_file(metadata: FileMetadata) -> StoredFile:
    seconds = metadata.last_updated_in_seconds
    if _is_google(metadata.path):
        # Beam takes Google's UTC for local time: it is an hour off in the local summer time.
        seconds = calendar.timegm(time.localtime(seconds + time.timezone)) + seconds % 1
    else:
        # S3's headers have whole seconds, but some stores like it list milliseconds.
        seconds = int(seconds)
    return StoredFile(metadata.path, metadata.size_in_bytes, _version(seconds))


def _is_google(uri: str) -> bool:
    return uri.startswith("gs://")


def filesystems() -> type[FileSystems]:
    # Some workers never get the job's options, without which Beam's S3 is not to be had.
    if FileSystems._pipeline_options is None:
        FileSystems.set_options(PipelineOptions([]))
    return FileSystems


def match(pattern: str) -> list[FileMetadata]:
    """Returns what a bucket has by names that match a glob.

    Raises:
      StoreError, RefusedError: the store does not list it.
    """
    with in_our_words():
        return list(filesystems().match([pattern])[0].metadata_list)


def delete(uri: str) -> None:
    """Deletes an object of a bucket and all that is under it as a folder; none may be there.

    Raises:
      StoreError, RefusedError: the store does not delete it. Of what is under a folder, Google
        Cloud Storage may leave some without a word.
    """
    with in_our_words():
        # Beam deletes from Google Cloud Storage file by file unless it is given a folder, and of
        # a folder it only logs what it cannot delete.
        doomed = [uri] if filesystems().exists(uri) else []
        filesystems().delete([*doomed, uri + "/"])


def _stat_http(uri: str) -> StoredFile:
    response = requests.head(uri, allow_redirects=True, timeout=HTTP_TIMEOUT_SECONDS)
    response.raise_for_status()
    version = response.headers.get("ETag") or response.headers.get("Last-Modified", "")
    return StoredFile(uri, int(response.headers.get("Content-Length", -1)), version)

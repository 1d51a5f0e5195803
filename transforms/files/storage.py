"""Finds, reads and deletes files, wherever they lie.

Local paths are absolute and plain, and everything else is a URI (s3://, gs://, http(s)://).
smart-open reads; Beam's filesystems list and delete, and boto3 looks at single files of S3.
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

import boto3
import requests
import smart_open
from apache_beam.io.filesystem import FileMetadata
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import PipelineOptions
from botocore.exceptions import ClientError

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
    """A file and its identity: when it changes, its size or its version does."""

    uri: str
    size: int  # bytes; -1 if the server does not say
    version: str  # the modification time; over http the ETag or else Last-Modified


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
    """Returns the path or URI of what lies under a folder."""
    return "/".join([root.rstrip("/"), *names])


def stat(uri: str) -> StoredFile:
    """Returns the identity of one file.

    Raises:
      FileNotFoundError: there is no such file.
      StoreError, RefusedError: a remote store does not tell.
      OSError: the file cannot be looked at.
    """
    if is_local(uri):
        status = os.stat(uri)
        return StoredFile(uri, status.st_size, _local_version(status))
    with in_our_words():
        if is_http(uri):
            return _stat_http(uri)
        if uri.startswith("s3://"):
            return _stat_s3(uri)
        return _stored_file(filesystems().get_filesystem(uri).metadata(uri))


def find(pattern: str) -> Iterator[StoredFile]:
    """Yields the files that a path, a directory or a glob names, in no order.

    A path that exists is taken literally, whatever brackets and stars it holds. In
    directories, hidden files and those of other tools (`.x`, `_SUCCESS`) are left out.

    Raises:
      OSError: the place cannot be listed.
    """
    if is_local(pattern):
        yield from _find_local(pattern)
    elif is_http(pattern):
        yield stat(pattern)
    else:
        yield from _find_in_bucket(pattern)


@contextlib.contextmanager
def open_input(uri: str, compression: str = "", start: int = 0) -> Iterator[BinaryIO]:
    """Opens a file for reading and decompresses it.

    Args:
      compression: one of choices.COMPRESSIONS, or "".
      start: the byte at which reading begins, in a file that is not compressed.

    Raises:
      FileNotFoundError: there is no such file.
      StoreError, RefusedError: a remote store fails or refuses, now or while the file is read.
        Decompressors raise errors of their own.
    """
    with _open_stored(uri) as stored:
        if start:
            stored.seek(start)
        if not compression:
            yield stored
            return
        if not stored.peek(1):  # type: ignore[attr-defined]  # what is opened has a buffer
            # gzip takes it for a file that holds nothing, and the others for a truncated one.
            raise EOFError("the file is empty, so its compressed data are cut off")
        # smart-open does not decompress here, because it puts a buffer around the decompressor
        # that loses the last whole lines of a truncated file.
        with _DECOMPRESSORS[compression](stored, "rb") as stream:
            yield stream


def exists(uri: str) -> bool:
    """Tells whether there is such a file, or locally such a folder.

    Raises:
      StoreError, RefusedError: a remote store does not tell.
    """
    return os.path.exists(uri) if is_local(uri) else _stat_if_there(uri) is not None


def _stat_if_there(uri: str) -> StoredFile | None:
    try:
        return stat(uri)
    except FileNotFoundError:
        return None


def _open_stored(uri: str) -> BinaryIO:
    """Opens a file's stored bytes."""
    if is_local(uri):
        return smart_open.open(uri, "rb", compression="disable")
    options: dict[str, Any] = {}
    if is_http(uri):
        options = {"timeout": HTTP_TIMEOUT_SECONDS}
    elif _is_google(uri):
        # Google Cloud Storage would decompress a file that has a Content-Encoding, but sizes and
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
        # A link may lead nowhere. It becomes a reject when it is read, and must not keep the other
        # files from being listed.
        status = os.lstat(path)
    return StoredFile(path, status.st_size, _local_version(status))


def _find_in_bucket(pattern: str) -> Iterator[StoredFile]:
    key = pattern.partition("://")[2].partition("/")[2]
    literal = _stat_if_there(pattern) if key and not key.endswith("/") else None
    if literal:
        yield literal
        return
    is_glob = any(character in pattern for character in "*?[")
    folder = pattern.rstrip("/") + "/"
    for metadata in match(pattern if is_glob else folder + "**"):
        if metadata.path.endswith("/"):  # consoles mark a folder by such an object
            continue
        name = metadata.path.removeprefix(folder)
        if is_glob or not any(part.startswith((".", "_")) for part in name.split("/")):
            yield _stored_file(metadata)


def _stored_file(metadata: FileMetadata) -> StoredFile:
    seconds = metadata.last_updated_in_seconds
    if _is_google(metadata.path):
        # Beam takes Google's UTC for local time, so it is an hour off in the local summer.
        seconds = calendar.timegm(time.localtime(seconds + time.timezone)) + seconds % 1
    else:
        # The headers of S3 have whole seconds, but some stores of its kind list milliseconds.
        seconds = int(seconds)
    return StoredFile(metadata.path, metadata.size_in_bytes, _version(seconds))


def _is_google(uri: str) -> bool:
    return uri.startswith("gs://")


def filesystems() -> type[FileSystems]:
    """Returns Beam's filesystems, made ready for use in any process."""
    # Beam's S3 works only after some options were set, and some workers never get the job's.
    if FileSystems._pipeline_options is None:
        FileSystems.set_options(PipelineOptions([]))
    return FileSystems


def match(pattern: str) -> list[FileMetadata]:
    """Returns the objects of a bucket whose names match a glob.

    Raises:
      StoreError, RefusedError: the store does not list it.
    """
    with in_our_words():
        return list(filesystems().match([pattern])[0].metadata_list)


def delete(uri: str) -> None:
    """Deletes an object of a bucket, and everything in the folder of that name.

    It is no error if there is neither. In Google Cloud Storage, a file of the folder that cannot
    be deleted stays there, and nothing is raised.

    Raises:
      StoreError, RefusedError: the store fails or refuses.
    """
    there = exists(uri)
    with in_our_words():
        # Given files, Beam deletes them one by one from Google Cloud Storage. Given a folder, it
        # deletes in batches, but only logs what it cannot delete.
        filesystems().delete([uri, uri + "/"] if there else [uri + "/"])


def _stat_s3(uri: str) -> StoredFile:
    # Beam would make a session of boto3 for each file, which takes 0.14 s of a core.
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    try:
        head = boto3.client("s3").head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        raise OSError(f"{uri}: {error}") from error
    return StoredFile(uri, head["ContentLength"], _version(int(head["LastModified"].timestamp())))


def _stat_http(uri: str) -> StoredFile:
    response = requests.head(uri, allow_redirects=True, timeout=HTTP_TIMEOUT_SECONDS)
    response.raise_for_status()
    version = response.headers.get("ETag") or response.headers.get("Last-Modified", "")
    return StoredFile(uri, int(response.headers.get("Content-Length", -1)), version)

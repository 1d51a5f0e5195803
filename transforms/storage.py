"""Files wherever they lie: what there is, reading it, and the one function that writes.

Local paths are absolute and plain, everything else is a URI (s3://, gs://, http(s)://).
smart-open reads and writes, Beam's filesystems list and delete.
"""

import bz2
import calendar
import contextlib
import glob
import gzip
import hashlib
import lzma
import os
import shutil
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO

import requests
import smart_open
from apache_beam.io.filesystem import FileMetadata
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import PipelineOptions

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

HTTP_TIMEOUT_SECONDS = 60

_DECOMPRESSORS: dict[str, Callable[..., Any]] = {
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
    ".zst": zstd.open,
}
COMPRESSIONS = tuple(_DECOMPRESSORS)


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
      OSError: it cannot be asked for.
    """
    if is_local(uri):
        status = os.stat(uri)
        return StoredFile(uri, status.st_size, _local_version(status))
    if is_http(uri):
        return _stat_http(uri)
    return _stored_file(_filesystems().get_filesystem(uri).metadata(uri))


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
    """Opens a file for reading, decompressed, from a byte offset (uncompressed files only)."""
    # Google Cloud Storage would decompress what has a Content-Encoding, but sizes and offsets
    # are those of the stored bytes.
    options = {"blob_open_kwargs": {"raw_download": True}} if _is_google(uri) else None
    with smart_open.open(uri, "rb", compression="disable", transport_params=options) as stored:
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
    return os.path.exists(uri) if is_local(uri) else _filesystems().exists(uri)


@dataclass(frozen=True, slots=True)
class Output:
    """The folder or bucket prefix that a job writes into; paths are relative to it."""

    root: str

    def uri(self, path: str) -> str:
        return join(self.root, path)

    def put(self, path: str, data: bytes) -> None:
        """Writes a whole file, or nothing: no reader ever sees a part of it."""
        uri = self.uri(path)
        if is_local(uri):
            self._put_local(uri, data)
        else:
            with smart_open.open(uri, "wb", compression="disable") as stream:
                stream.write(data)

    def get(self, path: str) -> bytes | None:
        """Returns a file's bytes, None where there is no such file."""
        uri = self.uri(path)
        if not exists(uri):
            return None
        with open_input(uri) as stream:
            return stream.read()

    def names(self, path: str) -> list[str]:
        """Returns the names of the files under a folder, relative to it, sorted."""
        prefix = self.uri(path) + "/"
        if is_local(prefix):
            found = (os.path.join(d, f) for d, _, files in os.walk(prefix) for f in files)
        else:
            found = (metadata.path for metadata in _match(prefix + "**"))
        return sorted(name.removeprefix(prefix) for name in found)

    def remove(self, path: str) -> None:
        """Removes a file, or a folder with all that is in it; quiet where there is none.

        Raises:
          OSError: something cannot be deleted.
        """
        uri = self.uri(path)
        if not is_local(uri):
            # Beam deletes from Google Cloud Storage file by file unless it is given a folder,
            # and of a folder it only logs what it cannot delete.
            doomed = [uri] if exists(uri) else []
            _filesystems().delete([*doomed, uri + "/"])
            left = self.names(path)
            if left:
                raise OSError(f"{uri}/{left[0]} cannot be deleted")
        elif os.path.isdir(uri):
            shutil.rmtree(uri)
        elif os.path.exists(uri):
            os.remove(uri)

    def _put_local(self, uri: str, data: bytes) -> None:
        # Never a temporary file in a table's folder: globs would read it.
        temporary = os.path.join(self.root, "_run", "tmp", uuid.uuid4().hex)
        folder = os.path.dirname(uri)
        os.makedirs(os.path.dirname(temporary), exist_ok=True)
        os.makedirs(folder, exist_ok=True)
        with open(temporary, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, uri)
        # The rename itself survives a power cut only once its folder is on the disk.
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _local_version(status: os.stat_result) -> str:
    return _version(status.st_mtime_ns // 1_000 / 1_000_000)


def _version(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def _find_local(pattern: str) -> Iterator[StoredFile]:
    if os.path.isdir(pattern):
        yield from _walk(pattern)
    elif os.path.exists(pattern):
        yield stat(pattern)
    else:
        for match in glob.iglob(pattern, recursive=True):
            if os.path.isfile(match):
                yield stat(match)


def _walk(folder: str) -> Iterator[StoredFile]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith((".", "_")):
                continue
            if entry.is_dir():
                yield from _walk(entry.path)
            else:
                status = entry.stat()
                yield StoredFile(entry.path, status.st_size, _local_version(status))


def _find_in_bucket(pattern: str) -> Iterator[StoredFile]:
    key = pattern.partition("://")[2].partition("/")[2]
    if key and not key.endswith("/") and exists(pattern):
        yield stat(pattern)
        return
    is_glob = any(character in pattern for character in "*?[")
    folder = pattern.rstrip("/") + "/"
    for metadata in _match(pattern if is_glob else folder + "**"):
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
    return StoredFile(metadata.path, metadata.size_in_bytes, _version(seconds))


def _is_google(uri: str) -> bool:
    return uri.startswith("gs://")


def _filesystems() -> type[FileSystems]:
    # Some workers never get the job's options, without which Beam's S3 is not to be had.
    if FileSystems._pipeline_options is None:
        FileSystems.set_options(PipelineOptions([]))
    return FileSystems


def _match(pattern: str) -> list:
    return list(_filesystems().match([pattern])[0].metadata_list)


def _stat_http(uri: str) -> StoredFile:
    response = requests.head(uri, allow_redirects=True, timeout=HTTP_TIMEOUT_SECONDS)
    if response.status_code in (404, 410):
        raise FileNotFoundError(f"{uri}: {response.status_code} {response.reason}")
    response.raise_for_status()
    version = response.headers.get("ETag") or response.headers.get("Last-Modified", "")
    return StoredFile(uri, int(response.headers.get("Content-Length", -1)), version)

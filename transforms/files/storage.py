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
import io
import logging
import lzma
import os
import re
import shutil
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, BinaryIO, TypeVar

import requests
import smart_open
from apache_beam.io.filesystem import FileMetadata
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import PipelineOptions

from transforms.files.store_settings import StoreSettings

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

HTTP_TIMEOUT_SECONDS = 60
# How long a store may fail without a break before it is given up, and the first of the waits
# between two tries, each twice the one before.
PATIENCE_SECONDS = 60.0
FIRST_WAIT_SECONDS = 1.0

_BUFFER_BYTES = 128 << 10
_GONE = (404, 410)
# Of the statuses 4xx, those that the next request may not meet. 412 tells that the file has
# changed since it was opened: whoever opens it anew sees that.
_PASSING = (408, 412, 425, 429)
_MEMORY_ADDRESS = re.compile(r" at 0x[0-9a-f]+")

_Answer = TypeVar("_Answer")
_logger = logging.getLogger(__name__)

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


class StoreError(OSError):
    """A remote store failed; it may be well again in a moment."""


class RefusedError(OSError):
    """A remote store understood what it was asked for, and refused: it would again."""


class Patience:
    """Waits while a remote store fails: about a minute, and anew once it has been well."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Takes note that the store is well."""
        self._failing_since: float | None = None
        self._wait_seconds = FIRST_WAIT_SECONDS

    def wait(self, error: StoreError) -> None:
        """Returns when it is time for another try.

        Raises:
          StoreError: the one given, at once: there have been tries enough.
        """
        now = time.monotonic()
        if self._failing_since is None:
            self._failing_since = now
        if now - self._failing_since >= PATIENCE_SECONDS:
            raise error
        _logger.warning("%s; another try in %g s", error, self._wait_seconds)
        time.sleep(self._wait_seconds)
        self._wait_seconds *= 2


def patiently(ask: Callable[[], _Answer]) -> _Answer:
    """Returns what a remote store answers, asked again for a while if it fails."""
    patience = Patience()
    while True:
        try:
            return ask()
        except StoreError as error:
            patience.wait(error)


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
    with _in_our_words():
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
    with _in_our_words():
        return _filesystems().exists(uri)


@dataclass(frozen=True, slots=True)
class Output:
    """The folder or bucket prefix that a job writes into; paths are relative to it."""

    root: str
    stores: StoreSettings = field(default_factory=StoreSettings, compare=False, repr=False)

    def uri(self, path: str) -> str:
        return join(self.root, path)

    def put(self, path: str, data: bytes) -> None:
        """Writes a whole file, or nothing: no reader ever sees a part of it."""
        # Never a temporary file in a table's folder: globs would read it.
        put_file(self.uri(path), data, join(self.root, "_run", "tmp"))

    def get(self, path: str) -> bytes | None:
        """Returns a file's bytes, None where there is no such file."""
        return get_file(self.uri(path))

    def require(self, path: str) -> bytes:
        """Returns a file's bytes.

        Raises:
          FileNotFoundError: there is no such file.
        """
        data = self.get(path)
        if data is None:
            raise FileNotFoundError(self.uri(path))
        return data

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


def put_file(uri: str, data: bytes, temporary_folder: str | None = None) -> None:
    """Writes a whole file, or nothing: no reader ever sees a part of it.

    A local one is written to a temporary file first, in the given folder or beside it.
    """
    if not is_local(uri):
        with smart_open.open(uri, "wb", compression="disable") as stream:
            stream.write(data)
        return
    folder = os.path.dirname(uri)
    temporary = os.path.join(temporary_folder or folder, uuid.uuid4().hex)
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


def get_file(uri: str) -> bytes | None:
    """Returns a file's bytes, None where there is no such file."""
    if not exists(uri):
        return None
    with open_input(uri) as stream:
        return stream.read()


class _RemoteFile(io.RawIOBase):
    """A remote file's stream; what goes wrong while it is read comes out in our words."""

    def __init__(self, stored: Any) -> None:
        self._stored = stored

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._stored.seekable()

    def readinto(self, buffer: Any) -> int:
        with _in_our_words():
            return self._stored.readinto(buffer)

    def readall(self) -> bytes:
        with _in_our_words():
            return self._stored.read()

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        with _in_our_words():
            return self._stored.seek(offset, whence)

    def tell(self) -> int:
        return self._stored.tell()

    def close(self) -> None:
        if not self.closed:
            self._stored.close()
        super().close()


@contextlib.contextmanager
def _in_our_words() -> Iterator[None]:
    """Turns what the libraries of remote stores raise into one of three errors.

    These libraries raise OSErrors, or classes of their own. A bare TypeError or KeyError is
    somebody's mistake, and stays what it is.
    """
    try:
        yield
    except (FileNotFoundError, StoreError, RefusedError):
        raise
    except Exception as error:
        if not isinstance(error, OSError) and type(error).__module__ == "builtins":
            raise
        # What different workers met is one failure if its message is the same.
        message = _MEMORY_ADDRESS.sub("", f"{type(error).__name__}: {error}")
        status = _http_status(error)
        if status in _GONE:
            raise FileNotFoundError(message) from error
        if 400 <= status < 500 and status not in _PASSING:
            raise RefusedError(message) from error
        raise StoreError(message) from error


def _http_status(error: BaseException) -> int:
    """Returns the status in what a library raised, 0 where there is none."""
    response = getattr(error, "response", None)
    if isinstance(response, dict):  # botocore's
        return response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    # requests keep it in the response, Google's libraries and Beam's S3 in the error.
    status = getattr(response, "status_code", getattr(error, "code", None))
    if isinstance(status, int):
        return status
    # Beam wraps errors, and so does smart-open.
    wrapped = [*(getattr(error, "exception_details", None) or {}).values(), error.__cause__]
    return next((_http_status(inner) for inner in wrapped if inner is not None), 0)


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
    with _in_our_words():
        stored = smart_open.open(uri, "rb", compression="disable", transport_params=options)
    return io.BufferedReader(_RemoteFile(stored), _BUFFER_BYTES)


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
    else:
        # S3's headers have whole seconds, but some stores like it list milliseconds.
        seconds = int(seconds)
    return StoredFile(metadata.path, metadata.size_in_bytes, _version(seconds))


def _is_google(uri: str) -> bool:
    return uri.startswith("gs://")


def _filesystems() -> type[FileSystems]:
    # Some workers never get the job's options, without which Beam's S3 is not to be had.
    if FileSystems._pipeline_options is None:
        FileSystems.set_options(PipelineOptions([]))
    return FileSystems


def _match(pattern: str) -> list:
    with _in_our_words():
        return list(_filesystems().match([pattern])[0].metadata_list)


def _stat_http(uri: str) -> StoredFile:
    response = requests.head(uri, allow_redirects=True, timeout=HTTP_TIMEOUT_SECONDS)
    response.raise_for_status()
    version = response.headers.get("ETag") or response.headers.get("Last-Modified", "")
    return StoredFile(uri, int(response.headers.get("Content-Length", -1)), version)

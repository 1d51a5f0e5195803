"""Looks at, reads and deletes single files, wherever they lie.

Local paths are absolute and plain, and everything else is a URI (s3://, gs://, http(s)://).
"""

import bz2
import contextlib
import gzip
import io
import lzma
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from transforms.files.buckets import look_at, open_object
from transforms.files.other_stores import filesystems
from transforms.files.places import StoredFile, is_http, is_local, version_of
from transforms.files.remote import RemoteFile, in_our_words
from transforms.files.web import look_at_url, open_url

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_BUFFER_BYTES = 128 << 10

_DECOMPRESSORS: dict[str, Callable[..., Any]] = {
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
    ".zst": zstd.open,
}


def stat(uri: str) -> StoredFile:
    """Returns the identity of one file.

    Raises:
      FileNotFoundError: there is no such file.
      StoreError, RefusedError: a remote store does not tell.
      OSError: the file cannot be looked at.
    """
    if is_local(uri):
        status = os.stat(uri)
        return StoredFile(uri, status.st_size, local_version(status))
    return look_at_url(uri) if is_http(uri) else look_at(uri)


@contextlib.contextmanager
def open_input(uri: str, compression: str = "", start: int = 0) -> Iterator[BinaryIO]:
    """Opens a file for reading and decompresses it.

    The encoding in which a server sends a file, or Google Cloud Storage keeps it, is undone.

    Args:
      compression: one of choices.COMPRESSIONS, or "".
      start: the byte at which reading begins, in a file that is not compressed.

    Raises:
      FileNotFoundError: there is no such file.
      StoreError, RefusedError: a remote store fails or refuses, now or while the file is read.
        Decompressors raise errors of their own.
    """
    stored, is_encoded = _open_stored(uri)
    with contextlib.ExitStack() as opened:
        stream: Any = opened.enter_context(stored)
        if start:
            stream.seek(start)
        elif is_encoded and _is_gzip(stream):
            stream = opened.enter_context(gzip.open(stream, "rb"))
            # Of a .gz, servers say that it is encoded when they have compressed it once more, but
            # also when they mean that it is a .gz.
            if compression == ".gz" and not _is_gzip(stream):
                compression = ""
        if compression:
            if not stream.peek(1):
                # gzip takes it for a file that holds nothing, and the others for a truncated one.
                raise EOFError("the file is empty, so its compressed data are cut off")
            # smart-open does not decompress here, because it puts a buffer around the decompressor
            # that loses the last whole lines of a truncated file.
            stream = opened.enter_context(_DECOMPRESSORS[compression](stream, "rb"))
        yield stream


def expansion(uri: str, compression: str, sample_bytes: int) -> float:
    """Tells how many times as long the beginning of a compressed file gets.

    Args:
      sample_bytes: how much is read of what is stored.

    Raises:
      Exception: one of found.READ_ERRORS.
    """
    with open_input(uri) as stored:
        data = stored.read(sample_bytes)
    size = 0
    # The sample ends where it may: what was decompressed until then counts.
    with contextlib.suppress(EOFError), _DECOMPRESSORS[compression](io.BytesIO(data)) as text:
        while part := text.read1(_BUFFER_BYTES):
            size += len(part)
    return size / max(1, len(data))


def _is_gzip(stream: Any) -> bool:
    return stream.peek(2)[:2] == b"\x1f\x8b"


def exists(uri: str) -> bool:
    """Tells whether there is such a file, or locally such a folder.

    Raises:
      StoreError, RefusedError: a remote store does not tell.
    """
    return os.path.exists(uri) if is_local(uri) else stat_if_there(uri) is not None


def stat_if_there(uri: str) -> StoredFile | None:
    """Returns the identity of one file, None if there is no such file; see `stat`."""
    try:
        return stat(uri)
    except FileNotFoundError:
        return None


def _open_stored(uri: str) -> tuple[BinaryIO, bool]:
    """Opens a file's stored bytes; tells whether they are said to be encoded with gzip."""
    if is_local(uri):
        return open(uri, "rb"), False
    stored, encoding = open_url(uri) if is_http(uri) else open_object(uri)
    is_encoded = encoding.lower() in ("gzip", "x-gzip")
    return io.BufferedReader(RemoteFile(stored), _BUFFER_BYTES), is_encoded


def local_version(status: os.stat_result) -> str:
    """Returns the version of a local file."""
    return version_of(status.st_mtime_ns // 1_000 / 1_000_000)


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

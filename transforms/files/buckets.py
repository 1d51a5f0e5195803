"""Lists, looks at, opens and writes objects of S3 and Google Cloud Storage, by their literal names.

Other kinds of stores go to `other_stores`.

smart-open and Beam take some names apart: a key that holds `?versionId=` or begins with a slash
is another one to smart-open, and brackets in the name of a folder are a glob to Beam.
"""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import boto3
import requests
import smart_open
import smart_open.s3
from apache_beam.io.filesystem import FileSystem
from botocore.config import Config
from botocore.exceptions import ClientError

from transforms.files.other_stores import list_other, look_at_other, open_other
from transforms.files.places import StoredFile, version_of
from transforms.files.remote import in_our_words, unreachable

CONNECT_SECONDS = 10
READ_SECONDS = 60
# The libraries ask again so often by themselves. Who asks for longer has a `Patience`.
_ATTEMPTS = 3
_SINGLE_UPLOAD_BYTES = 32 << 20

_GLOB = re.compile(r"[*?\[]")


def look_at(uri: str) -> StoredFile:
    """Returns the identity of an object.

    Raises:
      FileNotFoundError: there is no such object.
      StoreError, RefusedError: the store does not tell.
    """
    bucket, key = split(uri)
    with in_our_words():
        if is_google(uri):
            return _look_at_google(uri, bucket, key)
        return _look_at_s3(uri, bucket, key) if is_s3(uri) else look_at_other(uri)


def list_objects(prefix: str) -> Iterator[StoredFile]:
    """Yields the objects of a bucket whose URIs begin with a prefix, taken literally.

    Raises:
      FileNotFoundError: there is no such bucket.
      StoreError, RefusedError: the store does not list it.
    """
    bucket, key = split(prefix)
    with in_our_words():
        if is_google(prefix):
            yield from _list_google(bucket, key)
        else:
            yield from _list_s3(bucket, key) if is_s3(prefix) else list_other(prefix)


def match(pattern: str) -> Iterator[StoredFile]:
    """Yields the objects of a bucket that match a glob, in which `**` stands for slashes too.

    Raises:
      FileNotFoundError, StoreError, RefusedError: see `list_objects`.
    """
    fits = re.compile(FileSystem.translate_pattern(pattern)).match
    return (file for file in list_objects(_GLOB.split(pattern)[0]) if fits(file.uri))


def is_glob(pattern: str) -> bool:
    return bool(_GLOB.search(pattern))


def open_object(uri: str) -> tuple[BinaryIO, str]:
    """Opens the stored bytes of an object; returns them and their encoding, "" for none.

    The libraries' own errors may end them.

    Raises:
      FileNotFoundError: there is no such object.
      StoreError, RefusedError: the store fails or refuses.
    """
    bucket, key = split(uri)
    with in_our_words():
        if not is_google(uri):
            stored: Any = smart_open.s3.open(bucket, key, "rb") if is_s3(uri) else open_other(uri)
            return stored, ""
        blob = google_client().bucket(bucket).get_blob(key, **_google_waits())
        if blob is None:
            raise FileNotFoundError(f"there is no {uri}")
        # Google Cloud Storage would decompress a file that has a Content-Encoding, but sizes and
        # offsets are those of the stored bytes.
        return blob.open("rb", raw_download=True), blob.content_encoding or ""


def write_object(uri: str, data: bytes) -> None:
    """Writes a whole object, or nothing.

    Raises:
      StoreError, RefusedError: the store fails or refuses.
    """
    bucket, key = split(uri)
    with in_our_words():
        if is_google(uri):
            # A small object takes one request so, which may be made again; smart-open makes two.
            blob = google_client().bucket(bucket).blob(key)
            blob.upload_from_string(data, "application/octet-stream", **_google_waits())
            return
        # S3 takes a small file in one request. smart-open would make three for an upload in parts.
        parts = {"multipart_upload": len(data) > _SINGLE_UPLOAD_BYTES} if is_s3(uri) else {}
        with smart_open.open(uri, "wb", compression="disable", transport_params=parts) as stream:
            stream.write(data)


def split(uri: str) -> tuple[str, str]:
    """Returns the bucket and the key of a URI.

    >>> split("s3://news/What next?/a.txt")
    ('news', 'What next?/a.txt')
    """
    bucket, _, key = uri.partition("://")[2].partition("/")
    return bucket, key


def is_s3(uri: str) -> bool:
    return uri.startswith("s3://")


def is_google(uri: str) -> bool:
    return uri.startswith("gs://")


def s3_client() -> Any:
    # Beam would make a session of boto3 for each file, which takes 0.14 s of a core.
    waits = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"total_max_attempts": _ATTEMPTS},
    )
    return boto3.client("s3", config=waits)


def _look_at_s3(uri: str, bucket: str, key: str) -> StoredFile:
    try:
        head = s3_client().head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        raise OSError(f"{uri}: {error}") from error
    return _s3_file(uri, head["ContentLength"], head["LastModified"])


def _list_s3(bucket: str, prefix: str) -> Iterator[StoredFile]:
    pages = s3_client().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        for found in page.get("Contents", ()):
            yield _s3_file(f"s3://{bucket}/{found['Key']}", found["Size"], found["LastModified"])


def _s3_file(uri: str, size: int, modified: Any) -> StoredFile:
    # The headers of S3 have whole seconds, but some stores of its kind list milliseconds.
    return StoredFile(uri, size, version_of(int(modified.timestamp())))


def google_client() -> Any:
    """Returns a client of Google Cloud Storage.

    Raises:
      ImportError: its library is not installed.
    """
    try:
        from google.cloud import storage
    except ImportError as error:
        raise ImportError("gs:// needs the extra gcp: pip install 'news-entities[gcp]'") from error
    return storage.Client()


def _look_at_google(uri: str, bucket: str, key: str) -> StoredFile:
    blob = google_client().bucket(bucket).get_blob(key, **_google_waits())
    if blob is None:
        raise FileNotFoundError(f"there is no {uri}")
    return _google_file(uri, blob)


def _list_google(bucket: str, prefix: str) -> Iterator[StoredFile]:
    fields = "items(name,size,updated,contentEncoding),nextPageToken"
    found = google_client().list_blobs(bucket, prefix=prefix, fields=fields, **_google_waits())
    return (_google_file(f"gs://{bucket}/{blob.name}", blob) for blob in found)


def _google_file(uri: str, blob: Any) -> StoredFile:
    version = version_of(blob.updated.timestamp())
    return StoredFile(uri, blob.size, version, blob.content_encoding or "")


def _google_waits() -> dict[str, Any]:
    from google.api_core import exceptions, retry

    passing = (exceptions.TooManyRequests, exceptions.ServerError, requests.RequestException)

    def is_passing(error: Exception) -> bool:
        # By default, a host that is not there is asked for two minutes.
        return isinstance(error, passing) and unreachable(error) is None

    asks_again = retry.Retry(predicate=is_passing, timeout=READ_SECONDS)
    return {"timeout": (CONNECT_SECONDS, READ_SECONDS), "retry": asks_again}

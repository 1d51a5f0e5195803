"""Writes an object of S3 or Google Cloud Storage only if nobody else has written it meanwhile.

An object's version is its ETag on S3 and its generation on Google Cloud Storage. The store itself
compares, so of two writers that read the same version only one succeeds.
"""

from typing import Any

from botocore.exceptions import ClientError

from transforms.files.buckets import google_client, is_google, is_s3, s3_client, split
from transforms.files.remote import in_our_words

# A version that no object has: there must be none yet.
ABSENT = ""
# S3 answers 409 where two conditional writes meet.
_REFUSALS = (404, 409, 412)


class OverwrittenError(OSError):
    """Somebody else has written or removed the object meanwhile."""


def has_versions(uri: str) -> bool:
    """Tells whether the store of an object can compare its version."""
    return is_s3(uri) or is_google(uri)


def read_version(uri: str) -> tuple[bytes, str] | None:
    """Returns the bytes and the version of an object, None if there is none.

    Raises:
      StoreError, RefusedError: the store fails or refuses.
    """
    try:
        with in_our_words():
            return _read_google(uri) if is_google(uri) else _read_s3(uri)
    except FileNotFoundError:
        return None


def write_version(uri: str, data: bytes, instead_of: str) -> str:
    """Writes an object in the place of one version, or of none; returns the new version.

    Args:
      instead_of: the version that the object must have now; `ABSENT` if there must be none.

    Raises:
      OverwrittenError: it has another one.
      StoreError, RefusedError: the store fails or refuses.
    """
    with in_our_words():
        write = _write_google if is_google(uri) else _write_s3
        version = write(uri, data, instead_of)
    if version is not None:
        return version
    # Where the answer to a write is lost, the libraries write again, and meet their own object.
    found = read_version(uri)
    if found is None or found[0] != data:
        raise OverwrittenError(f"{uri} was written by somebody else meanwhile")
    return found[1]


def _read_s3(uri: str) -> tuple[bytes, str]:
    bucket, key = split(uri)
    found = s3_client().get_object(Bucket=bucket, Key=key)
    return found["Body"].read(), found["ETag"]


def _write_s3(uri: str, data: bytes, instead_of: str) -> str | None:
    bucket, key = split(uri)
    condition = {"IfMatch": instead_of} if instead_of else {"IfNoneMatch": "*"}
    try:
        return s3_client().put_object(Bucket=bucket, Key=key, Body=data, **condition)["ETag"]
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] in _REFUSALS:
            return None
        raise


def _read_google(uri: str) -> tuple[bytes, str]:
    bucket, key = split(uri)
    blob: Any = google_client().bucket(bucket).get_blob(key)
    if blob is None:
        raise FileNotFoundError(f"there is no {uri}")
    generation = blob.generation
    return blob.download_as_bytes(if_generation_match=generation), str(generation)


def _write_google(uri: str, data: bytes, instead_of: str) -> str | None:
    from google.api_core.exceptions import NotFound, PreconditionFailed

    bucket, key = split(uri)
    blob: Any = google_client().bucket(bucket).blob(key)
    try:
        blob.upload_from_string(data, if_generation_match=int(instead_of or 0))
    except (NotFound, PreconditionFailed):
        return None
    return str(blob.generation)

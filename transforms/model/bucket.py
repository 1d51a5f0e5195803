"""Lists the folders of checkpoints in buckets, and copies them to this machine."""

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from filelock import FileLock

from transforms.model.errors import CheckpointError

SCHEMES = ("gs://", "s3://")


def is_bucket(name: str) -> bool:
    return name.startswith(SCHEMES)


def list_folder(uri: str) -> dict[str, str]:
    """Returns the names of the files right in a folder, each with its version.

    The version is another one when the file is written again.

    Raises:
      CheckpointError: the store does not list it.
    """
    scheme, _, rest = uri.partition("://")
    bucket, _, path = rest.partition("/")
    prefix = f"{path.strip('/')}/".lstrip("/")
    with _naming(uri):
        found = _list_s3(bucket, prefix) if scheme == "s3" else _list_google(bucket, prefix)
    names = {key.removeprefix(prefix): version for key, version in found.items()}
    return {name: version for name, version in names.items() if name and "/" not in name}


def fetch_files(uri: str, files: Mapping[str, str]) -> Path:
    """Returns a folder of this machine with some files of a folder in a bucket.

    One process fetches them while the others wait, and as long as the files stay the same they
    are not fetched again. The folder is whole, or it is not there.

    Args:
      files: the names of the files that are wanted, with their versions.

    Raises:
      CheckpointError: the store does not give the files, they changed while they were fetched,
        or there is no place for them here.
    """
    listing = json.dumps([uri.rstrip("/"), sorted(files.items())])
    name = hashlib.sha256(listing.encode()).hexdigest()[:32]
    with _naming(uri):
        folder = _cache() / name
        with FileLock(f"{folder}.lock"):
            if not folder.is_dir():
                _fetch_folder(uri, files, folder)
    return folder


@contextlib.contextmanager
def _naming(uri: str) -> Iterator[None]:
    """Turns what goes wrong while a folder is fetched into a CheckpointError that names it.

    It catches every exception, since boto3, Google's client and smart-open have no class of
    errors in common.
    """
    try:
        yield
    except CheckpointError:
        raise
    except ImportError as error:
        raise CheckpointError(f"{uri}: Google Cloud Storage needs the extra gcp") from error
    except Exception as error:
        reason = str(error).strip().partition("\n")[0]
        raise CheckpointError(
            f"{uri} could not be fetched: {type(error).__name__}: {reason}"
        ) from error


def _fetch_folder(uri: str, files: Mapping[str, str], folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        fetched = Path(temporary) / "checkpoint"
        fetched.mkdir()
        for name in files:
            _fetch(f"{uri.rstrip('/')}/{name}", fetched / name)
        if not files.items() <= list_folder(uri).items():
            raise CheckpointError(f"{uri}: its files changed while they were fetched; try again")
        fetched.rename(folder)


def _cache() -> Path:
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    cache = root / "news-entities" / "models"
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OSError(f"{error}; set XDG_CACHE_HOME to a folder that can be written") from error
    return cache


def _fetch(uri: str, path: Path) -> None:
    # A process with a folder for its model needs no store's libraries, and may lack them.
    import smart_open

    with smart_open.open(uri, "rb", compression="disable") as stored, path.open("wb") as file:
        shutil.copyfileobj(stored, file, 1 << 20)


def _list_s3(bucket: str, prefix: str) -> dict[str, str]:
    import boto3

    listing = boto3.client("s3").get_paginator("list_objects_v2")
    pages = listing.paginate(Bucket=bucket, Prefix=prefix, Delimiter="/")
    return {item["Key"]: item["ETag"] for page in pages for item in page.get("Contents", ())}


def _list_google(bucket: str, prefix: str) -> dict[str, str]:
    from google.cloud import storage

    blobs = storage.Client().list_blobs(bucket, prefix=prefix, delimiter="/")
    return {blob.name: str(blob.generation) for blob in blobs}

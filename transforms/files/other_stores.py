"""Stores of all other kinds that Beam's filesystems list and smart-open reads, such as hdfs://."""

from collections.abc import Iterator
from typing import Any

import smart_open
from apache_beam.io.filesystem import FileMetadata
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import PipelineOptions

from transforms.files.places import StoredFile, version_of


def filesystems() -> type[FileSystems]:
    """Returns Beam's filesystems, made ready for use in any process."""
    # Beam's S3 works only after some options were set, and some workers never get the job's.
    if FileSystems._pipeline_options is None:
        FileSystems.set_options(PipelineOptions([]))
    return FileSystems


def look_at_other(uri: str) -> StoredFile:
    """Returns the identity of a file; the libraries' own errors are raised.

    Raises:
      ValueError: Beam knows no such kind of store.
    """
    return _stored_file(filesystems().get_filesystem(uri).metadata(uri))


def list_other(prefix: str) -> Iterator[StoredFile]:
    """Yields the files whose URIs begin with a prefix; see `look_at_other`."""
    return map(_stored_file, filesystems().match([f"{prefix}**"])[0].metadata_list)


def open_other(uri: str) -> Any:
    """Opens a file's stored bytes; the libraries' own errors are raised."""
    return smart_open.open(uri, "rb", compression="disable")


def _stored_file(metadata: FileMetadata) -> StoredFile:
    seconds = int(metadata.last_updated_in_seconds)
    return StoredFile(metadata.path, metadata.size_in_bytes, version_of(seconds))

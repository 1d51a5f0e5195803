"""The files that a job reads: from patterns to a list in a fixed order."""

import functools
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from pipeline.credentials import check_credentials
from pipeline.errors import UsageError
from pipeline.plan.skipped import UNKNOWN_ENDING, Skipped, sum_up
from transforms.files.file_names import COMPRESSIONS, FORMATS, format_of
from transforms.files.listing import find
from transforms.files.places import StoredFile, file_name, is_local, normalise
from transforms.files.remote import patiently

_LISTING_THREADS = 16


@dataclass(frozen=True, slots=True)
class InputFile:
    stored: StoredFile
    format: str
    compression: str


@dataclass(frozen=True, slots=True)
class Listing:
    files: list[InputFile]
    skipped: list[Skipped]  # what lies in directories and fits globs, but cannot be read


def list_inputs(
    patterns: Sequence[str], format_name: str | None = None, output: str | None = None
) -> Listing:
    """Lists what patterns name: pattern after pattern, each sorted, no file twice.

    Args:
      format_name: of every file; None tells each file's by its name.
      output: a place, normalised, whose files are left out.

    Raises:
      UsageError: a pattern names nothing, or nothing whose format is known; or it names what
        lies in the output only; or there are no credentials for its bucket.
    """
    for pattern in {pattern.partition("://")[0]: pattern for pattern in patterns}.values():
        check_credentials("--input", pattern)
    files: dict[str, InputFile] = {}
    passed_over: dict[str, str] = {}
    is_within = _finder_of(output) if output else lambda uri: False
    # Patterns over http are a request each; a bucket's listing waits on the network too.
    with ThreadPoolExecutor(_LISTING_THREADS) as pool:
        for pattern, found in pool.map(_find, patterns):
            stored = [file for file in found if not is_within(file.uri)]
            if found and not stored:
                raise UsageError(f"--output {output} holds all that --input {pattern} names")
            known = [file for file in stored if _format(file.uri, format_name)]
            if not known:
                raise UsageError(_nothing_known(pattern, stored))
            for file in stored:
                storable, kind = _storable(file), _format(file.uri, format_name)
                if kind:
                    files.setdefault(storable.uri, InputFile(storable, *kind))
                else:
                    passed_over[storable.uri] = UNKNOWN_ENDING
    return Listing(list(files.values()), sum_up(passed_over))


def _finder_of(place: str) -> Callable[[str], bool]:
    """Returns what tells whether a file lies in a place, by whatever links it is come to."""
    if not is_local(place):
        return lambda uri: uri.startswith(place.rstrip("/") + "/")
    real_folder = functools.cache(os.path.realpath)
    root = os.path.realpath(place)

    def is_within(uri: str) -> bool:
        if not is_local(uri):
            return False
        folder = real_folder(os.path.dirname(uri))
        return folder == root or folder.startswith(root.rstrip("/") + "/")

    return is_within


def _find(pattern: str) -> tuple[str, list[StoredFile]]:
    normal = normalise(pattern)
    try:
        return pattern, patiently(lambda: sorted(find(normal), key=lambda file: file.uri))
    except FileNotFoundError:
        return pattern, []
    except ImportError as error:
        raise UsageError(f"--input {pattern}: {error}") from error
    except Exception as error:
        message = f"--input {pattern} cannot be listed: {type(error).__name__}: {error}"
        raise UsageError(message) from error


def _format(uri: str, format_name: str | None) -> tuple[str, str] | None:
    name = file_name(uri)
    if format_name is None:
        return format_of(name)
    compression = next((c for c in COMPRESSIONS if name.lower().endswith(c)), "")
    return format_name, "" if format_name == "parquet" else compression


def _storable(file: StoredFile) -> StoredFile:
    # A name that is no UTF-8 fits no table: written like this it is a file that cannot be
    # read, and so a reject.
    uri = file.uri.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return file if uri == file.uri else replace(file, uri=uri)


def _nothing_known(pattern: str, stored: list[StoredFile]) -> str:
    if not stored:
        return f"--input {pattern} names no file"
    suffixes = " ".join(suffix for suffixes in FORMATS.values() for suffix in suffixes)
    return (
        f"--input {pattern}: the name of {stored[0].uri} tells no format; known are {suffixes}, "
        f"plain or with {' '.join(COMPRESSIONS)}; --format sets it"
    )

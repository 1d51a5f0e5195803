"""The files that a job reads: from patterns to a list in a fixed order."""

import functools
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from pipeline.credentials import check_credentials
from pipeline.errors import UsageError
from pipeline.plan.skipped import UNKNOWN_ENDING, Skipped, sum_up
from transforms.files.addresses import Addresses, without_secrets
from transforms.files.file_names import COMPRESSIONS, FORMATS, compression_of, format_of
from transforms.files.listing import find
from transforms.files.places import PassedOver, StoredFile, file_name, is_local, normalise
from transforms.files.remote import UnreachableError, patiently

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
    addresses: Addresses  # the full ones of what goes by an address without its secrets


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
        check_credentials("--input", without_secrets(pattern))
    addresses = _addresses(patterns)
    files: dict[str, InputFile] = {}
    passed_over: dict[str, str] = {}
    is_within = _finder_of(output) if output else lambda uri: False
    # Patterns over http are a request each; a bucket's listing waits on the network too.
    with ThreadPoolExecutor(_LISTING_THREADS) as pool:
        for pattern, found in pool.map(_find, map(without_secrets, patterns)):
            there = [entry for entry in found if not is_within(entry.uri)]
            if found and not there:
                raise UsageError(f"--output {output} holds all that --input {pattern} names")
            inputs, others = _sort_out(there, format_name)
            if not inputs:
                raise UsageError(_nothing_known(pattern, others))
            for file in inputs:
                files.setdefault(file.stored.uri, file)
            passed_over |= others
    return Listing(list(files.values()), sum_up(passed_over), addresses)


def _addresses(patterns: Iterable[str]) -> Addresses:
    try:
        return Addresses.of(patterns)
    except ValueError as error:
        raise UsageError(f"--input {error}") from error


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


def _find(pattern: str) -> tuple[str, list[StoredFile | PassedOver]]:
    normal = normalise(pattern)
    try:
        # Somebody waits for an answer, and the address may be wrong.
        return pattern, patiently(
            lambda: sorted(find(normal), key=lambda file: file.uri), hopeless=(UnreachableError,)
        )
    except FileNotFoundError:
        return pattern, []
    except (ImportError, UnreachableError) as error:
        raise UsageError(f"--input {pattern}: {error}") from error
    except Exception as error:
        message = f"--input {pattern} cannot be listed: {type(error).__name__}: {error}"
        raise UsageError(message) from error


def _format(uri: str, format_name: str | None) -> tuple[str, str] | None:
    name = file_name(uri)
    if format_name is None:
        return format_of(name)
    return format_name, "" if format_name == "parquet" else compression_of(name)


def _sort_out(
    found: Iterable[StoredFile | PassedOver], format_name: str | None
) -> tuple[list[InputFile], dict[str, str]]:
    """Returns the inputs, and by its URI why anything else is none."""
    inputs: list[InputFile] = []
    others: dict[str, str] = {}
    for entry in found:
        uri = _storable(entry.uri)
        kind = _format(entry.uri, format_name)
        if isinstance(entry, PassedOver):
            others[uri] = entry.why
        elif kind:
            inputs.append(InputFile(replace(entry, uri=uri), kind[0], _compression(entry, *kind)))
        else:
            others[uri] = UNKNOWN_ENDING
    return inputs, others


def _compression(file: StoredFile, format_name: str, compression: str) -> str:
    # Lines of an object that is kept encoded make a stream, as those of a compressed file do.
    is_encoded = file.encoding == "gzip" and format_name != "parquet"
    return ".gz" if is_encoded and not compression else compression


def _storable(uri: str) -> str:
    # A name that is no UTF-8 fits no table: written like this it is a file that cannot be
    # read, and so a reject.
    return uri.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _nothing_known(pattern: str, others: Mapping[str, str]) -> str:
    if not others:
        return f"--input {pattern} names no file"
    unknown = next((uri for uri, why in others.items() if why == UNKNOWN_ENDING), None)
    if unknown is None:
        uri, why = next(iter(others.items()))
        return f"--input {pattern} names no file that can be read: {uri} is a {why}"
    suffixes = " ".join(suffix for suffixes in FORMATS.values() for suffix in suffixes)
    return (
        f"--input {pattern}: the name of {unknown} tells no format; known are {suffixes}, "
        f"plain or with {' '.join(COMPRESSIONS)}; --format sets it"
    )

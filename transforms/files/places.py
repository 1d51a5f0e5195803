"""What a place's name tells: whether it is a local path or a URI, and of which kind."""

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file and its identity: when it changes, its size or its version does."""

    uri: str
    size: int  # bytes; -1 if the server does not say
    version: str  # the modification time; over http the ETag or else Last-Modified
    encoding: str = ""  # of an object that Google Cloud Storage keeps encoded: "gzip"


@dataclass(frozen=True, slots=True)
class PassedOver:
    """What lies where files are looked for, and is none that can be read."""

    uri: str
    why: str  # a noun that tells what it is, as "named pipe"


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


def file_in(place: str, name: str) -> str:
    """Returns the file that somebody means by a file, or by the folder in which it is to be.

    >>> file_in("s3://news/pages/", "report.html"), file_in("s3://news/page.html", "report.html")
    ('s3://news/pages/report.html', 's3://news/page.html')
    """
    normal = normalise(place)
    is_folder = place.endswith("/") or (is_local(normal) and os.path.isdir(normal))
    return join(normal, name) if is_folder else normal


def file_name(uri: str) -> str:
    """Returns a URI up to the name of its file: over http without a query and a fragment.

    Everywhere else, a question mark is a part of the name.

    >>> file_name("https://example.org/a.jsonl?day=1"), file_name("/news/Who won?.txt")
    ('https://example.org/a.jsonl', '/news/Who won?.txt')
    """
    return re.split("[?#]", uri, maxsplit=1)[0] if is_http(uri) else uri


def version_of(seconds: float) -> str:
    """Returns the version of a file that was modified so many seconds after 1970 began."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()

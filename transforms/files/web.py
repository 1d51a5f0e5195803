"""Looks at files over http, and opens them."""

from typing import BinaryIO

import requests
import smart_open.http

from transforms.files.buckets import CONNECT_SECONDS, READ_SECONDS
from transforms.files.places import StoredFile
from transforms.files.remote import in_our_words

_WAITS = (CONNECT_SECONDS, READ_SECONDS)


def look_at_url(url: str) -> StoredFile:
    """Returns the identity of a file, as its server tells it.

    Raises:
      FileNotFoundError: there is no such file.
      StoreError, RefusedError: the server does not tell.
    """
    with in_our_words():
        response = requests.head(url, allow_redirects=True, timeout=_WAITS)
        response.raise_for_status()
        version = response.headers.get("ETag") or response.headers.get("Last-Modified", "")
        return StoredFile(url, int(response.headers.get("Content-Length", -1)), version)


def open_url(url: str) -> BinaryIO:
    """Opens a file as its server sends it; the libraries' own errors may end it.

    Raises:
      FileNotFoundError: there is no such file.
      StoreError, RefusedError: the server fails or refuses.
    """
    with in_our_words():
        return smart_open.http.open(url, "rb", timeout=_WAITS)

"""Looks at files over http, and opens them.

They go by what is stored of their addresses, and are asked for by their full ones.
"""

import re
from typing import Any, BinaryIO

import requests
import smart_open.http

from transforms.files.addresses import full_address
from transforms.files.buckets import CONNECT_SECONDS, READ_SECONDS
from transforms.files.places import StoredFile
from transforms.files.remote import in_our_words

_WAITS = (CONNECT_SECONDS, READ_SECONDS)
# Sizes and versions are those of the bytes as they are, and so nothing is to be compressed.
_AS_IT_IS = {"Accept-Encoding": "identity"}
# A server may answer a HEAD like this and a GET all the same: a signature holds for one of them.
_NO_HEAD = (403, 405, 501)
_EMPTY = 416  # a range was asked for, and there is not even a first byte
_TOTAL = re.compile(r"bytes .*/(\d+)")


def look_at_url(url: str) -> StoredFile:
    """Returns the identity of a file, as its server tells it.

    Raises:
      FileNotFoundError: there is no such file.
      StoreError, RefusedError: the server does not tell.
    """
    with in_our_words():
        address = full_address(url)
        response = requests.head(address, allow_redirects=True, timeout=_WAITS, headers=_AS_IT_IS)
        if response.status_code in _NO_HEAD:
            return _look_at_first_byte(url)
        response.raise_for_status()
        return _file(url, response, _length(response))


def open_url(url: str) -> tuple[BinaryIO, str]:
    """Opens a file as its server sends it; returns the bytes and their encoding, "" for none.

    The libraries' own errors may end them. A server may encode what it was asked to leave as it is.

    Raises:
      FileNotFoundError: there is no such file.
      StoreError, RefusedError: the server fails or refuses.
    """
    with in_our_words():
        waits: Any = _WAITS  # requests takes a pair, too
        stream: Any = smart_open.http.open(
            full_address(url), "rb", timeout=waits, headers=dict(_AS_IT_IS)
        )
        return stream, stream.response.headers.get("Content-Encoding", "")


def _look_at_first_byte(url: str) -> StoredFile:
    headers = {**_AS_IT_IS, "Range": "bytes=0-0"}
    # The body is not read: a server that knows no ranges sends all of it.
    with requests.get(full_address(url), headers=headers, stream=True, timeout=_WAITS) as response:
        total = _TOTAL.fullmatch(response.headers.get("Content-Range", ""))
        if response.status_code != _EMPTY or total is None:
            response.raise_for_status()
        if response.status_code == requests.codes.ok:
            return _file(url, response, _length(response))
        return _file(url, response, int(total[1]) if total else -1)


def _length(response: requests.Response) -> int:
    told = response.headers.get("Content-Length", "")
    return int(told) if told.isdecimal() else -1


def _file(url: str, response: requests.Response, size: int) -> StoredFile:
    version = response.headers.get("ETag") or response.headers.get("Last-Modified", "")
    return StoredFile(url, size, version)

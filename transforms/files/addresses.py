"""Keeps what is secret in an address out of all that is stored and said."""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote_plus

from transforms.files.places import is_http

_HTTP = re.compile(r"(https?://)(?:[^/?#]*@)?([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.DOTALL)
# Each of these is a secret wherever it stands.
_SECRET_NAME = re.compile(
    r"x-amz-[\w-]+|x-goog-[\w-]+|awsaccesskeyid|googleaccessid|ossaccesskeyid|security-token|"
    r"key-pair-id|signature|sig|jwt|hdnts|hdnea|secret|client_secret|password|passwd|pwd|"
    r"(?:access|auth|id|refresh|session|api)?[_-]?token|(?:api|access)?[_-]?key"
)
# These go with a signature, Azure's or another, and change with it; alone they may mean anything.
_SIGNED = {
    "sig": re.compile(r"s[eprtv]|spr|sip|ss|srt|sdd|skoid|sktid|skt|ske|sks|skv|saoid|suoid|scid"),
    "signature": re.compile("expires|policy|hash-algorithm"),
}
_QUERY_IN_TEXT = re.compile(r"""\?([^\s'"<>)]+)""")
_USER_IN_TEXT = re.compile(r"""(?i)(https?://)[^/?#\s'"<>]*@|((?:s3|gs)://)[^/@:\s]*:[^@\s]*@""")

_full: dict[str, str] = {}  # what this process knows


class Addresses:
    """The full addresses of inputs, by what is stored of them.

    They are known wherever this is made or unpickled, so that only there the inputs can be read.
    """

    def __init__(self, full: Mapping[str, str]) -> None:
        self._mine = dict(full)
        _full.update(self._mine)

    def __repr__(self) -> str:
        return f"Addresses({len(self._mine)} of inputs)"

    def __reduce__(self) -> tuple:
        return Addresses, (self._mine,)

    @classmethod
    def of(cls, places: Iterable[str]) -> "Addresses":
        """Takes the addresses that hold something secret.

        Raises:
          ValueError: two of them differ in nothing else, so that one would be taken for the other.
        """
        full: dict[str, str] = {}
        for place in places:
            stored = without_secrets(place)
            if full.setdefault(stored, place) != place:
                raise ValueError(f"{stored} is given twice, and only what is secret differs")
        return cls({stored: place for stored, place in full.items() if stored != place})


def full_address(uri: str) -> str:
    """Returns what is to be asked for in place of a URI that is stored."""
    return _full.get(uri, uri)


def without_secrets(uri: str) -> str:
    """Returns an address without its user, password, signature and token; other places as they are.

    What else there is in the query stays, as it may choose the file.

    >>> without_secrets("https://ann:pw@example.org/a.jsonl?day=1&token=abc")
    'https://example.org/a.jsonl?day=1'
    """
    parts = _HTTP.fullmatch(uri) if is_http(uri) else None
    if parts is None:
        return uri
    scheme, place, query = parts.groups()
    return scheme + place + _public_query(query or "")


def hide_secrets(text: str) -> str:
    """Hides in a text, such as the message of a library, what is secret in addresses.

    >>> hide_secrets("GET http://ann:pw@news/a?day=1&sig=abc failed")
    'GET http://news/a?day=1 failed'
    """
    text = _USER_IN_TEXT.sub(r"\1\2", text)
    return _QUERY_IN_TEXT.sub(lambda found: _public_query(found[1]), text)


def _public_query(query: str) -> str:
    """Returns the items of a query that are no secrets, after a question mark."""
    items = query.split("&")
    names = [unquote_plus(item.partition("=")[0]).lower() for item in items]
    signed = [pattern for name, pattern in _SIGNED.items() if name in names]
    kept = [
        item
        for name, item in zip(names, items, strict=True)
        if not any(pattern.fullmatch(name) for pattern in (_SECRET_NAME, *signed))
    ]
    return "?" + "&".join(kept) if any(kept) else ""

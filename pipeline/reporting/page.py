"""Makes one file of the figures: a page that loads nothing, and in which text stays text."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

_PAGE = files(__package__) / "page"
_VENDOR = files(__package__) / "vendor"
# In this order, since the last one begins.
_SCRIPTS = ("base", "charts", "read", "names", "ties", "scores", "reader", "start")

# What could end the element that holds the figures, or turn the direction of the page's source.
_MARKUP = re.compile("[<>&\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_PLACE = re.compile(r"\{\{(\w+)\}\}")


def make_page(figures: Mapping[str, Any]) -> bytes:
    """Returns the page as UTF-8."""
    library, script = _library(), _script()
    values = {
        "policy": _policy(library, script),
        "title": _escape(f"News entities: {figures['title']}"),
        "style": _read("page.css"),
        "library": library,
        "library_version": _version(),
        "script": script,
        "figures": to_json(figures),
    }
    return _PLACE.sub(lambda place: values[place[1]], _read("page.html")).encode()


def to_json(figures: Mapping[str, Any]) -> str:
    r"""Writes figures as JSON that may stand in a page.

    >>> to_json({"a": "</script>"})
    '{"a":"\\u003c/script\\u003e"}'
    """
    told = json.dumps(figures, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _MARKUP.sub(lambda found: f"\\u{ord(found[0]):04x}", told)


def _policy(*scripts: str) -> str:
    """Forbids all requests, and all scripts but these."""
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    hashes = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _script() -> str:
    body = "\n".join(_read(f"{name}.js") for name in _SCRIPTS)
    return f'"use strict";\n(() => {{\n{body}\n}})();\n'


def _library() -> str:
    return (_VENDOR / "echarts.min.js").read_text(encoding="utf-8")


def _version() -> str:
    """Returns the version of the library, which package.json tells whoever makes it again."""
    pinned = json.loads((_VENDOR / "package.json").read_text(encoding="utf-8"))
    version: str = pinned["dependencies"]["echarts"]
    return version


def _read(name: str) -> str:
    return (_PAGE / name).read_text(encoding="utf-8")


def _escape(text: str) -> str:
    """Writes a text as HTML.

    >>> _escape("</title>")
    '&#60;/title&#62;'
    """
    return _MARKUP.sub(lambda found: f"&#{ord(found[0])};", text)

"""Reads a file of settings, TOML or YAML, into plain values."""

import functools
import os
import re
import tomllib
from collections.abc import Callable
from typing import Any, ClassVar

from pipeline.errors import UsageError
from transforms.files.places import is_local, normalise


def read_config(place: str, named_by: str = "--config") -> dict[str, Any]:
    """Returns what a file of settings holds, by its keys.

    Args:
      place: a path, or the URI of a file in a bucket or on a web server.
      named_by: the flag or the variable that names the file.

    Raises:
      UsageError: there is no such file, or it is not what its name says.
    """
    form = os.path.splitext(place)[1].lower()
    if form not in _FORMS:
        raise UsageError(f"{named_by} {place}: its name must end in {', '.join(_FORMS)}")
    path = normalise(place)
    try:
        text = (_local if is_local(path) else _remote)(path, named_by).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{place}: not UTF-8 at byte {error.start}") from error
    except OSError as error:
        raise UsageError(f"{named_by} {place}: {error.strerror or error}") from error
    return _FORMS[form](text, place)


def _local(path: str, _: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


@functools.cache  # the form of the log is looked up before anything else
def _remote(place: str, named_by: str) -> bytes:
    """Raises an OSError where a store does not give the file."""
    from pipeline.credentials import check_credentials
    from transforms.files.storage import open_input

    check_credentials(named_by, place)
    with open_input(place) as stream:
        return stream.read()


def _toml(text: str, place: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{place}: {error}") from error


def _yaml(text: str, place: str) -> dict[str, Any]:
    import yaml  # loading it takes longer than reading the flags

    try:
        found = yaml.load(text, Loader=_yaml_loader())
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or str(error)
        where = f" (at line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        raise UsageError(f"{place}: {said}{where}") from error
    if not isinstance(found, dict | None):
        raise UsageError(f"{place}: holds no keys with values, such as limit: 100")
    return found or {}


@functools.cache
def _yaml_loader() -> Any:
    """Returns a class that takes words as they are: `no` is Norwegian, and 010 is not 8.

    Only true and false (as in YAML 1.2), what is empty, and `<<` have a meaning. A key that stands
    twice is refused, where YAML's own would take the last.
    """
    import yaml

    class Loader(yaml.SafeLoader):
        yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}

        def compose_mapping_node(self, anchor: Any) -> Any:
            node = super().compose_mapping_node(anchor)
            seen: set[str] = set()
            for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
                if key.value in seen:
                    problem = f"{key.value} is there twice"
                    raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
                seen.add(key.value)
            return node

    for tag, pattern, first in _YAML_WORDS:
        Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), first)
    return Loader


_YAML_WORDS = (
    ("bool", "^(true|True|TRUE|false|False|FALSE)$", [*"tTfF"]),
    ("null", "^(~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("merge", "^<<$", ["<"]),
)
_FORMS: dict[str, Callable[[str, str], dict[str, Any]]] = {
    ".toml": _toml,
    ".yaml": _yaml,
    ".yml": _yaml,
}

"""What the path of an input tells of its records: Hive's folders, a date and the name itself."""

import os
import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import unquote

from transforms.choices import HIVE_NULL
from transforms.files.file_names import compression_of
from transforms.files.places import file_name, is_http

# A pattern for dates takes these of strptime's directives; each stands for such characters.
_NUMBERS = {"Y": r"\d{4}", "y": r"\d{2}", **dict.fromkeys("mdHMS", r"\d{1,2}"), "j": r"\d{3}"}
_NAMES = dict.fromkeys("bBaA", r"[^\W\d_]+")
_DIRECTIVES = _NUMBERS | _NAMES | {"%": "%"}
_DIRECTIVE = re.compile("%(.?)", re.DOTALL)
# The paths of one block, whose records are many, come one after another.
_REMEMBERED = 64


@lru_cache(_REMEMBERED)
def folder_fields(uri: str) -> Mapping[str, str | None]:
    """Returns what the folders of a path tell, as Hive writes them; null is None.

    >>> dict(folder_fields("/news/source=A%2FB/date=2024-01-09/a.jsonl"))
    {'source': 'A/B', 'date': '2024-01-09'}
    """
    pairs = (name.partition("=") for name in file_name(uri).split("/")[:-1] if "=" in name)
    told = ((unquote(name), unquote(value)) for name, _, value in pairs if name)
    return MappingProxyType({name: None if value == HIVE_NULL else value for name, value in told})


def stem(uri: str) -> str:
    """Returns the name of a file without its endings, "" if it has none.

    >>> stem("/news/v1.2 final.txt.gz"), stem("https://example.org/Who%20won.txt?day=1")
    ('v1.2 final', 'Who won')
    """
    name = _readable(uri).rpartition("/")[2]
    return os.path.splitext(name[: len(name) - len(compression_of(name))])[0]


@lru_cache(_REMEMBERED)
def date_of_path(uri: str, pattern: str) -> date | None:
    """Returns the last date of a path that is in a pattern, None if there is none.

    Args:
      pattern: one that `check_pattern` takes.

    >>> date_of_path("/2023-12-31/news-2024-01-09-2.txt", "%Y-%m-%d")
    datetime.date(2024, 1, 9)
    """
    # Matches may overlap: a year can be taken for the day before it.
    found = re.finditer(f"(?=({_expression(pattern)}))", _readable(uri))
    for match in reversed([*found]):
        try:
            return datetime.strptime(match[1], pattern).date()
        except ValueError:  # there is no 31 February
            continue
    return None


def check_pattern(pattern: str) -> None:
    """Makes sure that a pattern can find dates.

    Raises:
      ValueError: it says what is wrong with it.
    """
    letters = _DIRECTIVE.findall(pattern)
    for letter in letters:
        if letter not in _DIRECTIVES:
            known = " ".join(f"%{one}" for one in _DIRECTIVES)
            raise ValueError(f"%{letter} is none of {known}")
    if not {*letters} & {"Y", "y"}:
        raise ValueError("it has no year: %Y or %y")
    if len({*letters} - {"%"}) < len([one for one in letters if one != "%"]):
        raise ValueError("it has a directive twice")


def _expression(pattern: str) -> str:
    """Returns a regular expression of what may be a date in a pattern."""
    # Digits next to a date are those of another number.
    begins = r"(?<!\d)" if pattern[:2] in _numbers() else ""
    ends = r"(?!\d)" if pattern[-2:] in _numbers() else ""
    pieces = _DIRECTIVE.split(pattern)  # text, letter, text, ...
    texts, letters = map(re.escape, pieces[::2]), [*map(_DIRECTIVES.get, pieces[1::2]), ""]
    return begins + "".join(f"{a}{b}" for a, b in zip(texts, letters, strict=True)) + ends


def _numbers() -> set[str]:
    return {f"%{letter}" for letter in _NUMBERS}


def _readable(uri: str) -> str:
    """Returns a path as a person writes it."""
    return unquote(file_name(uri)) if is_http(uri) else uri

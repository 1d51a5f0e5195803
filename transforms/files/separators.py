"""Tells what separates the columns of a csv file."""

import re

# In this order: of two that cut a header into as many names, the first is taken.
SEPARATORS = (",", ";", "\t", "|")

_QUOTED = re.compile(r'"[^"]*"?')
_SEP_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)


def tell_separator(header: str) -> str:
    """Returns the separator that cuts a header into the most names; `,` where none cuts it.

    >>> tell_separator('id;"name, given";text')
    ';'
    """
    bare = _QUOTED.sub("", header)
    return max(SEPARATORS, key=bare.count)


def named_separator(first_line: str) -> str | None:
    r"""Returns what Excel's line `sep=;` names, None if the first line of a file is no such line.

    >>> named_separator("sep=;\r\n")
    ';'
    """
    found = _SEP_LINE.fullmatch(first_line)
    return found[1] if found else None

"""Every message of the troubleshooting page is one that the program has."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.places import ROOT

PAGE = (ROOT / "docs" / "troubleshooting.md").read_text()
# Blocks of text are our messages, those of console are other programs'.
MESSAGES = "".join(re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)).splitlines()
VARIABLE = "…"


def strings(source: str) -> Iterator[str]:
    """Yields the strings of a Python source; what they are formatted with is a mark."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            parts = (
                part.value if isinstance(part, ast.Constant) else VARIABLE for part in node.values
            )
            yield "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield re.sub(r"%(?:\.\d+)?[sdfg]", VARIABLE, node.value)


def program() -> str:
    """Returns all strings of the program and the text of its scripts, a line each."""
    rooms = ("news_entities", "pipeline", "transforms")
    files = [path for room in rooms for path in (ROOT / room).rglob("*.py")]
    found = [text.replace("\n", " ") for path in files for text in strings(path.read_text())]
    return "\n".join([*found, *(path.read_text() for path in ROOT.glob("*.sh"))])


PROGRAM = program()


def fixed_parts(message: str) -> list[str]:
    """Returns what of a message is the same each time, sentence by sentence.

    >>> fixed_parts("--input … names no file")
    ['--input', 'names no file']
    """
    parts = (part.strip(" .,:;") for part in re.split(rf"{VARIABLE}|\. ", message))
    return [part for part in parts if part.strip("()'")]


def test_the_page_has_messages():
    assert len(MESSAGES) > 30


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_stands_in_the_program(message):
    parts = fixed_parts(message)
    assert [part for part in parts if part not in PROGRAM] == []
    assert max(len(part.split()) for part in parts) >= 2, "no words to look for"

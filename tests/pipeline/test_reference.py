import re

import pytest

from pipeline.commands import COMMANDS
from pipeline.reference import main, renew, renewed_pages
from transforms.records import REASONS, TABLES

PAGES = dict(renewed_pages())
ROWS = re.findall(r"^\| .*\|$", "\n".join(PAGES.values()), re.MULTILINE)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_page_is_what_the_code_gives(path):
    assert path.read_text() == PAGES[path], "run python -m pipeline.reference"


@pytest.mark.parametrize("table", [*TABLES, "inputs", "parts"])
def test_every_table_has_its_columns_in_one_page(table):
    assert marks().count(f"columns {table}") == 1


@pytest.mark.parametrize("scope", REASONS)
def test_every_reason_is_in_one_page(scope):
    assert marks().count(f"reasons {scope}") == 1


@pytest.mark.parametrize("command", ["run", *COMMANDS])
def test_every_commands_flags_are_in_one_page(command):
    assert marks().count(f"flags {command}") == 1


def test_every_row_says_what_it_means():
    assert len(ROWS) > 100
    assert [row for row in ROWS if re.search(r"\| *\|$", row)] == []


def test_a_meaning_stays_and_that_of_a_column_that_is_gone_goes():
    page = (
        "Before.\n<!-- table: reasons sentence -->\n\n| Reason | Meaning |\n| --- | --- |\n"
        "| `gone` | Old. |\n| `model_failed` | It failed. |\n\n<!-- end -->\nAfter.\n"
    )
    assert renew(page) == page.replace("| `gone` | Old. |\n", "")


def test_a_table_that_is_new_has_cells_to_fill():
    page = "<!-- table: codes -->\n<!-- end -->"
    assert "| 0 |  |\n| 1 |  |\n" in renew(page)


def test_a_mark_that_names_no_table_is_an_error():
    with pytest.raises(KeyError, match="tables"):
        renew("<!-- table: tables -->\n<!-- end -->")


def test_a_stale_page_is_named_and_written(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("pipeline.reference.PAGES", tmp_path)
    page = tmp_path / "codes.md"
    page.write_text("<!-- table: codes -->\n<!-- end -->")
    assert main(["--check"]) == 1
    assert f"{page} is stale" in capsys.readouterr().err
    assert main([]) == 0
    assert "| 0 |" in page.read_text()
    assert main(["--check"]) == 0


def marks() -> list[str]:
    return re.findall(r"<!-- table: (.*?) -->", "\n".join(PAGES.values()))

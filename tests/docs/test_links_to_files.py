import logging
import runpy
from types import SimpleNamespace

import pytest

from tests.places import ROOT

replaced = runpy.run_path(str(ROOT / "docs" / "links_to_files.py"))["on_page_markdown"]


@pytest.fixture
def shown(tmp_path):
    """What a page of docs/how-to shows for its markdown, beside examples/news.csv."""
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / "news.csv").touch()
    file = SimpleNamespace(
        abs_src_path=tmp_path / "docs" / "how-to" / "page.md", src_uri="how-to/page.md"
    )
    page, config = SimpleNamespace(file=file), SimpleNamespace(docs_dir=tmp_path / "docs")
    return lambda markdown: replaced(markdown, page=page, config=config, files=None)


def test_a_link_to_a_file_of_the_repository_becomes_its_text(shown, caplog):
    assert shown("See [`the news`](../../examples/news.csv#L3).") == "See `the news`."
    assert caplog.records == []


@pytest.mark.parametrize(
    "target", ["other.md", "../tutorial.md#set-up", "https://a.org/b", "#here"]
)
def test_other_links_stay(shown, target):
    assert shown(f"[a link]({target})") == f"[a link]({target})"


def test_a_link_to_a_file_that_is_not_there_is_a_warning(shown, caplog):
    assert shown("[gone](../../examples/gone.csv)") == "gone"
    [record] = caplog.records
    assert record.levelno == logging.WARNING
    assert record.getMessage() == (
        "how-to/page.md links to ../../examples/gone.csv, which is not there"
    )

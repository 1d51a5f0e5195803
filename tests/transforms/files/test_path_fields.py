"""Paths tell fields, dates and names."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.places import ROOT
from transforms.files.path_fields import check_pattern, date_of_path, folder_fields, stem
from transforms.partitions import folder

DAY = date(2024, 1, 9)


@pytest.mark.parametrize(
    ("uri", "fields"),
    [
        ("/news/source=Gazette/a.jsonl", {"source": "Gazette"}),
        ("s3://news/source=A%2FB/year=2024/a.jsonl", {"source": "A/B", "year": "2024"}),
        ("/source=%C5%81%C3%B3d%C5%BA/a", {"source": "Łódź"}),
        ("/source=Łódź/a", {"source": "Łódź"}),
        ("/a=1/a=2/a.csv", {"a": "2"}),
        ("/a=b=c/a.csv", {"a": "b=c"}),
        ("/a=/b=__HIVE_DEFAULT_PARTITION__/a.csv", {"a": "", "b": None}),
        ("/news/id=7.jsonl", {}),
        ("/=x/plain/a.jsonl", {}),
        ("https://example.org/day=1/a.jsonl?source=x/y", {"day": "1"}),
    ],
)
def test_folders_of_hive_are_fields_and_files_are_not(uri, fields):
    assert dict(folder_fields(uri)) == fields


@given(st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda value: value != "unknown"))
def test_what_names_a_folder_of_a_table_is_read_back(value):
    name = folder("source", value)
    if name != "source=unknown":
        assert folder_fields(f"/out/{name}/a.parquet")["source"] == value


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("/news/a.txt", "a"),
        ("/news/a.TXT.GZ", "a"),
        ("/news/v1.2.text.zst", "v1.2"),
        ("gs://news/Who won?.txt", "Who won?"),
        ("/news/story.md", "story"),
        ("/news/README", "README"),
        ("/news/.txt", ".txt"),
        ("https://example.org/My%20story.txt?x=1", "My story"),
        ("https://example.org/", ""),
    ],
)
def test_the_stem_is_the_name_without_its_endings(uri, name):
    assert stem(uri) == name


@pytest.mark.parametrize(
    ("uri", "pattern", "found"),
    [
        ("/news/2024-01-09.txt", "%Y-%m-%d", DAY),
        ("/news/2024/1/9/a.txt", "%Y/%m/%d", DAY),
        ("/news/2023/2024/01/09/a.txt", "%Y/%m/%d", DAY),
        ("/news/20240109.txt", "%Y%m%d", DAY),
        ("/news/120240109.txt", "%Y%m%d", None),
        ("/news/20240109120000.txt", "%Y%m%d", None),
        ("/news/20240109120000.txt", "%Y%m%d%H%M%S", DAY),
        ("/news/x20240109_2.txt", "%Y%m%d", DAY),
        ("/2023-05-05/b-2024-01-09/a-2024-02-31.txt", "%Y-%m-%d", DAY),
        ("/2023-05-05/2024-01-09/a.txt", "/%Y-%m-%d/", DAY),
        ("/wire_09Jan24.txt", "%d%b%y", DAY),
        ("/2024-009.txt", "%Y-%j", DAY),
        ("/100%/2024-01-09.txt", "%%/%Y-%m-%d", DAY),
        ("/a.b/2024x01x09", "%Y.%m.%d", None),
        ("https://example.org/a/2024%2F01%2F09.txt?d=2020/02/02", "%Y/%m/%d", DAY),
        ("/news/archive/a.txt", "%Y-%m-%d", None),
        ("/date=2024-01-09/2024.jsonl", "%Y-%m-%d", DAY),
    ],
)
def test_the_last_real_date_of_a_path_counts(uri, pattern, found):
    check_pattern(pattern)
    assert date_of_path(uri, pattern) == found


@pytest.mark.parametrize(
    ("pattern", "what"),
    [
        ("%Q", "%Q is none of %Y %y"),
        ("%Y-%m-", None),
        ("%m-%d", "it has no year"),
        ("2024", "it has no year"),
        ("%%Y", "it has no year"),
        ("%Y-%", "% is none of"),
        ("%Y/%m/%Y-%d", "it has a directive twice"),
    ],
)
def test_a_pattern_that_can_find_no_date_is_refused(pattern, what):
    if what is None:
        check_pattern(pattern)
        return
    with pytest.raises(ValueError, match=what):
        check_pattern(pattern)


def test_patterns_find_what_the_reference_says():
    page = (ROOT / "docs" / "reference" / "command.md").read_text()
    table = page.partition("| Pattern | Finds 9 January 2024 in |")[2].partition("\n\n")[0]
    rows = [[re.findall("`([^`]+)`", cell) for cell in row.split("|")] for row in table.split("\n")]
    rows = [row for row in rows if len(row) > 3 and row[1]]
    assert len(rows) == 5
    for _, [pattern], found, missed, _ in rows:
        assert {date_of_path(f"/news/{path}", pattern) for path in found} == {DAY}
        assert DAY not in {date_of_path(f"/news/{path}", pattern) for path in missed}

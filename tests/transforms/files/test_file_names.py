import pytest

from transforms.files.file_names import COMPRESSIONS, FORMATS, format_of


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.JSONL", ("jsonl", "")),
        ("a.ndjson.zst", ("jsonl", ".zst")),
        ("a.txt.xz", ("txt", ".xz")),
        ("a.parquet", ("parquet", "")),
        ("a.parquet.gz", None),
        ("a.pdf", None),
    ],
)
def test_the_name_tells_the_format(name, expected):
    assert format_of(name) == expected


@pytest.mark.parametrize("compression", ["", *COMPRESSIONS])
@pytest.mark.parametrize("name", FORMATS)
def test_every_ending_tells_its_format_but_parquet_is_never_compressed_again(name, compression):
    expected = None if name == "parquet" and compression else (name, compression)
    for suffix in FORMATS[name]:
        assert format_of(f"news/a{suffix}{compression}") == expected

"""What a file's name tells: its format, and how it is compressed."""

# Each format has a name, and file names with these endings tell it.
FORMATS = {
    "txt": (".txt", ".text"),
    "jsonl": (".jsonl", ".ndjson"),
    "json": (".json",),
    "csv": (".csv",),
    "tsv": (".tsv",),
    "parquet": (".parquet", ".pq"),
    "html": (".html", ".htm", ".xhtml"),
    "warc": (".warc",),
    "feed": (".rss", ".atom", ".rdf", ".xml"),
}
# Text is taken out of the files of these formats, so that none of their bytes show it as it is.
EXTRACTED_FORMATS = frozenset({"html", "warc", "feed"})
# Pages of news are so many times as long as their text, and more: a block has more bytes of them.
_MARKUP = {"html": 16, "warc": 16}
COMPRESSIONS = (".gz", ".bz2", ".xz", ".zst")


def format_of(name: str) -> tuple[str, str] | None:
    """Returns the format and the compression that a file's name tells, None if it tells none.

    >>> format_of("news/2024.jsonl.gz")
    ('jsonl', '.gz')
    """
    compression = compression_of(name)
    stem = name.lower().removesuffix(compression)
    for format_name, suffixes in FORMATS.items():
        if stem.endswith(suffixes) and not (format_name == "parquet" and compression):
            return format_name, compression
    return None


def bytes_for_text(format_name: str) -> int:
    """Returns how many bytes of a format hold about one byte of text."""
    return _MARKUP.get(format_name, 1)


def compression_of(name: str) -> str:
    """Returns the compression that a file's name tells, "" if it tells none.

    >>> compression_of("news/2024.JSONL.GZ")
    '.gz'
    """
    lower = name.lower()
    return next((ending for ending in COMPRESSIONS if lower.endswith(ending)), "")

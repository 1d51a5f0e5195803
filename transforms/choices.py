"""Lists the values of those settings that have a closed list. Imports nothing of ours.

Code that only reads flags needs these lists, and should not have to import what gives them a
meaning.
"""

# Each format has a name, and file names with these endings tell it.
FORMATS = {
    "txt": (".txt", ".text"),
    "jsonl": (".jsonl", ".ndjson"),
    "csv": (".csv",),
    "tsv": (".tsv",),
    "parquet": (".parquet", ".pq"),
}
COMPRESSIONS = (".gz", ".bz2", ".xz", ".zst")
# These tell what a single newline means.
LINE_BREAKS = ("auto", "paragraph", "wrapped")
# These tell what the sentences table holds.
SENTENCES = ("text", "offsets", "none")
# --partition_by makes these of the date, as strftime writes them; its other names are kept columns.
DATE_PARTS = {"year": "%Y", "month": "%Y-%m"}
PRECISIONS = ("auto", "fp32", "bf16", "fp16")


def format_of(name: str) -> tuple[str, str] | None:
    """Returns the format and the compression that a file's name tells, None if it tells none.

    >>> format_of("news/2024.jsonl.gz")
    ('jsonl', '.gz')
    """
    lower = name.lower()
    compression = next((c for c in COMPRESSIONS if lower.endswith(c)), "")
    stem = lower.removesuffix(compression)
    for format_name, suffixes in FORMATS.items():
        if stem.endswith(suffixes) and not (format_name == "parquet" and compression):
            return format_name, compression
    return None

"""The values that a setting may have, where there is a closed list. Imports nothing of ours.

Whoever reads flags needs these at once, and nothing else of the rooms that give them a meaning.
"""

# Each format by its name, and the endings that tell it.
FORMATS = {
    "txt": (".txt", ".text"),
    "jsonl": (".jsonl", ".ndjson"),
    "csv": (".csv",),
    "tsv": (".tsv",),
    "parquet": (".parquet", ".pq"),
}
COMPRESSIONS = (".gz", ".bz2", ".xz", ".zst")
# What a single newline means.
LINE_BREAKS = ("auto", "paragraph", "wrapped")
# What the sentences table holds.
SENTENCES = ("text", "offsets", "none")
# What --partition_by makes of the date, as strftime writes it; other names are kept columns.
DATE_PARTS = {"year": "%Y", "month": "%Y-%m"}
PRECISIONS = ("auto", "fp32", "bf16", "fp16")


def format_of(name: str) -> tuple[str, str] | None:
    """Tells the format and the compression by a file's name; None where it tells nothing.

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

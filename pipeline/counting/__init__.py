"""Counts names over the published tables with DuckDB, which puts on disk what memory cannot hold.

`tables` opens an output for SQL, `queries` counts, and `write` makes files of the answers.
"""

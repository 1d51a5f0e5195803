"""Makes a page of an output to look at: figures by DuckDB, drawn by ECharts, in one file.

`figures` gathers what the page shows, from the other modules; `page` makes a file of it.
"""

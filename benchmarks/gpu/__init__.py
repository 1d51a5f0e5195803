"""Measures what a GPU does for the tagger: `python -m benchmarks.gpu`, see `__main__.py`."""

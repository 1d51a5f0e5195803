"""Measures a tagger: reads gold files, compares, and reports. May import transforms."""

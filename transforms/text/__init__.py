"""Finds sentences, words and names in a text, as spans. May import records and choices."""

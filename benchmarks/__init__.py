"""Measures again what the README and docs/ give numbers for. May import pipeline and transforms."""

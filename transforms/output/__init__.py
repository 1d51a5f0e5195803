"""Writes what a job makes, and says where it lies. May import files, records and choices."""

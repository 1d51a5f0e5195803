"""Reads what lies in stores as documents. May import records, choices and partitions."""

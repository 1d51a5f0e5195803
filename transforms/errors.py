"""Holds the error that ends a job for good."""


class HopelessError(ValueError):
    """The same command would end in the same way, until what the message names is mended."""

"""How numbers are told."""


def amount(count: int, noun: str) -> str:
    """Returns a count and what is counted.

    >>> amount(1, "file"), amount(2000, "entity")
    ('1 file', '2,000 entities')
    """
    many = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count:,} {noun if count == 1 else many}"

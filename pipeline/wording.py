"""How counts and durations are told."""


def amount(count: int, noun: str) -> str:
    """Returns a count and what is counted.

    >>> amount(1, "file"), amount(2000, "entity")
    ('1 file', '2,000 entities')
    """
    many = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count:,} {noun if count == 1 else many}"


def clock(seconds: float) -> str:
    """Writes a duration as a person would say it.

    >>> clock(3725), clock(59.6)
    ('1:02:05', '1:00')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

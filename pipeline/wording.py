"""How counts and durations are told."""

import math


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


def span(low: float, high: float) -> str:
    """Writes between which durations another one lies, as round as a guess should be.

    >>> span(2130, 2560), span(4.2, 8.9), span(131, 160), span(20000, 23000)
    ('35 to 45 minutes', '4 to 9 seconds', '130 to 160 seconds', '5 to 7 hours')
    """
    name, size = "seconds", 1
    if high >= 5 * 3600:
        name, size = "hours", 3600
    elif high >= 3 * 60:
        name, size = "minutes", 60
    step = size * (5 if high >= 30 * size else 1)
    first, last = math.floor(low / step), math.ceil(high / step)
    return f"{first * step // size} to {last * step // size} {name}"

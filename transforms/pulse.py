"""The pulse of this process: what works beats, and what watches looks when it last did.

It also tells how far the work in hand is: so many blocks, and within a block so many words. All of
it are a few numbers that one thread writes and others read, without a lock: what is told may be a
little behind, and two beats at once may count as one.
"""

import time

_last = time.monotonic()
_blocks = 0  # that came to their end
_in_hand = False
_words = 0  # of the calls that came to their end
_words_now = 0  # of the call in hand
_steps = _steps_done = 0  # of the call in hand


def beat(steps: int = 0) -> None:
    """Tells that some work has come forward, by so many of the steps that `expect` told."""
    global _last, _steps_done
    _last = time.monotonic()
    _steps_done += steps


def last_beat() -> float:
    """Returns when some work last came forward, by time.monotonic()."""
    return _last


def begin_block() -> None:
    """Tells that the work on a block begins."""
    global _in_hand
    _in_hand = True
    begin_words(0)


def end_block() -> None:
    """Tells that the work on a block has come to its end."""
    global _in_hand, _blocks
    begin_words(0)
    _in_hand = False
    _blocks += 1


def begin_words(words: int) -> None:
    """Tells that so many words are to be tagged now; those before are."""
    global _words, _words_now, _steps, _steps_done
    _words, _words_now = _words + _words_now, words
    _steps = _steps_done = 0


def expect(steps: int) -> None:
    """Tells in how many steps the words in hand are tagged."""
    global _steps
    _steps = steps


def blocks() -> float:
    """Returns how many blocks are done in this process; of the one in hand, its share."""
    return _blocks + (_share() if _in_hand else 0.0)


def is_in_hand() -> bool:
    """Whether some block is."""
    return _in_hand


def words() -> float:
    """Returns how many words were tagged in this process."""
    return _words + _words_now * _share()


def _share() -> float:
    return min(1.0, _steps_done / _steps) if _steps else 0.0

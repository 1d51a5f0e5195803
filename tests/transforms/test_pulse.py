import time

from transforms.pulse import beat, last_beat


def test_a_beat_is_the_last_one_till_the_next():
    before = time.monotonic()
    beat()
    assert before <= last_beat() <= time.monotonic()

"""The pulse tells when some work came forward, and how far the work in hand is."""

import time

from transforms import pulse


def test_a_beat_is_the_last_one_till_the_next():
    before = time.monotonic()
    pulse.beat()
    assert before <= pulse.last_beat() <= time.monotonic()


def test_a_block_in_hand_counts_by_its_share():
    blocks, words = pulse.blocks(), pulse.words()
    pulse.begin_block()
    assert pulse.is_in_hand()
    pulse.begin_words(200)
    assert (pulse.blocks() - blocks, pulse.words() - words) == (0, 0)
    pulse.expect(40)
    for _ in range(3):
        pulse.beat(10)
    assert (pulse.blocks() - blocks, pulse.words() - words) == (0.75, 150)
    pulse.beat(99)  # a batch that was tried again
    assert (pulse.blocks() - blocks, pulse.words() - words) == (1, 200)
    pulse.end_block()
    assert (pulse.blocks() - blocks, pulse.words() - words) == (1, 200)
    assert not pulse.is_in_hand()


def test_a_block_without_words_is_done_at_its_end():
    blocks = pulse.blocks()
    pulse.begin_block()
    assert pulse.blocks() == blocks
    pulse.end_block()
    assert pulse.blocks() == blocks + 1

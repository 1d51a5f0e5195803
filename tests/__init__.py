"""Tests: test_<file>.py for each file of the code."""

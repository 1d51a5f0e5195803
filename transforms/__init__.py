"""Holds the stages, one file a verb, over plain functions that need no pipeline."""

"""Loads checkpoints and labels words. May import nothing of ours beside it, and no Beam."""

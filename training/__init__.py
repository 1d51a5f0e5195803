"""The making of the embedded model, step by step; training/README.md has the order."""

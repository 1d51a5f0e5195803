"""The commands: their flags, and what they do. May import every other room."""

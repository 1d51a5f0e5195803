"""What a job writes: where each file lies, and how it comes there. Imports files and records."""

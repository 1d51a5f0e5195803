"""Kills, meets and starves whole jobs, and looks at what readers see: ./check --faults."""

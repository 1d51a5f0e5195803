"""From files to a plan: the inputs, what has changed, and what this run is to do."""

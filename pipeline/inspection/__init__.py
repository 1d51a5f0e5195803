"""Whether an output is what its job wrote, and which inputs have to be tagged again if not."""

"""From a tagger to its figures: gold files, scores, mistakes and the report."""

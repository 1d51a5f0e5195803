"""From words to labels: words, pieces, batches, checkpoint, tagger. Never imports Beam."""

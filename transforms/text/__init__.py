"""From a text to its words: paragraphs, sentences and words, as spans. Imports nothing of ours."""

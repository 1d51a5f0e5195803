"""Words are counted that come back from print with the same bounds."""

from benchmarks.word_splitting import measure


def test_words_sentences_and_entities_that_come_back_are_counted(tmp_path):
    path = tmp_path / "gold.conll"
    path.write_text("Maria B-PER\nwon O\n5- O\n. O\n\nQuito B-LOC\nwaits O\n")
    counts, differences = measure(path)
    totals = {unit: counts[unit] for unit in ("words", "sentences", "entities")}
    assert totals == {"words": 6, "sentences": 2, "entities": 2}
    same = {unit: counts[f"same {unit}"] for unit in totals}
    assert same == {"words": 5, "sentences": 1, "entities": 2}
    assert differences == {"5-  ->  5 -": 1}

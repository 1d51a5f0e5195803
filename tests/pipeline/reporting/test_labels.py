from pipeline.reporting.labels import labels_of


def test_known_types_come_first_with_titles_and_others_by_their_mentions():
    found = labels_of({"MISC": 9, "EVENT": 1, "PER": 2, "WORK": 5})
    assert [each.label for each in found] == ["PER", "MISC", "WORK", "EVENT"]
    assert [each.title for each in found] == ["People", "Other names", "WORK", "EVENT"]
    assert [each.letter for each in found] == ["P", "M", "W", "E"]


def test_no_two_letters_are_the_same():
    letters = [each.letter for each in labels_of(dict.fromkeys(["P", "PER", "PERSON", "PART"], 1))]
    assert sorted({*letters}) == sorted(letters)
    assert {"PA", "P"} <= {*letters}


def test_no_names_have_no_types():
    assert labels_of({}) == []

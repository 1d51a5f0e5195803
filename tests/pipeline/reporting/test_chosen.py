from pipeline.reporting.chosen import choose_top
from pipeline.reporting.sql import rows


def test_the_most_named_of_each_type_are_chosen_once(tables):
    connection, chosen = tables
    before = dict(chosen.names)
    told = choose_top(connection, chosen)
    assert chosen.names == before
    assert [each["label"] for each in told] == ["PER", "ORG", "LOC"]
    people = told[0]
    names = {number: name for (name, _), number in chosen.names.items()}
    assert [names[number] for number in people["top"]] == ["Ann Berg", "Zed"]
    assert (people["names"], people["mentions"]) == (2, 61)


def test_they_can_be_joined_by_their_numbers(tables):
    connection, chosen = tables
    chosen.store(connection)
    assert rows(connection, "SELECT id FROM chosen WHERE (name, label) = ('Zed', 'PER')") == [
        (chosen.add("Zed", "PER"),)
    ]

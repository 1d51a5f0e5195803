from pipeline.reporting.scores import BINS, Scores
from pipeline.reporting.sql import rows
from pipeline.reporting.texts import fetch_rows, fetch_sentences


def told(tables):
    connection, chosen = tables
    scores = Scores(connection, chosen.labels)
    sentences = fetch_sentences(connection, chosen.labels, scores.places)
    documents = fetch_rows(connection, [place.document_key for place in sentences])
    return scores.as_json(sentences, documents)


def test_every_mention_is_in_the_bar_of_its_score(tables):
    found = told(tables)
    connection, chosen = tables
    # As a float, .58 times 50 is a little less than 29.
    assert found["bins"][29] == [20, 0, 0]
    for number in range(BINS):
        for label, count in zip(chosen.labels, found["bins"][number], strict=True):
            [(expected,)] = rows(
                connection,
                "SELECT count(*) FROM entities WHERE label = ? AND round(score::DOUBLE, 4) >= ? "
                "AND round(score::DOUBLE, 4) < ?",
                [label.label, round(number / BINS, 2), round((number + 1) / BINS, 2)],
            )
            assert count == expected


def test_a_name_stays_as_long_as_its_best_mention_does(tables):
    found = told(tables)
    connection, _ = tables
    [(expected,)] = rows(
        connection,
        "SELECT count(*) FROM (SELECT 1 FROM entities GROUP BY resolved_name, label "
        "HAVING max(score) >= .9::FLOAT)",
    )
    assert sum(found["names"][45:]) == expected
    assert sum(found["names"]) == rows(connection, "SELECT count(*) FROM named")[0][0]


def test_each_bar_has_examples_with_their_names(tables):
    found = told(tables)
    full = {number for number, counts in enumerate(found["bins"]) if sum(counts)}
    assert {*found["examples"]} == full
    for examples in found["examples"].values():
        assert 1 <= len(examples) <= 4
        assert all(each["name"] in str(each["text"]) for each in examples)

from pipeline.reporting.periods import find_periods
from pipeline.reporting.profiles import Profiles
from pipeline.reporting.sql import rows
from pipeline.reporting.texts import fetch_rows, fetch_sentences


def told(tables):
    connection, chosen = tables
    chosen.store(connection)
    periods = find_periods(connection)
    profiles = Profiles(connection, chosen, periods)
    sentences = fetch_sentences(connection, chosen.labels, profiles.places)
    documents = fetch_rows(connection, [place.document_key for place in sentences])
    found = profiles.as_json(sentences, documents, len(periods.starts))
    return {each["name"]: each for each in found}, periods


def test_a_name_has_its_counts_forms_labels_and_curve(tables):
    names, periods = told(tables)
    ann = names["Ann Berg"]
    assert (ann["mentions"], ann["documents"]) == (41, 21)
    assert ann["forms"] == [["Ann Berg", 41]]
    assert ann["labels"] == [["PER", 41]]
    assert (ann["first"], ann["last"]) == ("2024-01-01", "2024-07-20")
    assert sum(ann["curve"]) == 20
    assert len(ann["curve"]) == len(periods.starts)


def test_a_curve_counts_documents_as_plain_sql_does(tables):
    names, periods = told(tables)
    connection, _ = tables
    for start, count in zip(periods.starts, names["Oslo"]["curve"], strict=True):
        [(expected,)] = rows(
            connection,
            "SELECT count(DISTINCT document_key) FROM entities WHERE resolved_name = 'Oslo' "
            f"AND date_trunc('{periods.unit}', date) = ?",
            [start],
        )
        assert count == expected


def test_no_two_of_its_sentences_are_the_same_and_each_has_the_name(tables):
    names, _ = told(tables)
    for name, each in names.items():
        texts = [str(sentence["text"]) for sentence in each["sentences"]]
        assert len({*texts}) == len(texts)
        assert all(name in text for text in texts)
    # All documents have the same sentence of Ann Berg in their texts.
    assert len(names["Ann Berg"]["sentences"]) == 4

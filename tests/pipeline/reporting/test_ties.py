from pipeline.reporting.sql import rows
from pipeline.reporting.texts import fetch_rows, fetch_sentences
from pipeline.reporting.ties import Together, find_ties


def told(tables):
    connection, chosen = tables
    ties = find_ties(connection, chosen)
    chosen.store(connection)
    together = Together(connection, ties)
    sentences = fetch_sentences(connection, chosen.labels, together.places)
    documents = fetch_rows(connection, [place.document_key for place in sentences])
    names = [name for name, _ in chosen.names]
    together.fill(sentences, documents, names)
    return ties, names


def test_the_strongest_tie_is_of_names_that_are_always_together(tables):
    ties, names = told(tables)
    first = ties["rows"][0]
    assert {names[first["one"]], names[first["other"]]} == {"Acme", "Ann Berg"}
    assert first["documents"] == 20
    assert first["shared"] == 20
    assert len(first["sentences"]) == 3
    said = [piece[0] for piece in first["sentences"][0]["text"] if not isinstance(piece, str)]
    assert {*said} == {"Ann Berg", "Acme"}


def test_names_that_share_no_sentence_have_one_sentence_each(tables):
    ties, names = told(tables)
    [cell] = [
        cell
        for cell in ties["matrix"]["cells"]
        if {names[cell["one"]], names[cell["other"]]} == {"Acme", "Oslo"}
    ]
    assert (cell["documents"], cell["shared"], len(cell["sentences"])) == (20, 0, 2)
    assert len({each["id"] for each in cell["sentences"]}) == 1


def test_the_matrix_counts_documents_as_plain_sql_does(tables):
    ties, names = told(tables)
    connection, _ = tables
    for cell in ties["matrix"]["cells"]:
        pair = [names[cell["one"]], names[cell["other"]]]
        [(count,)] = rows(
            connection,
            "SELECT count(*) FROM (SELECT document_key FROM entities WHERE resolved_name = ? "
            "INTERSECT SELECT document_key FROM entities WHERE resolved_name = ?)",
            pair,
        )
        assert cell["documents"] == count, pair

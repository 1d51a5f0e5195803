from pipeline.reporting import overview
from tests.jobs import read


def test_the_totals_are_the_rows_of_the_tables(tables, news):
    connection, _ = tables
    found = overview.totals(connection)
    documents = read(news, "documents")
    assert found["documents"] == len(documents) == 31
    assert found["entities"] == len(read(news, "entities"))
    assert found["sentences"] == len(read(news, "sentences"))
    assert found["words"] == sum(each["word_count"] for each in documents)
    assert (found["inputs"], found["rejects"], found["untagged"]) == (1, 2, 0)


def test_rejects_are_counted_by_reason_with_examples(tables):
    connection, _ = tables
    found = {each["reason"]: each for each in overview.rejects(connection)}
    assert {reason: each["count"] for reason, each in found.items()} == {"bad_json": 1, "empty": 1}
    [example] = found["bad_json"]["examples"]
    assert example["excerpt"] == "{broken\n"
    assert example["uri"].endswith("news.jsonl")


def test_dates_languages_and_inputs_are_told(tables):
    connection, _ = tables
    assert overview.dates(connection) == {
        "from": "2024-01-01",
        "to": "2024-10-28",
        "undated": 1,
        "unread": 0,
    }
    assert sum(each["documents"] for each in overview.languages(connection)) == 31
    found = overview.inputs(connection)
    assert found["statuses"] == {"complete": 1}
    assert (found["largest"][0]["documents"], found["largest"][0]["rejected"]) == (31, 2)
    assert found["failed"] == []


def test_sources_are_values_of_kept_columns_and_hosts_of_addresses(tables):
    connection, _ = tables
    source, url = overview.sources(connection, ["source", "url", "gone"])
    assert [(each["value"], each["documents"]) for each in source["values"]] == [
        ("Gazette", 20),
        ("Herald", 10),
        ("<b>", 1),
    ]
    assert {each["value"] for each in url["values"]} == {
        "news0.example",
        "news1.example",
        None,
    }


def test_a_column_with_a_value_for_each_document_tells_no_sources(tables):
    connection, _ = tables
    connection.execute(
        "CREATE OR REPLACE TEMP VIEW documents AS "
        "SELECT 'x' || i AS slug, 0 AS entity_count FROM range(200) AS t(i)"
    )
    assert overview.sources(connection, ["slug"]) == []

"""Each document of a block tells the labels and names of its entities, with all its fields."""

from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import ListTagger
from tests.stages import make_block_tables
from transforms.records import Block, Document, TextField

TAGGER = ListTagger(
    {
        "Ada": ("B-PER", 0.9),
        "Lima": ("I-PER", 0.8),
        "Bo": ("B-PER", 0.7),
        "LIMA": ("B-LOC", 0.6),
        "Peru": ("B-LOC", 0.9),
        "Quito": ("B-ORG", 0.5),
        "Bank": ("I-ORG", 0.97),
        "U.N.": ("B-ORG", 0.9),
        "Okafor": ("B-PER", 0.6),
    }
)


def block_of(documents):
    """Returns a block with a document of a title and a text for each pair."""
    return Block(
        "b",
        0,
        0,
        [
            Document(key, key, "u", 0, None, [TextField("title", title), TextField("text", text)])
            for key, title, text in documents
        ],
        b"",
        [],
        [],
    )


def rows(*documents, document_labels="on"):
    block = block_of([(str(key), *texts) for key, texts in enumerate(documents)])
    return make_block_tables(block, TAGGER, document_labels=document_labels).entities.to_pylist()


def values(found, *columns):
    return [tuple(row[column] for column in columns) for row in found]


def test_all_fields_of_a_document_count():
    found = rows(("it was LIMA", "that Ada LIMA of Peru said"), ("it was LIMA", "in Peru"))
    columns = ("document_key", "field", "name", "resolved_name")
    assert values(found, *columns, "label", "model_label") == [
        ("0", "title", "LIMA", "LIMA", "LOC", "LOC"),
        ("0", "text", "Ada", "Ada", "PER", "PER"),
        ("0", "text", "LIMA", "LIMA", "LOC", "LOC"),
        ("0", "text", "Peru", "Peru", "LOC", "LOC"),
        ("1", "title", "LIMA", "LIMA", "LOC", "LOC"),
        ("1", "text", "Peru", "Peru", "LOC", "LOC"),
    ]
    found = rows(("then Lima left", "so Ada Lima said"), ("then Lima left", "and more"))
    assert values(found, "name", "resolved_name") == [
        ("Lima", "Ada Lima"),
        ("Ada Lima", "Ada Lima"),
        ("Lima", "Lima"),
    ]


def test_a_person_cut_in_two_is_one_entity_with_the_lower_score():
    text = "so Ada  Okafor said"
    [row] = rows(("it rained", text))
    assert (row["text"], row["name"], row["label"]) == ("Ada  Okafor", "Ada Okafor", "PER")
    assert text[row["start_char"] : row["end_char"]] == row["text"]
    assert round(row["score"], 4) == 0.6


def test_people_with_anything_between_them_stay_two():
    assert len(rows(("it rained", "so Ada, Okafor and Bo said. Ada. Bo left."))) == 5


def test_an_entity_keeps_the_label_of_the_model_beside_its_own():
    found = rows(("then Lima spoke", "and LIMA left"))
    assert values(found, "text", "resolved_name", "label", "model_label") == [
        ("Lima", "Lima", "PER", "PER"),
        ("LIMA", "Lima", "PER", "LOC"),
    ]


def test_off_keeps_the_labels_of_the_model_and_resolves_names():
    found = rows(("so Ada Okafor said", "that Lima of the U.N. left"), document_labels="off")
    assert all(row["label"] == row["model_label"] for row in found)
    assert values(found, "name", "resolved_name")[-1] == ("U.N.", "UN")
    assert [row["name"] for row in found][:2] == ["Ada", "Okafor"]


def test_the_table_of_documents_counts_what_is_left():
    block = block_of([("k", "so Ada Okafor said", "it rained")])
    for document_labels, count in (("on", 1), ("off", 2)):
        tables = make_block_tables(block, TAGGER, document_labels=document_labels)
        assert tables.documents["entity_count"].to_pylist() == [count]


TEXT = st.lists(
    st.sampled_from(
        [
            "Ada",
            "Lima",
            "Bo",
            "LIMA",
            "Peru",
            "Quito",
            "Bank",
            "U.N.",
            "Okafor",
            "it",
            ".",
            ",",
            "\n",
        ]
    ),
    max_size=15,
).map(" ".join)
DOCUMENTS = st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=4)


@given(DOCUMENTS)
def test_entities_are_slices_of_their_fields_and_do_not_overlap(documents):
    last = ("", "", 0)
    for row in rows(*documents):
        title, text = documents[int(row["document_key"])]
        field = title if row["field"] == "title" else text
        assert field[row["start_char"] : row["end_char"]] == row["text"]
        place = (row["document_key"], row["field"], row["start_char"])
        assert place[:2] != last[:2] or place[2] >= last[2]
        last = (*place[:2], row["end_char"])


@given(DOCUMENTS, st.randoms())
def test_what_a_document_tells_depends_on_no_other(documents, random):
    keyed = [(str(key), *texts) for key, texts in enumerate(documents)]
    together = make_block_tables(block_of(random.sample(keyed, len(keyed))), TAGGER)
    alone = [make_block_tables(block_of([one]), TAGGER) for one in keyed]
    place = ("document_key", "field", "start_char")
    assert sorted(together.entities.to_pylist(), key=lambda row: [row[name] for name in place]) == (
        sorted(
            (row for tables in alone for row in tables.entities.to_pylist()),
            key=lambda row: [row[name] for name in place],
        )
    )

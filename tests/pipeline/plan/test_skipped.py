"""What was passed over, summed up."""

from pipeline.plan.skipped import UNKNOWN_ENDING, Skipped, sum_up, tell


def unknown(*uris):
    return dict.fromkeys(uris, UNKNOWN_ENDING)


def test_kinds_are_counted_with_their_first_examples_and_the_most_frequent_comes_first():
    pages = [f"/news/{name}.HTML" for name in "dbca"]
    found = sum_up({**unknown("/news/x.Pdf.gz", *pages, "/news/README"), "/news/p": "named pipe"})
    assert found == [
        Skipped(UNKNOWN_ENDING, ".html", 4, ("/news/a.HTML", "/news/b.HTML", "/news/c.HTML")),
        Skipped("named pipe", None, 1, ("/news/p",)),
        Skipped(UNKNOWN_ENDING, "", 1, ("/news/README",)),
        Skipped(UNKNOWN_ENDING, ".pdf.gz", 1, ("/news/x.Pdf.gz",)),
    ]
    assert list(tell(found)) == [
        "passed over: .html 4 (/news/a.HTML, ...), named pipe 1 (/news/p), "
        "no ending 1 (/news/README), .pdf.gz 1 (/news/x.Pdf.gz)"
    ]


def test_the_order_of_the_listing_changes_nothing():
    passed_over = {**unknown("/a.x", "/b.x", "/c.y", "/d.z"), "/e": "socket", "/f": "named pipe"}
    backwards = dict(reversed(passed_over.items()))
    assert sum_up(passed_over) == sum_up(backwards)


def test_endings_that_nearly_each_file_has_for_itself_are_one_kind():
    many = unknown(*(f"/news/log.{number:03}" for number in range(100)))
    found = sum_up({**many, **unknown("/a.html", "/b.html"), "/p": "named pipe"})
    assert len(found) == 22
    assert found[0] == Skipped("other unknown endings", None, 81, tuple(sorted(many)[19:22]))
    assert found[1].ending == ".html"
    assert sum(kind.count for kind in found) == 103


def test_nothing_is_told_of_nothing():
    assert list(tell(sum_up({}))) == []


def test_the_manifest_gets_plain_values():
    [kind] = sum_up(unknown("s3://news/a.pdf"))
    assert kind.as_json() == {
        "why": "unknown ending",
        "ending": ".pdf",
        "count": 1,
        "examples": ["s3://news/a.pdf"],
    }

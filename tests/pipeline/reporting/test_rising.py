import math

from pipeline.reporting.rising import find_rising
from tests.pipeline.reporting.outputs import make_output, opened


def ratio(a, b, newer, older):
    """Dunning's ratio by its definition: observed against expected, over the four cells."""
    share = (a + b) / (newer + older)
    cells = [(a, newer * share), (newer - a, newer * (1 - share))]
    cells += [(b, older * share), (older - b, older * (1 - share))]
    return 2 * sum(seen * math.log(seen / expected) for seen, expected in cells if seen)


def test_a_name_that_only_new_documents_have_is_new(tables):
    connection, chosen = tables
    found = find_rising(connection, chosen)
    # Of 30 dated documents, the newest fifth begins with the 24th.
    assert (found["since"], found["after"], found["before"]) == ("2024-08-24", 7, 23)
    [row] = found["rows"]
    assert (row["name"], row["after"], row["before"]) == (chosen.add("Zed", "PER"), 7, 3)
    assert row["g2"] == round(ratio(7, 3, 7, 23), 2)


def test_there_must_be_a_time_before(tmp_path):
    line = '{{"id": "{}", "title": "t", "text": "Zed.", "source": "", "url": ""{}}}'
    undated = make_output(tmp_path / "undated", [line.format(i, "") for i in range(5)])
    with opened(undated) as (connection, chosen):
        found = find_rising(connection, chosen)
    assert found["rows"] == []
    assert "No document has a date" in found["reason"]
    same = [line.format(i, ', "date": "2024-05-01"') for i in range(5)]
    with opened(make_output(tmp_path / "same", same)) as (connection, chosen):
        assert "the same date" in find_rising(connection, chosen)["reason"]

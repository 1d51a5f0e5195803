"""The page: what it is made of, and what it does in a browser."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pipeline.reporting.figures import gather
from pipeline.reporting.page import make_page, to_json
from tests.pipeline.reporting.browser import Visit, browsing
from tests.pipeline.reporting.outputs import make_news, make_output

ABOUT = {"made": "2024-06-01 12:00 UTC", "version": "1.2.3"}
EVIL = "<img src=x onerror=\"alert('name')\">\u202e{b|rich} </script>"
CHECKS = Path(__file__).with_name("checks.js").read_text()
SOUND: dict[str, list[str]] = {"unnamed": [], "headings": [], "tables": [], "contrasts": []}


class Parts(HTMLParser):
    """Collects the elements of a page, and the texts of its scripts."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.is_script = False
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.is_script = tag == "script"
        if self.is_script:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self.is_script = False

    def handle_data(self, data: str) -> None:
        if self.is_script:
            self.scripts[-1] += data


@pytest.fixture(scope="module")
def figures(news):
    return gather(news) | ABOUT


@pytest.fixture(scope="module")
def browser():
    with browsing() as found:
        yield found


@pytest.fixture
def visit(browser, figures, tmp_path):
    """Opens the page of some figures, by default those of the news."""

    def visit(told=figures, **settings):
        file = tmp_path / "report.html"
        file.write_bytes(make_page(told))
        return Visit(browser, file, **settings)

    return visit


def test_the_page_loads_nothing_and_allows_its_own_scripts_alone(figures):
    page = make_page(figures)
    assert len(page) < 3_000_000
    parts = Parts(page)
    [policy] = [
        each["content"] or ""
        for tag, each in parts.elements
        if each.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    for script in parts.scripts[1:]:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    links = [each.get(name) for _, each in parts.elements for name in ("src", "href", "action")]
    assert all(link.startswith(("#", "data:")) for link in links if link)


def test_figures_stay_figures_whatever_they_hold(figures):
    told = {"a": "</script><!--<script>\u2028\u202e&amp;{{script}}\ud7ff\ufeff", "b": [None, 1.5]}
    assert json.loads(to_json(told)) == told
    assert not re.search("[<>&\u2028\u202e\ufeff]", to_json(told))
    page = make_page(figures | {"title": "</title><script>alert(2)</script>{{policy}}"})
    assert len(Parts(page).scripts) == 3
    assert page.count(b"alert(2)") == 2
    assert b"<script>alert" not in page


def test_nothing_goes_wrong_and_the_figures_stand_there(visit, figures):
    opened = visit()
    assert opened.page.title() == "News entities: out"
    assert opened.text("#made").startswith("31 documents of 1 input, dated 2024-01-01")
    assert "Ann Berg" in opened.text("#top")
    assert opened.page.locator("#tied svg").count() >= 2
    assert opened.errors == []


def test_a_number_leads_to_sentences_and_these_to_their_document(visit):
    opened = visit()
    opened.page.click("#top td button >> nth=0")
    assert "41 mentions in 21 documents" in opened.text("#detail")
    assert opened.page.locator("#detail mark.hit").count() >= 4
    assert opened.page.locator("#detail .chart svg").count() == 1
    assert "Named with" in opened.text("#detail")
    assert "[object" not in opened.text("#detail")
    opened.page.click("#detail .sentences button >> nth=0")
    assert not opened.page.locator("#detail").is_visible()
    assert "Ann Berg" in opened.text("#document")
    assert opened.page.evaluate("document.activeElement.id") == "document"
    assert opened.errors == []


def test_examples_of_rejects_ties_and_scores_open_and_close_by_keyboard(visit):
    opened = visit()
    for place, said in (
        ("#rejects button", "{broken"),
        ("#rises td button", "Zed"),
        ("#tied td.number button", "name both"),
        ("#scored td button >> nth=-1", "Some of them"),
    ):
        opened.page.locator(place).first.focus()
        opened.page.keyboard.press("Enter")
        assert said in opened.text("#detail"), place
        opened.page.keyboard.press("Escape")
        assert not opened.page.locator("#detail").is_visible()
        assert opened.page.evaluate("document.activeElement.tagName") == "BUTTON"
    assert opened.errors == []


def test_arrows_go_through_the_types(visit):
    opened = visit()
    opened.page.focus("#tab-0")
    opened.page.keyboard.press("ArrowRight")
    assert opened.page.evaluate("document.activeElement.id") == "tab-1"
    assert "Acme" in opened.text("#top")
    opened.page.keyboard.press("ArrowLeft")
    assert "Ann Berg" in opened.text("#top")


def test_the_reader_filters_by_name_type_and_score(visit):
    opened = visit()
    page = opened.page
    page.fill("#find", "zed")
    assert opened.text("#found") == "10 documents name what was searched for."
    assert page.locator("#documents li").count() == 10
    assert page.locator("#document mark.hit").count() >= 1
    page.fill("#find", "")
    shown = page.locator("#document mark:not(.off)").count()
    page.locator("#types input").first.uncheck()
    assert 0 < page.locator("#document mark:not(.off)").count() < shown
    page.locator("#types input").first.check()
    page.fill("#least", "0.95")
    assert {
        *page.locator("#document mark:not(.off)").evaluate_all(
            "found => found.map((each) => each.firstChild.data)"
        )
    } <= {"Acme"}
    page.fill("#find", "nobody of that name")
    assert "No document of the sample is left" in opened.text("#document")
    assert opened.errors == []


def test_a_threshold_says_what_it_costs(visit, figures):
    opened = visit()
    opened.page.focus("#threshold")
    opened.page.keyboard.press("End")
    kept = sum(figures["scores"]["bins"][-1])
    total = figures["totals"]["entities"]
    assert f"From 0.98 on: {kept} of {total} mentions" in opened.text("output")


def test_hostile_texts_and_names_stay_text(visit, figures):
    told = json.loads(json.dumps(figures).replace("Ann Berg", json.dumps(EVIL)[1:-1]))
    opened = visit(told)
    page = opened.page
    page.click("#top th button >> nth=0")
    assert EVIL in page.evaluate("document.querySelector('#detail-h').textContent")
    page.keyboard.press("Escape")
    page.fill("#find", "script")
    assert "<script>document.title='taken'</script>" in page.evaluate(
        "document.querySelector('#document').textContent"
    )
    assert page.title() == "News entities: out"
    assert page.locator("main img, main script, dialog img").count() == 0
    # No sentence turns what stands beside it.
    assert {
        *page.locator("#document p bdi").evaluate_all(
            "all => all.map((each) => getComputedStyle(each).unicodeBidi)"
        )
    } == {"isolate"}
    assert opened.errors == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_has_a_name_a_level_and_contrast(visit, scheme):
    opened = visit(color_scheme=scheme)
    page = opened.page
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    assert page.evaluate(CHECKS) == SOUND
    page.click("#theme")
    assert page.evaluate("document.documentElement.dataset.theme") != scheme
    assert page.evaluate(CHECKS) == SOUND
    assert opened.errors == []


@pytest.mark.parametrize("width", [390, 1400])
def test_no_width_makes_the_page_scroll_sideways(visit, width):
    opened = visit(viewport={"width": width, "height": 800})
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_prints_in_light_colours_on_the_width_of_a_sheet(visit):
    opened = visit(color_scheme="dark", viewport={"width": 1400, "height": 800})
    opened.page.emulate_media(media="print")
    opened.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert opened.page.evaluate("document.documentElement.dataset.theme") == "light"
    widths = opened.page.locator(".chart svg").evaluate_all(
        "all => all.map((each) => each.clientWidth)"
    )
    assert 0 < max(widths) <= 680
    opened.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert opened.page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert opened.errors == []


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["{"], "There are no documents to read."),
        (['{"text": "it rained."}'], "No name was found"),
        (['{"text": "Ann Berg.", "date": "2024-01-01"}'], "All dated documents have the same date"),
        (['{"text": "Ann Berg."}'], "No document has a date"),
    ],
)
def test_an_output_that_lacks_something_has_a_page_that_says_so(visit, tmp_path, lines, said):
    opened = visit(gather(make_output(tmp_path, lines)) | ABOUT)
    assert said in opened.text("main")
    assert opened.errors == []


def test_without_texts_the_page_says_so(visit, tmp_path):
    opened = visit(gather(make_news(tmp_path, sentences="none")) | ABOUT)
    opened.page.click("#top td button >> nth=0")
    assert "--sentences text" in opened.text("#detail")
    assert "--sentences text" in opened.text("#reading")
    assert opened.errors == []

"""A piece of HTML that is all text becomes plain text."""

import pytest

from transforms.files.fragments import plain_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("Rain  fell.", "Rain fell."),
        ("Reed &amp; sons<br/>of Sandvik", "Reed & sons\nof Sandvik"),
        ("<p>One <em>big</em>\nstorm.</p>  <p>Two.</p>tail", "One big storm.\n\nTwo.\n\ntail"),
        ("<div><div>One.</div><ul><li>a</li><li>b</li></ul></div>", "One.\n\na\n\nb"),
        ("<p>a</p><script>x()</script><style>p</style><!-- c --><p>b</p>", "a\n\nb"),
        ("<p></p>\n<p> </p>", ""),
        ("a < b", "a < b"),
        ("<b>unclosed <i>tags", "unclosed tags"),
    ],
)
def test_paragraphs_stay_paragraphs(html, text):
    assert plain_text(html) == text


@pytest.mark.parametrize("html", ["a \x00 <p>b</p>", "a \x1b<b>b</b>", "<![CDATA[<p>a b", "<>a b"])
def test_broken_markup_costs_no_words(html):
    assert plain_text(html).split()[-1].endswith("b")


def test_deep_markup_does_no_harm():
    assert plain_text("<b>" * 200 + "word").endswith("word")
    plain_text("<b>" * 100_000 + "word")

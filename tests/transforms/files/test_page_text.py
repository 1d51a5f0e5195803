"""A page is decoded as browsers do, and what is no text is taken out of it."""

import time

import pytest

from transforms.files.page_text import decode_page, strip_page

TEXT = "Zoë Marín spoke in Łódź."


@pytest.mark.parametrize(
    ("data", "declared"),
    [
        (TEXT.encode(), None),
        (TEXT.encode(), "iso-8859-2"),  # the server is wrong
        ("\ufeff".encode() + TEXT.encode(), "iso-8859-2"),
        (TEXT.encode("utf-16"), None),
        (TEXT.encode("iso-8859-2", "ignore"), "ISO-8859-2"),
        (b'<meta charset="iso-8859-2">' + TEXT.encode("iso-8859-2", "ignore"), None),
        (
            b'<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-2">'
            + TEXT.encode("iso-8859-2", "ignore"),
            "no-such-encoding",
        ),
        (
            b'<?xml version="1.0" encoding="iso-8859-2"?>' + TEXT.encode("iso-8859-2", "ignore"),
            None,
        ),
    ],
)
def test_the_encoding_is_found(data, declared):
    expected = TEXT.encode("iso-8859-2", "ignore").decode("iso-8859-2") if b"\xb3" in data else TEXT
    found = decode_page(data, declared)
    assert found.endswith(expected)
    assert "\ufeff" not in found


def test_latin_1_is_read_as_browsers_read_it():
    assert decode_page(b"\x93Rain\x94 \x96 caf\xe9", "iso-8859-1") == "“Rain” – café"


def test_japanese_in_seven_bits_is_no_ascii():
    text = "東京の市長"
    assert decode_page(text.encode("iso2022_jp"), "iso-2022-jp") == text


def test_a_given_encoding_is_for_pages_that_tell_none():
    assert decode_page("Łódź".encode("cp1250"), None, "cp1250") == "Łódź"
    assert decode_page("Łódź".encode(), None, "cp1250") == "Łódź"


def test_without_any_word_the_encoding_is_guessed():
    text = "Привет из города, где мэр говорил о порте и о рыбе. " * 20
    assert decode_page(text.encode("cp1251"), None) == text


def test_bytes_that_are_none_of_the_encoding_are_replaced():
    assert decode_page(b"Rain \xff fell", "utf-8") == "Rain � fell"


def test_scripts_styles_and_comments_go():
    html = (
        "<p>a</p><script>if (a < b) '</p>'</script><STYLE>p {}</STYLE ><!-- <script> --><p>b</p>"
        "<script src=x></script><p>c</p>"
    )
    assert strip_page(html).html == "<p>a</p><p>b</p><p>c</p>"


def test_a_script_without_an_end_takes_the_rest_and_a_comment_does_not():
    assert strip_page("<p>a</p><script>x = '<p>b</p>'").html == "<p>a</p>"
    assert strip_page("<p>a</p><!-- <p>b</p>").html == "<p>a</p> <p>b</p>"


@pytest.mark.parametrize("control", ["\x00", "\x06", "\x1f", "&#6;", "&#x0B;", "&#0031;", "\ufffe"])
def test_control_characters_are_white_space(control):
    assert strip_page(f"<p>a{control}b&#65;&#10;</p>").html == "<p>a b&#65;&#10;</p>"


def test_linked_data_that_are_json_stay():
    script = '<script type="application/ld+json">{"headline": "Rain"}</script>'
    page = strip_page(f"<p>a</p>{script}<script type='application/ld+json'>{{oops</script>")
    assert page.html == f"<p>a</p>{script}"
    assert page.linked == [{"headline": "Rain"}]


def test_deep_linked_data_are_left_out():
    page = strip_page(f'<script type="application/ld+json">{"[" * 90_000}</script><p>a</p>')
    assert page.linked == []
    assert page.html == "<p>a</p>"


@pytest.mark.parametrize("piece", ["<script ", "<!--", "<script>", "<style><!--", "<meta charset "])
def test_hostile_pages_take_time_with_their_length_only(piece):
    # In the square of the length this would take hours.
    start = time.process_time()
    decode_page(strip_page(piece * 300_000).html.encode(), None)
    assert time.process_time() - start < 60

"""The languages of a text are told, and a text is left out only where that is sure."""

import json

import pycld2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.places import ROOT
from transforms.choices import LANGUAGES
from transforms.text.language import Languages, detect_languages

PARAGRAPHS = [
    json.loads(line)
    for line in (ROOT / "examples" / "languages" / "paragraphs.jsonl").read_text().splitlines()
]
IN = {paragraph["language"]: paragraph["text"] for paragraph in PARAGRAPHS}
ENGLISH = (
    "The harbour office said on Tuesday that two ferries will leave an hour later from next week. "
    "Officials want to know whether the new times suit those who work on the islands. A decision "
    "for the whole year is expected in October, after the council has met."
)


def is_left_out(text: str, *wanted: str) -> bool:
    return detect_languages(text).are_surely_other(wanted or ("en",))


@pytest.mark.parametrize("language", IN)
def test_a_paragraph_in_another_language_is_told_and_left_out(language):
    found = detect_languages(IN[language])
    assert (found.main, found.share) in [(language, 0.99), (language, 1.0)]
    assert found.are_surely_other(("en",))
    assert not found.are_surely_other(("en", language))
    assert not found.are_surely_other(("any",))


def test_english_prose_is_english():
    assert detect_languages(ENGLISH).main == "en"
    assert detect_languages(ENGLISH).share == 0.99
    assert not is_left_out(ENGLISH)
    assert is_left_out(ENGLISH, "fr", "de")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12.5 vs 13.1",
        "Goal",
        "MINISTERS OF MALAYSIA AND INDONESIA TO MEET IN JAKARTA",
        "HOLLAND MINING <HMNG.AS> 4TH QTR NET\nShr 12 cts vs 9 cts\nNet 1.2 mln vs 900,000\n"
        "Revs 22.4 mln vs 20.1 mln\nAvg shrs 10.1 mln vs 10.0 mln\nYear\nShr 48 cts vs 41 cts",
        "Feyenoord Rotterdam 2 PSV Eindhoven 1\nVitesse Arnhem 0 Twente Enschede 0\nFC Groningen 3 "
        "Fortuna Sittard 2\nWillem II Tilburg 1 De Graafschap Doetinchem 1\nVolendam 0 Utrecht 2",
        "https://example.com/noticias/economia/el-gobierno-regional-aprueba-un-plan-para-llevar-agua-"
        "potable-a-cuarenta-pueblos-de-la-sierra-en-septiembre/\nMadrid: Prime Minister Pedro Ruiz",
        # A line is too short to be sure.
        "Regierung verlängert Hilfe für Bauern nach der Dürre",
    ],
    ids=str.split,
)
def test_what_is_hardly_prose_is_tagged(text):
    assert not is_left_out(text)


@pytest.mark.parametrize("language", IN)
def test_a_mixed_text_is_tagged(language):
    other = IN[language]
    for mixed in (
        f"{ENGLISH}\n\n“{other}”",
        f"{other}\n\n{ENGLISH}",
        f"{ENGLISH[:130]}\n{other}\n{ENGLISH[130:]}",
    ):
        assert not is_left_out(mixed)


def test_a_line_of_english_under_a_foreign_article_does_not_make_it_english():
    assert is_left_out(f"{IN['de']}\n\nAll rights reserved.")


def test_a_long_text_is_told_from_its_beginning_its_middle_and_its_end():
    foreign = "\n".join([IN["fr"]] * 40)
    assert is_left_out(foreign)
    english = "\n".join([ENGLISH] * 60)
    for mixed in (english + foreign, foreign + english, foreign + english + foreign):
        assert not is_left_out(mixed)
    assert len(detect_languages(foreign).sample) < 1100


def test_both_scripts_of_chinese_are_one_language():
    traditional = (
        "市政府星期二宣布，將在河邊修建一座新的圖書館，預計兩年內完工。"
        "市長表示舊圖書館空間不足，冬天也很冷。"
    )
    assert detect_languages(traditional).main == "zh"
    mixed = detect_languages(f"{IN['zh']}\n{traditional}")
    assert (mixed.main, mixed.share) == ("zh", 0.99)


def test_old_codes_are_renewed():
    assert detect_languages(IN["he"]).main == "he"


def test_it_cannot_be_told_in_what_language_numbers_are():
    assert detect_languages("1996 12.5 +3") == Languages("1996 12.5 +3", {})
    assert detect_languages("1996 12.5 +3").main is None
    assert detect_languages("1996 12.5 +3").share is None


def test_control_characters_do_not_matter():
    assert detect_languages(f"\0\x07{ENGLISH}\x85\ufffe\U0010ffff").main == "en"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_text_can_be_asked(text):
    found = detect_languages(text)
    assert set(found.percents) <= set(LANGUAGES)
    assert all(0 <= percent <= 100 for percent in found.percents.values())
    assert list(found.percents.values()) == sorted(found.percents.values(), reverse=True)


@given(st.characters(exclude_categories=["Cs"]))
def test_every_character_can_be_in_a_text(character):
    assert detect_languages(f"{ENGLISH} {character} {ENGLISH}").main == "en"


def test_the_flag_knows_the_languages_that_are_told():
    codes = dict(pycld2.LANGUAGES)
    told = {codes[name] for name in pycld2.DETECTED_LANGUAGES}
    modern = {"iw": "he", "jw": "jv", "zh-Hant": "zh"}
    no_languages = {"un", "tlh", "zzp", "xx-Bugi", "xx-Goth"}
    assert sorted({modern.get(code, code) for code in told - no_languages}) == list(LANGUAGES)

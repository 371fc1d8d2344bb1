"""The catalogues: every message in every language, and figures as each language writes them."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
import unicodedata
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from babel.messages.pofile import read_po

from multivector import Workspace, report
from multivector.brief import vectors
from multivector.content.model import Brief
from multivector.errors import BadValue
from multivector.words import LANGUAGES, language, many, say, using
from multivector.words import figures as wording

ROOT = Path(__file__).parents[1]
SPOKEN = tuple(code for code in LANGUAGES if code != "en")


@cache
def catalogues() -> Any:
    path = ROOT / "scripts" / "build_catalogues.py"
    spec = importlib.util.spec_from_file_location("build_catalogues", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def messages() -> dict[tuple[str, str | None], list[str]]:
    found: dict[tuple[str, str | None], list[str]] = catalogues().messages()
    return found


@pytest.mark.parametrize("chosen", SPOKEN)
def test_a_translation_has_the_places_of_its_message(chosen: str) -> None:
    assert not catalogues().faults(chosen, messages())


@pytest.mark.parametrize("chosen", SPOKEN)
def test_a_release_is_translated_whole(
    chosen: str, record_property: Callable[[str, object], None]
) -> None:
    """A message without a translation is listed and said in English, until the release."""
    lacking = [key[0] for key in catalogues().missing(chosen, messages())]
    lacking += catalogues().stale(chosen, messages())
    record_property("not translated", lacking)
    newest = re.search(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert newest is not None
    if "unreleased" not in newest[1]:
        assert not lacking, "run: make catalogues"


def test_what_is_new_is_listed_and_what_is_wrong_is_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A new message stops a release and no commit; a translation that lost a place stops both."""
    script = catalogues()
    new, known = ("A new {thing}", None), ("Sources", None)
    monkeypatch.setattr(script, "messages", lambda: {new: ["brief/new.py"], known: ["x.py"]})
    monkeypatch.setattr(script, "stale", lambda *_: [])
    monkeypatch.setattr(sys, "argv", ["build_catalogues.py", "--check"])
    script.main()
    assert "not translated: 'A new {thing}' (brief/new.py)" in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", ["build_catalogues.py", "--release"])
    with pytest.raises(SystemExit, match="make catalogues"):
        script.main()
    content = b'msgid ""\nmsgstr ""\n\nmsgid "A new {thing}"\nmsgstr "Yeni"\n'
    monkeypatch.setattr(script, "read", lambda spoken: read_po(BytesIO(content), locale=spoken))
    monkeypatch.setattr(sys, "argv", ["build_catalogues.py", "--check"])
    with pytest.raises(SystemExit, match="correct the translations"):
        script.main()
    assert "other placeholders than ['thing']" in capsys.readouterr().out


@pytest.mark.parametrize("chosen", SPOKEN)
def test_a_translation_is_written_in_its_own_letters(chosen: str) -> None:
    """Two look-alike letters in one word are a slip of the keyboard."""
    text = (ROOT / "src/multivector/words" / f"{chosen}.po").read_text("utf-8")
    assert unicodedata.is_normalized("NFC", text)
    said = " ".join(re.findall(r'^msgstr(?:\[\d\])? "(.*)"$', text, re.M))
    mixed = [
        word
        for word in re.findall(r"[^\W\d_]+", re.sub(r"\{\w+\}", " ", said))
        if re.search("[A-Za-z]", word) and re.search("[\u0400-\u04ff]", word)
    ]
    assert not mixed
    if chosen == "tr":
        assert not re.search("[\u0400-\u04ff]", said)


def test_a_language_holds_for_a_block() -> None:
    with using("tr"):
        with using("ru"):
            assert language() == "ru"
        assert say("Sources") == "Kaynaklar"
    assert say("Sources") == "Sources"


def test_an_unknown_message_stays_english() -> None:
    with using("kk"):
        assert say("There is no such message: {n}", n=3) == "There is no such message: 3"
        assert many(2, "{n} such thing", "{n} such things") == "2 such things"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(BadValue, match="expected one of en, tr, ru, kk"), using("de"):
        pass


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (1, "1 вопрос"),
        (2, "2 вопроса"),
        (5, "5 вопросов"),
        (11, "11 вопросов"),
        (12, "12 вопросов"),
        (21, "21 вопрос"),
        (104, "104 вопроса"),
        (1000, "1\u00a0000 вопросов"),
    ],
)
def test_russian_has_three_forms(n: int, said: str) -> None:
    with using("ru"):
        assert many(n, "{n} question", "{n} questions") == said


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        (
            "en",
            ["1,234.5", "13.4%", "−0.5", "288.1 billion", "16 December 1991", "October 2009"],
        ),
        ("tr", ["1.234,5", "%13,4", "−0,5", "288,1 milyar", "16 Aralık 1991", "Ekim 2009"]),
        (
            "ru",
            [
                *("1\u00a0234,5", "13,4\u00a0%", "−0,5", "288,1 млрд", "16 декабря 1991 г."),
                "октябрь 2009 г.",
            ],
        ),
        (
            "kk",
            [
                *("1\u00a0234,5", "13,4\u00a0%", "−0,5", "288,1 млрд", "1991 ж. 16 желтоқсан"),
                "2009 ж. қазан",
            ],
        ),
    ],
)
def test_figures_and_dates_follow_the_language(chosen: str, told: list[str]) -> None:
    with using(chosen):
        assert [
            wording.localised("1,234.5"),
            wording.percent(0.134),
            wording.number(-0.5),
            wording.amount(288.1e9),
            wording.day("1991-12-16"),
            wording.day("2009-10"),
        ] == told


@pytest.mark.parametrize("chosen", SPOKEN)
def test_separators_are_those_of_the_cldr(chosen: str) -> None:
    from babel.numbers import format_decimal, format_percent

    with using(chosen):
        assert wording.whole(1234567) == format_decimal(1234567, locale=chosen)
        assert wording.localised("1,234.56") == format_decimal(1234.56, locale=chosen)
        if chosen != "kk":
            shown = format_percent(0.134, format=None, locale=chosen, decimal_quantization=False)
            assert wording.percent(0.134) == shown


def test_turkish_has_two_letters_i() -> None:
    with using("tr"):
        assert wording.capitals("ilişki ve sınır") == "İLİŞKİ VE SINIR"
        assert wording.sentence_case("ihracat") == "İhracat"
        assert wording.lower_first("İhracat") == "ihracat"
        assert wording.lower_first("Işık") == "ışık"


@pytest.fixture(scope="module")
def spoken() -> dict[str, tuple[Brief, str, str]]:
    made = {}
    for chosen in LANGUAGES:
        with using(chosen):
            brief = Workspace().brief("KAZ")
            made[chosen] = (brief, report.html(brief), report.text(brief))
    return made


def _keys(value: object) -> object:
    """Return the shape of a brief: keys, ids and codes without the words."""
    if isinstance(value, dict):
        return {
            key: item if key in ("id", "code", "key", "run", "source") else _keys(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_keys(item) for item in value]
    return None if isinstance(value, str) else value


@pytest.mark.parametrize("chosen", SPOKEN)
def test_only_words_differ_between_languages(
    spoken: dict[str, tuple[Brief, str, str]], chosen: str
) -> None:
    english, other = (json.loads(report.json(spoken[code][0])) for code in ("en", chosen))
    assert _keys(other) == _keys(english)


def _translated(text: str, said: str, chosen: str) -> bool:
    """Return whether a text is another in a language, or stays because it is listed as missing."""
    lacking = (key[0] for key in catalogues().missing(chosen, messages()))
    patterns = (re.sub(r"\\{\w+\\}", ".+", re.escape(message)) for message in lacking)
    return text != said or any(re.search(pattern, text) for pattern in patterns)


@pytest.mark.parametrize("chosen", SPOKEN)
def test_sentences_titles_and_headings_are_translated(
    spoken: dict[str, tuple[Brief, str, str]], chosen: str
) -> None:
    english, other = spoken["en"][0], spoken[chosen][0]
    for one, two in zip(english.sections, other.sections, strict=True):
        pairs = [(one.title, two.title)]
        pairs += [(a.text, b.text) for a, b in zip(one.sentences, two.sentences, strict=True)]
        for table, same in zip(one.tables, two.tables, strict=True):
            pairs += [(table.caption, same.caption)]
            pairs += [(table.note, same.note)] if table.note else []
        for text, said in pairs:
            assert _translated(text, said, chosen)


@pytest.mark.parametrize("chosen", SPOKEN)
def test_the_page_names_its_language(
    spoken: dict[str, tuple[Brief, str, str]], chosen: str
) -> None:
    _, page, summary = spoken[chosen]
    assert f'<html lang="{chosen}">' in page
    assert all(len(line) <= 100 for line in summary.splitlines())


def test_what_a_measure_notes_is_said_in_the_language() -> None:
    with using("tr"):
        section = Workspace().brief("KAZ", poles="CHN", sections=("vectors",)).section("vectors")
    assert section.sentences[0].text.endswith("kutuplar: Çin.")
    for pattern, message in vectors._NOTES:
        names = {name for _, name, _, _ in Formatter().parse(message) if name}
        assert set(re.compile(pattern).groupindex) == names


def test_languages_do_not_mix(spoken: dict[str, tuple[Brief, str, str]]) -> None:
    again = Workspace().brief("KAZ")
    assert report.json(again) == report.json(spoken["en"][0])

"""Rules are data: each fires on its own sentence, is silent on another, and none stands in code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import multivector
from multivector.documents.packs import LANGUAGES, pack, shared, wording
from multivector.documents.rules.dates import _grammar
from multivector.documents.rules.events import hits_of, rules
from multivector.documents.rules.memberships import memberships_of
from multivector.documents.rules.reading import Reading, Sentence, read
from multivector.documents.rules.tracing import try_sentence
from multivector.documents.text.files import document_of

DOCUMENTS = Path(multivector.__file__).parent / "documents"


# --- rules that look for words of all languages at once

WORDINGS = [
    (section, name)
    for section, rows in shared().items()
    if isinstance(rows, dict)
    for name, row in rows.items()
    if isinstance(row, dict) and set(row) & set(LANGUAGES) and "fires" in row
]
UNTESTED = [
    f"{section}.{name}"
    for section, rows in shared().items()
    if isinstance(rows, dict)
    for name, row in rows.items()
    if isinstance(row, dict) and set(row) & set(LANGUAGES)
    if set(row.get("fires", {})) != set(row) & set(LANGUAGES) or not row.get("silent")
]


def test_every_wording_has_its_sentences() -> None:
    assert not UNTESTED
    assert len(WORDINGS) > 60


@pytest.mark.parametrize(("section", "name"), WORDINGS, ids=map(".".join, WORDINGS))
def test_a_wording_fires_and_is_silent(section: str, name: str) -> None:
    row = shared()[section][name]

    def fires(text: str, language: str | None = None) -> bool:
        rule = wording(section, name, language)
        found = rule.fullmatch(text) if row.get("whole") else rule.search(text)
        return bool(found and (found[0] or not row.get("optional")))

    for language, text in row["fires"].items():
        assert fires(text, language), f"{language}: {text}"
    assert not fires(row["silent"])


@pytest.mark.parametrize("place", range(len(shared()["grammar"])))
def test_a_row_of_the_grammar_of_dates_fires_and_is_silent(place: int) -> None:
    row = shared()["grammar"][place]

    def rule(language: str) -> re.Pattern[str]:
        rows = [each for each in shared()["grammar"] if each.get("language", language) == language]
        return _grammar(language)[rows.index(row)][0]

    for language, text in row["fires"].items():
        assert rule(language).search(text), f"{language}: {text}"
        assert not rule(language).search(row["silent"]), row["silent"]


def test_every_spelling_writes_a_name_anew() -> None:
    for row in shared()["spellings"]:
        assert all(old != new for old, new in row["pairs"])


# --- rules of the packs, on whole sentences


def sentence_of(text: str, language: str) -> tuple[Sentence, Reading]:
    """Return a text read as one sentence of a language."""
    reading = read(document_of(text.encode(), "a.txt"), language=language)
    assert len(reading.sentences) == 1, text
    return reading.sentences[0], reading


def triggers(text: str, language: str) -> list[str]:
    """Return the patterns of the rules of events that fire."""
    return [hit.rule.trigger.pattern for hit in hits_of(sentence_of(text, language)[0])]


EVENTS = [(lang, place) for lang in LANGUAGES for place in range(len(pack(lang)["events"]))]
MEMBERSHIPS = [
    (lang, place) for lang in LANGUAGES for place in range(len(pack(lang)["memberships"]))
]


@pytest.mark.parametrize(("language", "place"), EVENTS)
def test_a_rule_of_events_fires_and_is_silent(language: str, place: int) -> None:
    row, rule = pack(language)["events"][place], rules(language)[place]
    assert rule.trigger.pattern in triggers(row["fires"], language), row["fires"]
    assert rule.trigger.pattern not in triggers(row["silent"], language), row["silent"]


@pytest.mark.parametrize(("language", "place"), MEMBERSHIPS)
def test_a_rule_of_memberships_fires_and_is_silent(language: str, place: int) -> None:
    row = pack(language)["memberships"][place]
    label = f"membership:{row.get('label', row['status'])}"
    assert label in {d.rule for d in memberships_of(*sentence_of(row["fires"], language))}
    assert label not in {d.rule for d in memberships_of(*sentence_of(row["silent"], language))}


def test_a_sentence_is_tried_in_the_language_given() -> None:
    text = "Nazarbayev 1993’te Çin’i ziyaret etmiştir."
    assert "visit" in {row["value"] for row in try_sentence(text, language="tr")}
    assert "visit" not in {row["value"] for row in try_sentence(text, language="en")}


# --- rules that are words or phrases

WORDS = [
    (language, section, name)
    for language in LANGUAGES
    for section, rows in pack(language).items()
    if isinstance(rows, dict) and section not in ("fires", "silent", "torn")
    for name in rows
]


@pytest.mark.parametrize(("language", "section", "name"), WORDS, ids=map(".".join, WORDS))
def test_a_phrase_fires_and_is_silent(language: str, section: str, name: str) -> None:
    rules = pack(language)
    ordinals = "|".join(rules["ordinals"].values())
    sensitive = section == "actors" or name == "finite"
    rule = re.compile(
        rules[section][name].replace("ORDINAL", ordinals), 0 if sensitive else re.IGNORECASE
    )
    optional = name in ("year_word", "helped")
    whole = section == "numbers" or (section, name) == ("actors", "ending")
    fires = rule.fullmatch if whole else rule.match if optional else rule.search
    for text, wanted in ((rules["fires"][section][name], True), (rules["silent"][section], False)):
        found = fires(text)
        assert bool(found and (found[0] or not optional)) == wanted, text


# --- nothing of a language in code


def strings(path: Path) -> list[tuple[int, str]]:
    """Return the lines of a module that are no documentation."""
    text = path.read_text(encoding="utf-8")
    told: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            told |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return [(n, line) for n, line in enumerate(text.splitlines(), 1) if n not in told]


@pytest.mark.parametrize(
    "path", sorted(DOCUMENTS.rglob("*.py")), ids=lambda p: str(p.relative_to(DOCUMENTS))
)
def test_no_letters_of_other_languages_in_code(path: Path) -> None:
    found = [
        (number, line.strip())
        for number, line in strings(path)
        if any(c.isalpha() and not c.isascii() for c in line)
    ]
    assert not found, "words of a language belong into its pack"


def test_every_wording_is_looked_for() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in DOCUMENTS.rglob("*.py"))
    whole = {"fractions", "factors", "scales"}
    unused = [
        f"{section}.{name}"
        for section, name in WORDINGS
        if section not in whole and f'"{name}"' not in code
    ]
    assert not unused


ORDER = ("packs", "text", "rules", "contradictions", "library", "coding", "exchange")


def test_no_room_imports_from_one_after_it() -> None:
    back = []
    for path in sorted(DOCUMENTS.rglob("*.py")):
        own = path.relative_to(DOCUMENTS).parts[0]
        for other in re.findall(
            r"from multivector\.documents\.(\w+)", path.read_text(encoding="utf-8")
        ):
            if own in ORDER and ORDER.index(other) > ORDER.index(own):
                back.append(f"{path.relative_to(DOCUMENTS)} imports from {other}")
    assert not back

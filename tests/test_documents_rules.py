"""Rules are data: each fires on its own sentence, is silent on another, and none stands in code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import multivector
from multivector.documents.packs import LANGUAGES, shared, wording
from multivector.documents.rules.dates import _grammar

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

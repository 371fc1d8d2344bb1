"""Golden cases: what a brief says of three states, two pairs, two organisations, against rows.

Each case of ``golden.toml`` was read off the embedded rows by hand, with plain Polars, not through
the code that writes the brief.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from multivector.content.model import Brief
from multivector.workspace import Workspace
from tests.oracle.rows import ask

_FILE = Path(__file__).with_name("golden.toml")
CASES: list[dict[str, Any]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))["case"]
_WORKSPACE = Workspace()


@cache
def brief(subject: str) -> Brief:
    return _WORKSPACE.brief(subject)


def said(made: Brief, section: str) -> str:
    """Return all that a section says in words, or what the headline does."""
    if section == "headline":
        return "\n".join(f"{fact.label}: {fact.text} ({fact.detail})" for fact in made.facts)
    found = made.section(section)
    texts = [sentence.text for sentence in found.sentences] + [c.text for c in found.charts]
    return "\n".join([*texts, *found.notes])


def _name(case: dict[str, Any]) -> str:
    return f"{case['of']}-{case['section']}-{CASES.index(case)}"


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_a_section_says_what_the_rows_say(case: dict[str, Any]) -> None:
    read = [value for row in ask(case["rows"]) for value in row]
    assert len(read) == len(case["reads"]), read
    for found, expected in zip(read, case["reads"], strict=True):
        number = isinstance(expected, int | float) and not isinstance(expected, bool)
        assert found == (pytest.approx(expected, rel=2e-3) if number else expected), read
    text = said(brief(case["of"]), case["section"])
    for phrase in case["says"]:
        assert phrase in text, text


def test_every_section_has_a_golden_case() -> None:
    known = {(case["of"], case["section"]) for case in CASES}
    shown = {
        kind: {section for of, section in known if brief(of).kind == kind}
        for kind in ("state", "pair", "organisation")
    }
    for subject in {case["of"] for case in CASES}:
        made = brief(subject)
        own = {section.id for section in made.sections} - {"unknown", "method"}
        assert own <= shown[made.kind], own - shown[made.kind]
    assert len({of for of, _ in known}) >= 7

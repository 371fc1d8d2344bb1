"""Memberships: which actor has which status in which organisation, and since when."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from multivector.documents.packs import pack, wording
from multivector.documents.rules.actors import Actor
from multivector.documents.rules.events import clauses_of, date_of
from multivector.documents.rules.layouts import Pair, pairs_of
from multivector.documents.rules.reading import Reading, Sentence
from multivector.documents.rules.statements import Draft

_MOST = 520
"""Characters a membership may span; the end of a longer one is kept."""

_GENERIC = wording("memberships", "named")


@lru_cache(maxsize=8)
def _cues(language: str) -> tuple[tuple[str, str, str, re.Pattern[str]], ...]:
    """Return name, status, layout and pattern of the cues of a language."""
    rows = pack(language).get("memberships", [])
    return tuple(
        (
            row.get("label", row["status"]),
            row["status"],
            row["layout"],
            re.compile(row["rule"], re.I),
        )
        for row in rows
    )


def memberships_of(sentence: Sentence, reading: Reading) -> list[Draft]:
    """Return the memberships a sentence states, a draft for each actor and organisation."""
    drafts: list[Draft] = []
    seen: set[tuple[str, str]] = set()
    organisations = [*sentence.organisations, *_unlisted(sentence)]
    organisations = sorted([*organisations, *_meant(sentence)], key=lambda a: a.start)
    for label, status, layout, cue in _cues(sentence.lang):
        for match in cue.finditer(sentence.text):
            for pair in pairs_of(sentence, reading, organisations, match, layout):
                if (pair.organisation, pair.state) not in seen:
                    seen.add((pair.organisation, pair.state))
                    drafts.append(_draft(sentence, label, status, pair, match))
    return drafts


_MEANT = wording("memberships", "meant")


def _meant(sentence: Sentence) -> list[Actor]:
    """Return the organisation a sentence points back to, as in ``withdrew from the treaty``."""
    if sentence.organisations or not sentence.topic:
        return []
    return [
        Actor(sentence.topic, "organisation", *match.span())
        for match in _MEANT.finditer(sentence.text)
    ]


def _unlisted(sentence: Sentence) -> list[Actor]:
    """Return organisations with a telling name that are in no table."""
    known = [(a.start, a.end) for a in sentence.organisations]
    return [
        Actor(match[0].strip(), "organisation", *match.span())
        for match in _GENERIC.finditer(sentence.text)
        if not any(low < match.end() and match.start() < high for low, high in known)
        and not any(
            a.start <= match.start() < a.end for a in sentence.states if a.end >= match.end()
        )
    ]


def _draft(sentence: Sentence, label: str, status: str, pair: Pair, match: re.Match[str]) -> Draft:
    clauses = clauses_of(sentence.text)
    clause = next((c for c in clauses if c[0] <= match.start() < c[1]), (0, len(sentence.text)))
    date = date_of(sentence, *match.span(), clause)
    ended = status == "withdrew"
    value = date.value if date else None
    fields: dict[str, Any] = {
        "org": pair.organisation,
        "actor": pair.state,
        "status": status,
        "start_date": None if ended else value,
        "end_date": value if ended else None,
    }
    low = max(pair.start, pair.end - _MOST)
    return Draft("membership", low, pair.end, f"membership:{label}", fields)

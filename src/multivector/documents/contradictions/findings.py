"""A contradiction, its passages, and the order in which contradictions are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from multivector.documents.rules.reading import Reading, Sentence
from multivector.documents.rules.statements import Statement

Pair = tuple[Reading, list[Statement]]


MOST = 20
"""Contradictions shown on one fact; more of them say no more."""


@dataclass(frozen=True)
class Side:
    """A passage of a contradiction."""

    doc: str
    start: int
    end: int
    quote: str

    def record(self) -> dict[str, Any]:
        """Return the side as a row of the exchange format."""
        return {"doc": self.doc, "start": self.start, "end": self.end, "quote": self.quote}


@dataclass(frozen=True)
class Conflict:
    """Passages that cannot all be right, or of which one cannot."""

    type: str
    nature: str
    confidence: str
    why: str
    explained_by: str
    sides: tuple[Side, ...]
    id: str = ""

    @property
    def scope(self) -> str:
        """Return ``within`` one document or ``across`` several."""
        return "within" if len({side.doc for side in self.sides}) == 1 else "across"

    def record(self) -> dict[str, Any]:
        """Return the conflict as a row of the exchange format."""
        return {
            "id": self.id,
            "type": self.type,
            "nature": self.nature,
            "scope": self.scope,
            "confidence": self.confidence,
            "why": self.why,
            "explained_by": self.explained_by,
            "sides": [side.record() for side in self.sides],
        }


def ranked(found: list[Conflict]) -> list[Conflict]:
    """Return the contradictions numbered, those most sure first, each once."""
    order = {"high": 0, "medium": 1, "low": 2}

    def place(conflict: Conflict) -> tuple[int, str, str, int]:
        first = conflict.sides[0]
        return order[conflict.confidence], conflict.type, first.doc, first.start

    return [replace(c, id=f"C{n:03d}") for n, c in enumerate(_once(sorted(found, key=place)), 1)]


T = TypeVar("T")


def examples(rows: Iterable[T], key: Callable[[T], Any]) -> list[T]:
    """Return the first row of each key: thousands of mentions of a fact are compared once."""
    first: dict[Any, T] = {}
    for row in rows:
        first.setdefault(key(row), row)
    return list(first.values())


def _once(found: list[Conflict]) -> list[Conflict]:
    seen: set[tuple[Any, ...]] = set()
    kept = []
    for conflict in found:
        key = (conflict.type, tuple(sorted((s.doc, s.start) for s in conflict.sides)))
        if key not in seen:
            seen.add(key)
            kept.append(conflict)
    return kept


def side_of(statement: Statement) -> Side:
    """Return the passage of a statement."""
    return Side(statement.doc, statement.start, statement.end, statement.quote)


def sentence_side(reading: Reading, sentence: Sentence) -> Side:
    """Return the passage of a sentence, cut to what a quote may hold."""
    start, end = reading.layer.span(sentence.start, sentence.end)
    end = min(end, start + 590)
    return Side(reading.source.doc, start, end, reading.source.text[start:end])

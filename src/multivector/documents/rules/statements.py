"""Coded statements: one record per event, membership, quantity and vote, with quote and position.

The kinds and fields are those of the coding scheme in ``docs/explanation/documents.md``. A
statement keeps the rule that made it, the coder (``rule``, until a person or a model decides), the
source it is attributed to, and the span of the raw text it rests on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from multivector.documents.rules.reading import Reading, Sentence

MAX_QUOTE = 590
SHORT_QUOTE = 48
FIELDS = {
    "event": ("type", "date", "actors", "dimension", "power", "title"),
    "membership": ("org", "actor", "status", "start_date", "end_date"),
    "quantity": (
        "subject",
        "actors",
        "value",
        "unit",
        "date",
        "comparison",
        "value_max",
        "other_reading",
    ),
    "vote": ("body", "resolution", "actor", "sides_with", "against", "issue", "period"),
}


@dataclass(frozen=True)
class Statement:
    """A coded statement and the span of the raw text it rests on."""

    doc: str
    kind: str
    start: int
    end: int
    quote: str
    lang: str
    rule: str
    fields: dict[str, Any] = field(default_factory=dict)
    attributed_to: str | None = None
    coder: str = "rule"
    block: str = "body"
    id: str = ""
    duplicate_of: str | None = None
    names: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        """Return the statement as one row of the exchange format."""
        return {
            "id": self.id,
            "doc": self.doc,
            "lang": self.lang,
            "start": self.start,
            "end": self.end,
            "quote": self.quote,
            "kind": self.kind,
            **self.fields,
            "attributed_to": self.attributed_to,
            "duplicate_of": self.duplicate_of,
            "coder": self.coder,
            "rule": self.rule,
        }


@dataclass(frozen=True)
class Draft:
    """A statement before it is anchored: offsets count in the sentence."""

    kind: str
    start: int
    end: int
    rule: str
    fields: dict[str, Any]
    names: tuple[str, ...] = ()


def anchored(draft: Draft, sentence: Sentence, reading: Reading) -> Statement:
    """Return the statement of a draft, with its span in the raw text."""
    low, high = widened(sentence.text, draft.start, draft.end)
    start, end = reading.layer.span(sentence.start + low, sentence.start + high)
    while end - start > MAX_QUOTE and high - low > 40:
        high -= 10
        start, end = reading.layer.span(sentence.start + low, sentence.start + high)
    return Statement(
        reading.source.doc,
        draft.kind,
        start,
        end,
        reading.source.text[start:end],
        sentence.lang,
        draft.rule,
        draft.fields,
        attribution(sentence, draft.start, draft.end),
        block=sentence.block.kind,
        names=draft.names,
    )


def widened(text: str, low: int, high: int) -> tuple[int, int]:
    """Return a span with the words around it, if it is too short to be understood alone.

    >>> text = "In the end, trade reached 3 billion dollars in that year; it fell."
    >>> text[slice(*widened(text, 26, 43))]
    'In the end, trade reached 3 billion dollars in that year'
    """
    if high - low >= SHORT_QUOTE:
        return low, high
    first = max(text.rfind(";", 0, low) + 1, low - SHORT_QUOTE)
    stop = text.find(";", high)
    last = min(stop if stop >= 0 else len(text), high + SHORT_QUOTE)
    while first > 0 and first < low and text[first - 1].isalnum():
        first += 1
    while last < len(text) and last > high and text[last].isalnum():
        last -= 1
    while first < low and text[first].isspace():
        first += 1
    while last > high and text[last - 1].isspace():
        last -= 1
    return first, last


def attribution(sentence: Sentence, low: int, high: int) -> str | None:
    """Return the work a stretch of a sentence is attributed to: named before it, or cited after."""
    named = [c for c in sentence.citations if c.narrative and c.start - sentence.start <= high]
    if named:
        return str(named[-1])
    after = [c for c in sentence.citations if c.start - sentence.start >= low]
    return "; ".join(dict.fromkeys(str(c) for c in after)) or None


def subject_of(sentence: Sentence, start: int, end: int) -> str:
    """Return the words around a quantity that say what it is of."""
    low = max(sentence.text.rfind(mark, 0, start) for mark in (",", ";", "(")) + 1
    stops = [sentence.text.find(mark, end) for mark in (",", ";", ")")]
    high = min([stop for stop in stops if stop >= 0] or [len(sentence.text)])
    return " ".join(sentence.text[max(low, start - 90) : min(high, end + 90)].split())


def actor_codes(
    sentence: Sentence, reading: Reading, near: int, *, persons: bool = True
) -> list[str]:
    """Return the codes of the actors of a statement at ``near``, from the sentence or before it."""
    from multivector.documents.packs import pattern

    named = [a for a in sentence.actors if a.strong]
    codes = list(dict.fromkeys(a.code for a in named if persons or a.kind != "person"))
    codes += [a.state for a in named if a.kind == "person" and a.state and a.state not in codes]
    states = [code for code in codes if len(code) == 3 and code.isupper()]
    dyad = pattern(sentence.lang, "roles", "dyad")
    if dyad and dyad.search(sentence.text) and len(states) < 2:
        recent = [s for s in reversed(sentence.before) if s not in codes]
        wanted = 2 - len(states)
        codes += (recent + [s for s in reading.focus if s not in codes + recent])[:wanted]
    elif not states:
        back = pattern(sentence.lang, "roles", "back")
        places = [a.code for a in sentence.actors if a.kind == "place"]
        if back and back.search(sentence.text) and sentence.before:
            codes += [s for s in sentence.before[-2:] if s not in codes]
        codes += [p for p in places if p not in codes]
        if not codes:
            codes += reading.focus[:1] or sentence.before[-1:]
    return list(dict.fromkeys(codes))

"""The brief on two states: the relation at a glance, then its sections, each alone if asked."""

from __future__ import annotations

from collections.abc import Callable, Collection

from multivector.brief.assembly import assemble
from multivector.brief.pair_balance import asymmetries
from multivector.brief.pair_evidence import evidence
from multivector.brief.pair_sides import Part, Sides
from multivector.brief.pair_timeline import timeline
from multivector.brief.pair_trade import trade
from multivector.brief.pair_votes import votes
from multivector.brief.power import power
from multivector.brief.shared_seats import shared_seats
from multivector.brief.unknown import unknown
from multivector.content.inquiry import Inquiry, merge
from multivector.content.model import Brief, Column, Fact, Gap, Section, Sentence, Table
from multivector.words import say

__all__ = ["SECTIONS", "of_pair"]

_WRITERS: dict[str, Callable[[Inquiry], Part | None]] = {
    "timeline": timeline,
    "trade": trade,
    "votes": votes,
    "clubs": shared_seats,
    "asymmetries": asymmetries,
    "power": power,
    "evidence": evidence,
}
_COMPARED = ("timeline", "trade", "votes", "clubs", "asymmetries")
SECTIONS = ("relation", *_WRITERS, "unknown")
_TOLD = {"trade": 2, "votes": 1, "clubs": 1, "asymmetries": 1, "timeline": 1}


def of_pair(inquiry: Inquiry, only: Collection[str] | None = None) -> Brief:
    """Return the brief on two states, whole or some of its sections."""
    wanted = set(SECTIONS if only is None else only)
    asked = wanted | (set(_COMPARED) if "relation" in wanted else set())
    written = {name: write(inquiry) for name, write in _WRITERS.items() if name in asked}
    parts = {name: part for name, part in written.items() if part is not None}
    made = {name: part.section for name, part in parts.items()}
    gaps: tuple[Gap, ...] = tuple(inquiry.gaps)
    if "unknown" in wanted:
        made["unknown"], gaps = unknown(inquiry)
    if "relation" in wanted:
        made["relation"] = _relation(inquiry, parts)
    facts: list[Fact] = [f for name in _COMPARED if name in parts for f in parts[name].facts]
    shown = [made[name] for name in SECTIONS if name in made and name in wanted]
    return assemble(inquiry, shown, facts, gaps)


def _relation(inquiry: Inquiry, parts: dict[str, Part]) -> Section:
    """Return the section that sets the two side by side, from what the others found."""
    sides = Sides.of(inquiry)
    rows = tuple(row for name in _COMPARED if name in parts for row in parts[name].rows)
    told = [
        sentence
        for name, most in _TOLD.items()
        if name in parts
        for sentence in parts[name].section.sentences[:most]
    ]
    title = say("The relation at a glance")
    if not rows:
        text = say(
            "No figure of both {a} and {b} is in the data at hand.", a=sides.first, b=sides.second
        )
        told = [Sentence(text)]
    columns = (
        Column("what", say("What")),
        Column("a", sides.first, "number"),
        Column("b", sides.second, "number"),
        Column("both", say("Both"), "number"),
        Column("low", say("Low"), "number"),
        Column("high", say("High"), "number"),
        Column("when", say("Year")),
    )
    note = say(
        "Newest figures of each; low and high: 90% interval where there is one. The sections below "
        "say how each is measured."
    )
    caption = say("{a} and {b} side by side", a=sides.first, b=sides.second)
    tables = (Table("relation", caption, columns, rows, note),) if rows else ()
    return Section("relation", title, tuple(_once(told)), (), tables)


def _once(told: list[Sentence]) -> list[Sentence]:
    merged: dict[str, Sentence] = {}
    for sentence in told:
        before = merged.get(sentence.text, Sentence(sentence.text))
        merged[sentence.text] = Sentence(sentence.text, merge((*before.cites, *sentence.cites)))
    return list(merged.values())

"""The brief on a state: its sections, each of which can be asked for alone."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Literal

import polars as pl

from multivector.brief.assembly import assemble
from multivector.brief.commitments import commitments
from multivector.brief.interdependence import interdependence
from multivector.brief.literature import literature
from multivector.brief.overview import overview
from multivector.brief.power import power
from multivector.brief.profile import profile
from multivector.brief.seats import seats
from multivector.brief.ties import ties
from multivector.brief.trade import trade
from multivector.brief.unknown import unknown
from multivector.brief.vector_years import vector_years
from multivector.brief.vectors import vectors
from multivector.brief.votes import votes
from multivector.content.inquiry import Inquiry
from multivector.content.model import Brief, Fact, Gap, Section, Sentence
from multivector.errors import UnknownState
from multivector.names import states
from multivector.words import say

__all__ = ["SECTIONS", "WHOLE", "existing", "of_state"]

_Part = tuple[Section | None, tuple[Fact, ...]]

_WRITERS: dict[str, Callable[[Inquiry], _Part]] = {
    "vectors": lambda inquiry: (vectors(inquiry), ()),
    "vector-years": lambda inquiry: (vector_years(inquiry), ()),
    "profile": profile,
    "trade": trade,
    "interdependence": lambda inquiry: (interdependence(inquiry), ()),
    "organisations": seats,
    "commitments": lambda inquiry: (commitments(inquiry), ()),
    "asymmetries": lambda inquiry: (ties(inquiry), ()),
    "votes": votes,
    "power": lambda inquiry: _power(inquiry),
    "literature": lambda inquiry: (literature(inquiry), ()),
}
_COMPARED = ("organisations", "asymmetries", "votes")
_ORDER = ("profile", "poles", "vectors", "vector-years", "trade", "interdependence")
SECTIONS = (
    *_ORDER,
    "organisations",
    "commitments",
    "asymmetries",
    "votes",
    "power",
    "literature",
    "unknown",
)


WHOLE = tuple(name for name in SECTIONS if name != "vector-years")
"""The sections of a brief that is not asked for by section; the index by year takes longest."""


def of_state(inquiry: Inquiry, only: Collection[str] | None = None) -> Brief:
    """Return the brief on a state, whole or some of its sections."""
    wanted = set(WHOLE if only is None else only)
    asked = wanted | (set(_COMPARED) if "poles" in wanted else set())
    parts = {name: write(inquiry) for name, write in _WRITERS.items() if name in asked}
    made = {name: section for name, (section, _) in parts.items() if section is not None}
    gaps: tuple[Gap, ...] = tuple(inquiry.gaps)
    if "unknown" in wanted:
        made["unknown"], gaps = unknown(inquiry)
    if "poles" in wanted:
        compared = [made[name] for name in _COMPARED]
        made["poles"] = overview(inquiry.name, inquiry.poles, compared)
    facts = [f for n in ("profile", "trade", "organisations", "votes") for f in _facts(parts, n)]
    return assemble(inquiry, [made[n] for n in SECTIONS if n in made and n in wanted], facts, gaps)


def _power(inquiry: Inquiry) -> _Part:
    part = power(inquiry)
    if part is not None:
        return part.section, ()
    why = say("hardly an act with {state} is coded in what is at hand", state=inquiry.name)
    what = say("By which means {state} acts", state=inquiry.name)
    inquiry.miss(what, why, "multivector --study DIR data add EVENTS.tab")
    told = say("The means of power are not given: {why}.", why=why)
    return Section("power", say("Means of power"), (Sentence(told),)), ()


def _facts(parts: dict[str, _Part], name: str) -> tuple[Fact, ...]:
    return parts[name][1] if name in parts else ()


def existing(name: str, year: int | None) -> str:
    """Return the state of a name or code that exists today, or existed in the year.

    Raises
    ------
    UnknownState, AmbiguousState
        If the name is not known or means several, or the state did not exist then.
    """
    code = states.identify(name, year=year)
    if year is None and code not in states.today() and not _lasts(code):
        raise UnknownState(
            f"{name!r} is {states.name(code)}, whose codes no longer hold; expected a state of "
            "today; name another, or a year in which it existed with --year"
        )
    if year is not None and not _existed(code, year):
        raise UnknownState(
            f"{states.name(code)} is in no list of the states of {year}; expected a year in which "
            "it existed; name another with --year"
        )
    return code


def _lasts(code: str) -> bool:
    spells = states.table().filter(pl.col("state") == code)
    return bool(spells["valid_to"].is_null().any())


def _existed(code: str, year: int) -> bool:
    spells = states.table().filter(pl.col("state") == code)
    first = pl.col("valid_from").str.slice(0, 4).cast(pl.Int64) <= year
    last = pl.col("valid_to").str.slice(0, 4).cast(pl.Int64).fill_null(year) >= year
    lists: tuple[Literal["cow", "gw", "un"], ...] = ("cow", "gw", "un")
    listed = [states.exists(code, year, by=name) for name in lists]
    return any(listed) or not spells.filter(first & last).is_empty()

"""Sections: the one register of what a brief is made of; brief, page and report read it.

A section is one entry here and one writer; nothing else names it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from multivector.brief.cohesion import cohesion
from multivector.brief.commitments import binds, commitments, criteria
from multivector.brief.decisions import depth, voting_power
from multivector.brief.dependence import asymmetry, interdependence
from multivector.brief.literature import evidence, literature
from multivector.brief.overview import poles, relation
from multivector.brief.power import power
from multivector.brief.profile import profile
from multivector.brief.seats import seats
from multivector.brief.shared_seats import network, shared_seats
from multivector.brief.ties import ties
from multivector.brief.timeline import timeline
from multivector.brief.trade import trade
from multivector.brief.unknown import unknown
from multivector.brief.vectors import vector_years, vectors
from multivector.brief.votes import votes
from multivector.content.inquiry import Inquiry
from multivector.content.model import Part, Subjects
from multivector.words import mark

__all__ = ["SECTIONS", "Entry", "find", "ids", "of"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A section of the brief on one kind of subject; their order is that of the brief.

    ``tab`` is the page it stands on; ``summary`` how many lines of it the terminal shows at most,
    none with 0, or its table with ``"grid"``. Without ``whole`` it is only in a brief that asks for
    it. ``reads`` are the sections whose figures it sets side by side: they are written before it.
    """

    subject: Subjects
    id: str
    title: str
    write: Callable[[Inquiry], Part | None]
    tab: str
    summary: int | Literal["grid"] = 0
    whole: bool = True
    reads: tuple[str, ...] = ()


_BESIDE = ("trade", "organisations", "asymmetries", "votes")
_RELATED = ("trade", "votes", "clubs", "asymmetries", "timeline")

# The last of a subject says what the others missed, so it is written after them.
SECTIONS: tuple[Entry, ...] = (
    Entry("state", "profile", mark("Profile"), profile, "overview"),
    Entry("state", "poles", mark("Poles at a glance"), poles, "poles", "grid", reads=_BESIDE),
    Entry("state", "vectors", mark("Vectors"), vectors, "overview", 3),
    Entry(
        "state",
        "vector-years",
        mark("Vectors through the years"),
        vector_years,
        "years",
        whole=False,  # it takes longest
    ),
    Entry("state", "trade", mark("Trade"), trade, "trade", 4),
    Entry("state", "interdependence", mark("Interdependence"), interdependence, "trade", 3),
    Entry("state", "organisations", mark("Organisations"), seats, "organisations", 2),
    Entry(
        "state", "commitments", mark("What the organisations bind"), commitments, "organisations", 2
    ),
    Entry("state", "asymmetries", mark("Neighbours and poles"), ties, "poles", 2),
    Entry("state", "votes", mark("Votes in the General Assembly"), votes, "votes", 3),
    Entry("state", "power", mark("Means of power"), power, "power", 3),
    Entry("state", "literature", mark("In the literature"), literature, "literature", 2),
    Entry("state", "unknown", mark("What is not known"), unknown, "unknown"),
    Entry(
        "pair", "relation", mark("The relation at a glance"), relation, "overview", reads=_RELATED
    ),
    Entry("pair", "timeline", mark("Timeline"), timeline, "timeline", 3),
    Entry("pair", "trade", mark("Trade"), trade, "trade", 4),
    Entry("pair", "votes", mark("Votes in the General Assembly"), votes, "votes", 3),
    Entry("pair", "clubs", mark("Organisations of both"), shared_seats, "clubs", 3),
    Entry("pair", "asymmetries", mark("Asymmetries"), ties, "trade", 2),
    Entry("pair", "power", mark("Mix of power between the two"), power, "power", 3),
    Entry("pair", "evidence", mark("Evidence"), evidence, "evidence", 2),
    Entry("pair", "unknown", mark("What is not known"), unknown, "unknown"),
    Entry("organisation", "about", mark("What it is"), profile, "overview", 3),
    Entry("organisation", "members", mark("Members"), seats, "members", 3),
    Entry("organisation", "depth", mark("How deep it goes"), depth, "overview", 2),
    Entry("organisation", "power", mark("Who decides"), voting_power, "decisions", 3),
    Entry(
        "organisation", "criteria", mark("Criteria and how they are kept"), criteria, "economy", 3
    ),
    Entry("organisation", "cohesion", mark("How alike they vote"), cohesion, "votes", 3),
    Entry("organisation", "trade", mark("Trade among members"), trade, "economy", 4),
    Entry("organisation", "asymmetry", mark("Who is how large"), asymmetry, "economy", 4),
    Entry("organisation", "binds", mark("Whether it binds"), binds, "binding", 4),
    Entry("organisation", "network", mark("The other clubs of its members"), network, "network", 3),
    Entry("organisation", "literature", mark("In the literature"), literature, "literature", 2),
    Entry("organisation", "unknown", mark("What is not known"), unknown, "unknown"),
)


def of(subject: Subjects) -> tuple[Entry, ...]:
    """Return the sections of the brief on a kind of subject, in the order of the brief."""
    return tuple(entry for entry in SECTIONS if entry.subject == subject)


def ids(subject: Subjects, *, whole: bool = False) -> tuple[str, ...]:
    """Return the ids of a kind's sections; with ``whole`` those a brief has if none are named."""
    return tuple(entry.id for entry in of(subject) if entry.whole or not whole)


def find(subject: Subjects, name: str) -> Entry | None:
    """Return the section of an id; null where the register has none."""
    return next((entry for entry in of(subject) if entry.id == name), None)

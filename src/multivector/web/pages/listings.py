"""Lists: every state, every organisation, and the way to a pair of states."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from multivector import brief
from multivector.brief import listings
from multivector.content.inquiry import Inquiry
from multivector.content.model import Section, Sentence
from multivector.names import organisations, states
from multivector.web.page import Field, Page, Query, Route, of_inquiry
from multivector.words import language, mark, say

__all__ = ["ROUTES", "names"]


def names() -> list[str]:
    """Return the names of states and abbreviations of organisations, for a form to offer."""
    spoken = language()
    clubs = (organisations.name(c, spoken, short=True) for c in sorted(organisations.codes()))
    return [*(states.name(code, spoken) for code in states.today()), *clubs]


def all_states(query: Query) -> Page:
    """Return the page of every state."""
    section = listings.state_list()
    rows = section.tables[0].rows
    letters = [(k, list(v)) for k, v in groupby(rows, lambda row: row.cells["letter"])]
    return Page(
        say("States"),
        lead=say(
            "Members and observer states of the United Nations, each with its foreign policy "
            "measured."
        ),
        sections=(section,),
        template="states.html.j2",
        shown={"letters": letters},
        command="multivector states list",
        python="import multivector as mv\n\nmv.Workspace().states()",
    )


def all_organisations(query: Query) -> Page:
    """Return the page of the organisations, or of those of a field."""
    inquiry = Inquiry(query.workspace, "", None)
    field = query.get("field")
    section = listings.organisation_list(inquiry, field=None if field in (None, "all") else field)
    return of_inquiry(
        inquiry,
        say("Organisations"),
        section,
        lead=say(
            "Each with its members through time, its depth, its voting power and whether it binds."
        ),
        template="explore.html.j2",
        shown={"filtered": ("organisations",)},
        command="multivector organisations",
        python="import multivector as mv\n\nmv.Workspace().organisation()",
    )


def _fields(path: Mapping[str, str]) -> tuple[Field, ...]:
    every = ("all", say("every field"))
    known = tuple((code, listings.field_name(code)) for code in listings.fields())
    return (Field("field", say("Field"), "choice", "all", (every, *known)),)


def pairs(query: Query) -> Page:
    """Return the form for two states, or the address of the pair asked for."""
    a, b = query.get("a"), query.get("b")
    if a and b:
        codes = (states.identify(a), states.identify(b))
        found = brief.subject("-".join(codes))
        return Page(found.address, elsewhere=f"/pairs/{found.address}")
    lead = say("Two states: what ties them, how they vote, trade and meet, and what each calls it.")
    return Page(
        say("Two states"),
        lead=lead,
        sections=(Section("pairs", say("Choose two states"), (Sentence(say(_ORDER)),)),),
        template="explore.html.j2",
        shown={"names": names()},
    )


_ORDER = mark("The first state is the one the page speaks of; the second is its partner.")

ROUTES = (
    Route("/states", "States", all_states),
    Route("/organisations", "Organisations", all_organisations, (), _fields),
    Route(
        "/pairs",
        "Two states",
        pairs,
        (),
        lambda path: (
            Field("a", say("First state"), "state"),
            Field("b", say("Second state"), "state"),
        ),
    ),
)

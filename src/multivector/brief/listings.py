"""Listings: every state of today and every organisation by name, in the language's own order."""

from __future__ import annotations

import polars as pl

from multivector.content.inquiry import Inquiry, cited, club
from multivector.content.model import Row, Section
from multivector.content.tables import filled, heads, table
from multivector.measures.clubs import latest_year, seats
from multivector.names import organisations, states
from multivector.words import language, mark, say
from multivector.words.alphabet import initial, order

__all__ = ["field_name", "fields", "organisation_list", "state_list"]

_FIELDS = {
    "cultural": mark("cultural"),
    "economic": mark("economic"),
    "financial": mark("financial"),
    "general": mark("general"),
    "political": mark("political"),
    "security": mark("security"),
}


def field_name(code: str) -> str:
    """Return an organisation's field in words."""
    return say(_FIELDS.get(code, code))


def state_list() -> Section:
    """Return the members and observer states of the United Nations by name."""
    named = sorted(((states.name(c, language()), c) for c in states.today()), key=_by_name)
    rows = tuple(
        Row({"name": name, "code": code, "letter": initial(name), "href": f"/states/{code}"})
        for name, code in named
    )
    columns = heads(name=say("State"), code=say("Code"))
    made = table("states", say("States by name"), columns, rows)
    return Section("states", say("States of today"), (), (), (made,))


def organisation_list(inquiry: Inquiry, *, field: str | None = None) -> Section:
    """Return the organisations by name: life, field and how many full members they have.

    Parameters
    ----------
    inquiry : Inquiry
        The question, which has the workspace.
    field : str, optional
        Only those of a field, such as security.
    """
    chosen = inquiry.table("organisations")
    found = organisations.table() if chosen is None else chosen.frame
    sizes, year = _sizes(inquiry)
    own = found if field is None else found.filter(pl.col("field") == field)
    rows = filled(
        own,
        ("founded", "dissolved"),
        cited,
        name=lambda row: organisations.name(row["organisation"], language()),
        short=lambda row: club(row["organisation"]),
        field=lambda row: field_name(row["field"]),
        members=lambda row: sizes.get(row["organisation"]),
        href=lambda row: f"/organisations/{row['organisation']}",
    )
    rows.sort(key=lambda row: order(str(row.cells["name"])))
    columns = heads(
        "name",
        short=say("Abbreviation"),
        field=say("Field"),
        founded=(say("Founded"), "date"),
        dissolved=(say("Dissolved"), "date"),
        members=(say("Full members"), "integer"),
    )
    note = "" if year is None else say("Full members as of {year}.", year=year)
    made = table("organisations", say("Organisations by name"), columns, rows, note)
    return Section("organisations", say("Organisations"), (), (), (made,))


def fields() -> tuple[str, ...]:
    """Return the fields organisations have, sorted."""
    return tuple(sorted(organisations.table()["field"].unique()))


def _by_name(pair: tuple[str, str]) -> tuple[tuple[int, str], ...]:
    return order(pair[0])


def _sizes(inquiry: Inquiry) -> tuple[dict[str, int], int | None]:
    chosen = inquiry.table("memberships")
    year = None if chosen is None else latest_year(chosen.frame)
    if chosen is None or year is None:
        return {}, None
    held = seats(chosen.frame, year).group_by("organisation").agg(n=pl.len())
    return dict(held.iter_rows()), year

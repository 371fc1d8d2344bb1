"""Cohesion: how alike the members of an organisation vote."""

from __future__ import annotations

from typing import Any

import polars as pl

from multivector.brief.seats import members_of
from multivector.content import charts
from multivector.content.draft import Draft, empty, part
from multivector.content.inquiry import Answer, Inquiry
from multivector.content.model import Chart, Cite, Fact, Part, Sentence, Table
from multivector.content.tables import filled, heads, table
from multivector.words import say
from multivector.words.figures import number, percent

__all__ = ["cohesion"]

_TOP = 40
_SHARED = 20
"""Roll calls a pair must share in a year for its agreement to count."""


def cohesion(inquiry: Inquiry) -> Part:
    """Return the section on how alike the members vote, and the headline's fact."""
    code, draft = inquiry.organisation, Draft()
    spread = inquiry.compute("vote_spread", organisation=code)
    centre = inquiry.compute("vote_spread", organisation=code, measure="centre")
    agree = inquiry.compute("cohesion", organisation=code, min_shared=_SHARED)
    shown = inquiry.known(spread)
    if spread is None or shown is None:
        what = say("How alike the members of {organisation} vote", organisation=inquiry.name)
        why = say("two members with votes in one year are not in the data")
        inquiry.miss(what, why, "multivector --study DIR data add UNVotes.csv")
        return empty(why)
    draft.add(_spread(spread, shown), _agreement(inquiry, agree), _centre(inquiry, centre))
    positions = _positions(inquiry, int(str(shown["year"].max())))
    if positions is not None:
        draft.add(positions)
        if len(positions.rows) <= _TOP:
            draft.add(charts.ranking("positions", positions.caption, positions, "value", "number"))
    return draft.part()


def _line(
    name: str, titles: tuple[str, str], answer: Answer, rows: pl.DataFrame, unit: str, **more: Any
) -> Chart | None:
    """Return a measure of the members by year, with its title and text; null for one year."""
    if rows.height < 2:
        return None
    line = charts.line(rows["organisation"][0], say("members"), rows)
    return charts.lines(name, *titles, [line], unit, answer.group_cites(), **more)


def _spread(answer: Answer, rows: pl.DataFrame) -> Part:
    first, last = rows.row(0, named=True), rows.row(-1, named=True)
    cites, year = answer.group_cites(last["year"]), last["year"]
    value, low, high = (number(last[key], 2) for key in ("value", "low", "high"))
    text = say(
        "Ideal points of the members in {year}: {value} times as far apart as those of all states "
        "(90% interval {low} to {high}; {n} members).",
        year=year,
        value=value,
        low=low,
        high=high,
        n=last["n"],
    )
    if first["year"] != year:
        then = number(first["value"], 2)
        text = f"{text} {say('In {year}: {value} times.', year=first['year'], value=then)}"
    detail = say("{year}, all states = 1; {low} to {high}", year=year, low=low, high=high)
    title = say("Spread of the members' votes; all states = 1")
    drawn = say(
        "How far apart the members' ideal points are, in relation to all states, {first} to "
        "{last}; the newest {value}.",
        first=first["year"],
        last=year,
        value=value,
    )
    return part(
        Sentence(text, cites),
        Fact(say("Spread of votes"), value, detail, cites),
        _line("vote-spread", (title, drawn), answer, rows, "number", reference=1.0),
    )


def _agreement(inquiry: Inquiry, answer: Answer | None) -> Part | None:
    rows = inquiry.known(answer)
    if answer is None or rows is None:
        return None
    first, last = rows.row(0, named=True), rows.row(-1, named=True)
    held, share = len(members_of(inquiry, last["year"])), percent(last["value"])
    text = say(
        "Pairs of members chose the same on {share} of the roll calls of {year} on average "
        "({n} of {pairs} pairs: those whose joint votes are at hand).",
        share=share,
        year=last["year"],
        n=last["n"],
        pairs=held * (held - 1) // 2,
    )
    drawn = say(
        "Mean share of roll calls on which two members chose the same, {first} to {last}; the "
        "newest {value}.",
        first=first["year"],
        last=last["year"],
        value=share,
    )
    title = say("Same vote, mean of the members' pairs")
    chart = _line("cohesion", (title, drawn), answer, rows, "share")
    return part(Sentence(text, answer.group_cites(last["year"])), chart)


def _centre(inquiry: Inquiry, answer: Answer | None) -> Sentence | None:
    rows = inquiry.known(answer)
    if answer is None or rows is None:
        return None
    last = rows.row(-1, named=True)
    text = say(
        "Mean ideal point of the members in {year}: {value} (90% interval {low} to {high}; the "
        "mean of all states and years is 0).",
        year=last["year"],
        **{key: number(last[key]) for key in ("value", "low", "high")},
    )
    return Sentence(text, answer.group_cites(last["year"]))


def _positions(inquiry: Inquiry, year: int) -> Table | None:
    chosen = inquiry.table("ideal_points")
    if chosen is None:
        return None
    own = members_of(inquiry, year)
    shown = [*own, *(p.pole for p in inquiry.pole_states if p.pole not in own)]
    frame = chosen.frame.filter(pl.col("state").is_in(shown) & (pl.col("year") == year))
    columns = heads(
        "state code",
        value=(say("Ideal point"), "signed"),
        low=(say("Low"), "signed"),
        high=(say("High"), "signed"),
        n=(say("Roll calls"), "integer"),
        role=say("In the organisation"),
    )
    rows = filled(
        frame.sort("value", "state"),
        columns,
        lambda row: Cite(row["source"], say("session {n}", n=row["session"]), str(year)),
        role=lambda row: say("member") if row["state"] in own else say("pole"),
    )
    caption = say("Ideal points of the members, {year}", year=year)
    note = say("Positions in UN votes; low and high are the 5% and 95% quantiles.")
    return table("positions", caption, columns, rows, note, folded=True) if rows else None

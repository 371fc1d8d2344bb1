"""Voters: the years votes are compared in, whom of all states one votes most like, what is lost.

A superlative needs the world: the nearest of five poles is not whom a state votes with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from multivector.content.draft import part
from multivector.content.inquiry import Inquiry, label
from multivector.content.model import Cite, Fact, Part, Sentence, Statement
from multivector.measures.neighbours import LEAST
from multivector.sources._un_votes import lost_votes
from multivector.words import many, say
from multivector.words.figures import day, listing, percent

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["LEAST", "Span", "ends", "firm", "last_year", "lost", "nearest", "window"]

Span = tuple[int, int]
_WINDOW = 5
_NAMED = 3


def last_year(inquiry: Inquiry) -> int | None:
    """Return the last full year of votes up to the year asked for; null if there is none.

    A year is full with enough roll calls for a share of them: 2024 has six. It is the same for a
    state and a pair, and not later than the last votes of either.
    """
    chosen = inquiry.table("rollcalls") or inquiry.table("vote_totals")
    own = [_own_last(inquiry, state) for state in (inquiry.state, inquiry.partner) if state]
    if chosen is None or not all(own):
        return None
    frame = inquiry.until(chosen.frame)
    if "rollcall" in frame.columns:
        calls = frame.group_by("year").agg(n=pl.col("rollcall").n_unique())
    else:
        whole = frame.filter(pl.col("universe") == "all", pl.col("issue") == "all")
        cast = pl.sum_horizontal("yes", "abstain", "no", "absent")
        calls = whole.group_by("year").agg(n=cast.max())
    until = min(year for year in own if year is not None)
    full = calls.filter(pl.col("n") >= LEAST, pl.col("year") <= until)
    return int(str(full["year"].max())) if full.height else None


def _own_last(inquiry: Inquiry, state: str) -> int | None:
    """Return the last year up to the one asked for with votes of a state beside others."""
    for name, columns in (("votes", ("state",)), ("joint_votes", ("state", "pole"))):
        chosen = inquiry.table(name, of=state)
        if chosen is None:
            continue
        rows = inquiry.until(chosen.frame.filter(pl.any_horizontal(pl.col(columns) == state)))
        if rows.height:
            return int(str(rows["year"].max()))
    return None


def window(last: int) -> Span:
    """Return the newest five years."""
    return last - _WINDOW + 1, last


def ends(years: Span) -> dict[str, int]:
    """Return the first and the last of some years, as sentences name them."""
    return {"first": years[0], "last": years[1]}


def firm(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows by year without the last ones that rest on too few roll calls to end a line.

    Examples
    --------
    >>> rows = pl.DataFrame({"year": [2021, 2022, 2023], "n": [12, 80, 7]})
    >>> firm(rows)["year"].to_list()
    [2021, 2022]
    """
    enough = rows.filter(pl.col("n") >= LEAST)
    return rows.filter(pl.col("year") <= enough["year"].max()) if enough.height else rows.clear()


def nearest(inquiry: Inquiry, last: int) -> Part | None:
    """Return whom of all states the state voted most like, with the headline's fact."""
    years = window(last)
    answer = inquiry.compute("nearest_voters", state=inquiry.state, years=years, most=_NAMED)
    rows = [] if answer is None else answer.frame.filter(pl.col("side") == "nearest").to_dicts()
    if answer is None or not rows:
        what = say("Whom of all states {state} votes most like", state=inquiry.name)
        why = say(
            "fewer than two states have {n} roll calls in common with it in {first} to {last}",
            n=LEAST,
            **ends(years),
        )
        inquiry.miss(what, why)
        return None
    cites = answer.cites(f"{years[0]}/{years[1]}")
    compared = many(rows[0]["of"], "of {n} state compared", "of {n} states compared")
    named = [
        say(
            "{state} ({share} of {n} common roll calls)",
            state=label(row["partner"]),
            share=percent(row["value"]),
            n=row["n"],
        )
        for row in rows
    ]
    text = say(
        "In the General Assembly, {first} to {last}, {state} voted most like {others}; {compared}.",
        **ends(years),
        state=inquiry.name,
        others=listing(named),
        compared=compared,
    )
    among = f"states:{rows[0]['of']}"
    n = min(row["n"] for row in rows)
    stated = Statement.of("rank", cites, n=n, years=years, among=among)
    # A headline has room for one; the sentence names three.
    shown = f"{label(rows[0]['partner'])} {percent(rows[0]['value'])}"
    detail = say("same vote, {first}–{last}, {compared}", compared=compared, **ends(years))
    fact = Fact(say("General Assembly votes most like"), shown, detail, cites)
    return part(Sentence(text, cites, stated), fact)


def lost(inquiry: Inquiry, years: Span, states: Iterable[str], release: str) -> list[Sentence]:
    """Return which votes of some states in some years are lost in the data: unknown, not absent."""
    said = []
    wanted = list(dict.fromkeys(states))
    for row in lost_votes().filter(pl.col("state").is_in(wanted)).iter_rows(named=True):
        if not (int(row["first"][:4]) <= years[1] and years[0] <= int(row["last"][:4])):
            continue
        cites = (Cite(release, None, f"{row['first']}/{row['last']}"),)
        text = say(
            "Votes of {state} from {first} to {last} are unknown, not absences: the producer of "
            "the data lost them; figures that touch this time rest on the other roll calls.",
            state=label(row["state"]),
            first=day(row["first"]),
            last=day(row["last"]),
        )
        said.append(Sentence(text, cites, Statement.of("absence", cites, years=years)))
    return said

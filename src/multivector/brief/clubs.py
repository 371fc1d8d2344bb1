"""Clubs: where a state sits, since when, and with which poles it shares its seats."""

from __future__ import annotations

from typing import Any

import polars as pl

from multivector.content.inquiry import Inquiry, club, merge
from multivector.content.model import Chart, Cite, Column, Fact, Row, Section, Sentence, Table
from multivector.measures.clubs import latest_year, pole_seats
from multivector.words import language, many, say
from multivector.words.figures import day, listing, number, percent
from multivector.words.figures import status as word

_SEATED = ("founding_member", "member", "associate", "observer", "dialogue_partner", "partner")
_FULL = ("founding_member", "member")


def seats_of(inquiry: Inquiry) -> set[str]:
    """Return the organisations of which the state is a full member."""
    spells = _spells(inquiry)
    if spells is None:
        return set()
    now = _current(spells, _year(inquiry, spells))
    return set(now.filter(pl.col("status").is_in(_FULL))["organisation"])


def statuses_of(inquiry: Inquiry) -> dict[str, str]:
    """Return the organisations in which the state sits, each with its highest status."""
    spells = _spells(inquiry)
    if spells is None:
        return {}
    now = _current(spells, _year(inquiry, spells))
    held: dict[str, str] = {}
    for organisation, status in now.select("organisation", "status").iter_rows():
        plain = "member" if status in _FULL else status
        if held.get(organisation) != "member":
            held[organisation] = plain
    return dict(sorted(held.items()))


def clubs(inquiry: Inquiry) -> tuple[Section, tuple[Fact, ...]]:
    """Return the section on organisations and the headline's fact."""
    spells = _spells(inquiry)
    if spells is None or spells.is_empty():
        what = say("Memberships of {state}", state=inquiry.name)
        inquiry.miss(what, say("the table of memberships has none"))
        text = say(
            "No seat of {state} in an organisation is in the table of memberships.",
            state=inquiry.name,
        )
        return Section("organisations", say("Organisations"), (Sentence(text),)), ()
    year = _year(inquiry, spells)
    now = _current(spells, year)
    names = _names(inquiry)
    full = now.filter(pl.col("status").is_in(_FULL))["organisation"].n_unique()
    held = many(full, "{n} full seat", "{n} full seats")
    fact = Fact(say("Seats"), held, say("{year}, of those in the table", year=year), _SEATS)
    sentences = [_told(inquiry, now, year, full), *_changes(spells, year)]
    matrix = _shared(inquiry, now, year, names)
    charts = [_timeline(inquiry, spells, year, names)]
    tables = [_seats_table(now, names)]
    if matrix is not None:
        shared, said, chart = matrix
        sentences += said
        tables = [shared, *tables]
        charts.append(chart)
    title = say("Organisations")
    return (
        Section("organisations", title, tuple(sentences), tuple(charts), tuple(tables)),
        (fact,),
    )


def _spells(inquiry: Inquiry) -> pl.DataFrame | None:
    chosen = inquiry.table("memberships")
    return None if chosen is None else chosen.frame.filter(pl.col("state") == inquiry.state)


def _year(inquiry: Inquiry, spells: pl.DataFrame) -> int:
    if inquiry.year is not None:
        return inquiry.year
    chosen = inquiry.table("memberships")
    newest = latest_year(spells if chosen is None else chosen.frame)
    return newest or 0


def _current(spells: pl.DataFrame, year: int) -> pl.DataFrame:
    """Return the spells that hold on the last day of the year."""
    start = pl.coalesce("start", "as_of").str.slice(0, 4).cast(pl.Int64)
    end = pl.col("end")
    lasts = end.is_null() | (
        end + pl.lit("-12-31").str.slice(end.str.len_chars() - 4) >= f"{year}-12-31"
    )
    return spells.filter(
        pl.col("status").is_in(_SEATED) & ((start <= year) | start.is_null()) & lasts
    ).sort("start", "organisation", nulls_last=True)


def _names(inquiry: Inquiry) -> dict[str, str]:
    chosen = inquiry.table("organisations")
    if chosen is None:
        return {}
    named = pl.coalesce(f"name_{language()}", "name_en")
    return dict(chosen.frame.select("organisation", named).iter_rows())


def _cite(row: dict[str, Any]) -> Cite:
    return Cite(row["source"], row["locator"], row["as_of"] or row["start"])


_SEATS = (Cite("table:seats"),)
"""For a statement about many seats: the table whose rows carry the sources."""


def _since(row: dict[str, Any]) -> str:
    return day(row["start"]) if row["start"] else "…"


def _told(inquiry: Inquiry, now: pl.DataFrame, year: int, full: int) -> Sentence:
    others = now.filter(~pl.col("status").is_in(_FULL))
    if inquiry.year:
        text = many(
            full,
            "At the end of {year} {state} holds {n} full seat in the organisations of the table",
            "At the end of {year} {state} holds {n} full seats in the organisations of the table",
            year=year,
            state=inquiry.name,
        )
    else:
        text = many(
            full,
            "As of {year} {state} holds {n} full seat in the organisations of the table",
            "As of {year} {state} holds {n} full seats in the organisations of the table",
            year=year,
            state=inquiry.name,
        )
    kinds = [
        say("{status} in {n}", status=word(status), n=n)
        for status, n in others.group_by("status").len().sort("status").iter_rows()
    ]
    if kinds:
        text += say("; besides it is listed as {statuses}", statuses=listing(kinds))
    return Sentence(f"{text}.", _SEATS)


def _changes(spells: pl.DataFrame, year: int) -> list[Sentence]:
    """Return what ended, and what was never taken up, up to the year."""
    ended = spells.filter(
        pl.col("end").is_not_null() & (pl.col("end").str.slice(0, 4).cast(pl.Int64) <= year)
    ).sort("end", "organisation")
    if ended.is_empty():
        return []
    told = [
        say(
            "{organisation} ({status}, {start} to {end})",
            organisation=club(row["organisation"]),
            status=word(row["status"]),
            start=_since(row),
            end=day(row["end"]),
        )
        for row in ended.iter_rows(named=True)
    ]
    cites = merge(_cite(row) for row in ended.iter_rows(named=True))
    return [Sentence(say("Ended: {seats}.", seats=listing(told, 8)), cites)]


def _seats_table(now: pl.DataFrame, names: dict[str, str]) -> Table:
    columns = (
        Column("organisation", say("Code")),
        Column("name", say("Organisation")),
        Column("status", say("Status")),
        Column("since", say("Since"), "date"),
        Column("as_of", say("As of"), "date"),
        Column("note", say("Note")),
    )
    rows = tuple(
        Row(
            {
                "organisation": row["organisation"],
                "name": names.get(row["organisation"], row["organisation"]),
                "status": word(row["status"]),
                "since": row["start"],
                "as_of": row["as_of"],
                "note": row["note"],
            },
            (_cite(row),),
        )
        for row in now.iter_rows(named=True)
    )
    note = say("No date under Since: the source lists the seat without saying since when.")
    return Table("seats", say("Seats and their sources"), columns, rows, note, folded=True)


def _timeline(inquiry: Inquiry, spells: pl.DataFrame, year: int, names: dict[str, str]) -> Chart:
    shown = spells.filter(pl.col("status").is_in([*_SEATED, "suspended", "candidate"]))
    bars: dict[str, list[dict[str, Any]]] = {}
    for row in shown.sort("start", "organisation", nulls_last=True).iter_rows(named=True):
        bar = {
            "status": word(row["status"]),
            "full": row["status"] in _FULL,
            "start": row["start"],
            "end": row["end"],
            "as_of": row["as_of"],
            "source": row["source"],
        }
        if row["start"] is None or int(row["start"][:4]) <= year:
            bars.setdefault(row["organisation"], []).append(bar)
    rows = [
        {"key": code, "label": club(code), "name": names.get(code, code), "bars": own}
        for code, own in bars.items()
    ]
    starts = [int(b["start"][:4]) for own in bars.values() for b in own if b["start"]]
    data = {"from": min([*starts, year - 10]), "to": year, "rows": rows}
    told = "; ".join(
        f"{club(code)} {', '.join(_spell(bar) for bar in own)}" for code, own in bars.items()
    )
    text = say("Seats of {state} through time: {seats}.", state=inquiry.name, seats=told)
    title = say("Seats through time")
    return Chart("seats-timeline", "timeline", title, text, data, _SEATS)


def _spell(bar: dict[str, Any]) -> str:
    start = day(bar["start"]) if bar["start"] else say("since a date not in hand")
    if bar["end"] is None:
        return f"{bar['status']} {start}"
    return say("{status} {start} to {end}", status=bar["status"], start=start, end=day(bar["end"]))


def _shared(
    inquiry: Inquiry, now: pl.DataFrame, year: int, names: dict[str, str]
) -> tuple[Table, list[Sentence], Chart] | None:
    chosen = inquiry.table("memberships")
    if chosen is None or not inquiry.poles:
        return None
    asked = {"poles": inquiry.pole_codes, "years": (year, year)}
    share = inquiry.compute("shared_seats", state=inquiry.state, **asked)
    number_of = inquiry.compute("shared_seats", state=inquiry.state, measure="count", **asked)
    overlap = inquiry.compute("membership_overlap", state=inquiry.state, years=(year, year))
    if share is None or number_of is None or overlap is None:
        return None
    jaccard = {
        (set(row) - {inquiry.state}).pop(): value
        for *row, value in overlap.frame.select("state_a", "state_b", "value").iter_rows()
    }
    parts = dict(_mine(share.frame, inquiry.state))
    counts = dict(_mine(number_of.frame, inquiry.state))
    rows = [
        Row(
            {
                "pole": pole.name,
                "code": pole.pole,
                "shared": counts.get(pole.pole),
                "share": parts.get(pole.pole),
                "jaccard": jaccard.get(pole.pole),
            },
            (share.cite, number_of.cite, overlap.cite),
        )
        for pole in inquiry.poles
    ]
    told = [_ranked(inquiry, rows, year)]
    return _shared_table(rows, year), told, _matrix(inquiry, chosen.frame, now, year, names)


def _shared_table(rows: list[Row], year: int) -> Table:
    columns = (
        Column("pole", say("Pole")),
        Column("code", say("Code")),
        Column("shared", say("Shared seats"), "number"),
        Column("share", say("Share of own seats"), "share"),
        Column("jaccard", say("Overlap (Jaccard)"), "number"),
    )
    note = say(
        "Full members only on the state's side. Jaccard: organisations with both as members over "
        "organisations with either; not defined for a pole that is an organisation. An "
        "organisation counts as sitting where at least half of its members sit."
    )
    caption = say("Seats shared with each pole, {year}", year=year)
    return Table("shared-seats", caption, columns, tuple(rows), note)


def _mine(frame: pl.DataFrame, state: str) -> list[tuple[str, float]]:
    own = frame.filter(pl.col("state") == state)
    return list(own.select("partner", "value").iter_rows())


def _ranked(inquiry: Inquiry, rows: list[Row], year: int) -> Sentence:
    known = [row for row in rows if row.cells["share"] is not None]
    known.sort(key=lambda row: (-float(str(row.cells["share"])), str(row.cells["code"])))
    told = [
        say(
            "{pole} in {n} ({share})",
            pole=row.cells["pole"],
            n=number(float(str(row.cells["shared"]))),
            share=percent(float(str(row.cells["share"]))),
        )
        for row in known
    ]
    cites = merge(cite for row in known for cite in row.cites)
    if not told:
        text = say(
            "No full seat of {state} in {year} is in the table.", state=inquiry.name, year=year
        )
        return Sentence(text, cites)
    text = say(
        "Of its full seats {state} shares: {poles}.", state=inquiry.name, poles=listing(told)
    )
    return Sentence(text, cites)


def _matrix(
    inquiry: Inquiry, memberships: pl.DataFrame, now: pl.DataFrame, year: int, names: dict[str, str]
) -> Chart:
    known = {*memberships["state"].unique(), *memberships["organisation"].unique()}
    poles = [pole for pole in inquiry.pole_codes if pole in known]
    there = set(pole_seats(memberships, year, poles=tuple(poles)).iter_rows()) if poles else set()
    rows = [
        {
            "key": row["organisation"],
            "label": club(row["organisation"]),
            "name": names.get(row["organisation"], row["organisation"]),
            "status": word(row["status"]),
            "there": [(row["organisation"], pole) in there for pole in poles],
        }
        for row in now.unique("organisation", keep="first", maintain_order=True).to_dicts()
    ]
    rows.sort(key=lambda row: (sum(row["there"]), row["key"]))
    alone = [row["key"] for row in rows if not any(row["there"])]
    text = say(
        "Which poles sit, at any level, where {state} sits, {year}.", state=inquiry.name, year=year
    )
    if alone:
        names_alone = listing([club(code) for code in alone])
        text += " " + say("Without any pole: {organisations}.", organisations=names_alone)
    cites = _SEATS
    data = {"poles": poles, "rows": rows}
    return Chart("pole-matrix", "matrix", say("The same tables as the poles"), text, data, cites)

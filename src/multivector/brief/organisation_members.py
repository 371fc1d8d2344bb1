"""An organisation: what it is, and who has sat in it how, through time."""

from __future__ import annotations

from typing import Any

import polars as pl

from multivector.content.inquiry import Inquiry, club, label, merge
from multivector.content.model import Chart, Cite, Column, Fact, Row, Section, Sentence, Table
from multivector.measures.clubs import FULL, Weights, latest_year, members_by_year, seats
from multivector.names import organisations
from multivector.words import language, many, mark, say
from multivector.words.figures import day, listing, sentence_case
from multivector.words.figures import status as word

__all__ = ["about", "entry", "members", "members_of", "nothing", "spells_of", "year_of"]

_FIELDS = {
    "general": mark("general"),
    "political": mark("political"),
    "economic": mark("economic"),
    "financial": mark("financial"),
    "security": mark("security"),
    "cultural": mark("cultural"),
}
_TONGUES = {
    "en": mark("English"),
    "tr": mark("Turkish"),
    "ru": mark("Russian"),
    "kk": mark("Kazakh"),
}
_NAMED = 12
_ROWS = 70
_OPEN = 15
_SPELLS = (Cite("table:members"),)
"""For a statement about many spells: the table whose rows carry the sources."""


def entry(inquiry: Inquiry) -> dict[str, Any]:
    """Return the organisation's row of the table of organisations."""
    code = str(inquiry.organisation)
    chosen = inquiry.table("organisations")
    table = organisations.table() if chosen is None else chosen.frame
    found = table.filter(pl.col("organisation") == code)
    if found.is_empty():
        found = organisations.table().filter(pl.col("organisation") == code)
    return found.row(0, named=True)


def spells_of(inquiry: Inquiry) -> pl.DataFrame:
    """Return the organisation's spells of status, up to the year asked for."""
    chosen = inquiry.table("memberships")
    if chosen is None:
        return organisations.members(str(inquiry.organisation)).clear()
    own = chosen.frame.filter(pl.col("organisation") == inquiry.organisation)
    if inquiry.year is not None:
        begun = pl.coalesce("start", "as_of").str.slice(0, 4).cast(pl.Int64) <= inquiry.year
        own = own.filter(begun.fill_null(value=True))
    return own.sort("state", "start", "status", nulls_last=True)


def year_of(inquiry: Inquiry) -> int:
    """Return the year the brief speaks of: asked for, the newest, or the last with members."""
    chosen = inquiry.table("memberships")
    newest = None if chosen is None else latest_year(chosen.frame)
    year = inquiry.year or newest or 0
    dissolved = entry(inquiry)["dissolved"]
    return year if dissolved is None else min(year, int(dissolved[:4]) - 1)


def members_of(inquiry: Inquiry, year: int) -> list[str]:
    """Return the full members on the last day of a year."""
    return seats(spells_of(inquiry), year)["state"].to_list()


def nothing(name: str, title: str, why: str) -> Section:
    """Return a section that says only why it is empty."""
    return Section(name, title, notes=(sentence_case(f"{why}."),))


# --- what it is


def about(inquiry: Inquiry) -> tuple[Section, tuple[Fact, ...]]:
    """Return the section on what the organisation is, and the headline's facts."""
    row, year = entry(inquiry), year_of(inquiry)
    cite = Cite(row["source"], row["locator"], row["founded"])
    held = members_of(inquiry, year)
    number = many(len(held), "{n} full member", "{n} full members")
    sentences = [_founded(inquiry, row, cite), *_line(row, cite), _members(held, year)]
    founded = day(row["founded"])
    facts = (
        Fact(say("Founded"), founded, say(_FIELDS.get(row["field"], row["field"])), (cite,)),
        Fact(say("Members"), number, say("{year}, of those in the table", year=year), _SPELLS),
    )
    section = Section("about", say("What it is"), tuple(sentences), (), (_names(row, cite),))
    return section, facts


def _founded(inquiry: Inquiry, row: dict[str, Any], cite: Cite) -> Sentence:
    told = {
        "organisation": inquiry.name,
        "short": club(row["organisation"]),
        "date": day(row["founded"]),
        "field": say(_FIELDS.get(row["field"], row["field"])),
    }
    if row["dissolved"] is None:
        text = say("{organisation} ({short}): founded {date}; field: {field}.", **told)
    else:
        text = say(
            "{organisation} ({short}): founded {date}, dissolved {end}; field: {field}.",
            **told,
            end=day(row["dissolved"]),
        )
    return Sentence(text, (cite,))


def _line(row: dict[str, Any], cite: Cite) -> list[Sentence]:
    """Return what came before and after it."""
    found = []
    if row["predecessor"]:
        text = say("It goes back to: {organisations}.", organisations=_clubs(row["predecessor"]))
        found.append(Sentence(text, (cite,)))
    if row["successor"]:
        text = say("It was followed by: {organisations}.", organisations=_clubs(row["successor"]))
        found.append(Sentence(text, (cite,)))
    return found


def _clubs(codes: str) -> str:
    known = organisations.codes()
    return listing(
        [
            f"{organisations.name(code, language())} ({club(code)})" if code in known else code
            for code in codes.split(";")
        ]
    )


def _members(held: list[str], year: int) -> Sentence:
    if not held:
        text = say("The table of memberships has no full member of it in {year}.", year=year)
        return Sentence(text, _SPELLS)
    text = many(
        len(held),
        "{n} full member in {year}: {states}.",
        "{n} full members in {year}: {states}.",
        year=year,
        states=listing(sorted(map(label, held)), _NAMED),
    )
    return Sentence(text, _SPELLS)


def _names(row: dict[str, Any], cite: Cite) -> Table:
    columns = (
        Column("language", say("Language")),
        Column("name", say("Name")),
        Column("short", say("Abbreviation")),
    )
    rows = tuple(
        Row(
            {
                "language": say(tongue),
                "name": row[f"name_{code}"],
                "short": row[f"short_{code}"],
            },
            (cite,),
        )
        for code, tongue in _TONGUES.items()
        if row[f"name_{code}"]
    )
    return Table("names", say("Names"), columns, rows)


# --- who sits in it


def members(inquiry: Inquiry) -> tuple[Section, tuple[Fact, ...]]:
    """Return the section on members and their statuses through time."""
    spells, year = spells_of(inquiry), year_of(inquiry)
    title = say("Members")
    if spells.is_empty():
        what = say("Members of {organisation}", organisation=inquiry.name)
        inquiry.miss(what, say("the table of memberships has none"))
        text = say("No member of {organisation} is in the table.", organisation=inquiry.name)
        return Section("members", title, (Sentence(text),)), ()
    counts = _counts(inquiry, spells, year)
    sentences = [_grown(counts), *_founders(spells), *_statuses(spells, year)]
    sentences += _ended(spells, year)
    charts = [counts]
    if spells["state"].n_unique() <= _ROWS:
        charts.insert(0, _timeline(inquiry, spells, year))
    table = _table(inquiry, spells)
    return Section("members", title, tuple(sentences), tuple(charts), (table,)), ()


def _cite(row: dict[str, Any]) -> Cite:
    return Cite(row["source"], row["locator"], row["start"])


def _said(spells: pl.DataFrame, text: str) -> Sentence:
    return Sentence(text, merge(_cite(row) for row in spells.iter_rows(named=True)))


def _grown(counts: Chart) -> Sentence:
    points = counts.data["lines"][0]["points"]
    text = say(
        "Full members: {start} in {first}, {end} in {last}.",
        start=int(points[0]["y"]),
        first=points[0]["x"],
        end=int(points[-1]["y"]),
        last=points[-1]["x"],
    )
    return Sentence(text, counts.cites)


def _founders(spells: pl.DataFrame) -> list[Sentence]:
    found = spells.filter(pl.col("status") == "founding_member")
    if found.is_empty():
        return []
    names = sorted({label(state) for state in found["state"]})
    text = many(
        len(names),
        "{n} founding member: {states}.",
        "{n} founding members: {states}.",
        states=listing(names, _NAMED),
    )
    return [_said(found, text)]


def _statuses(spells: pl.DataFrame, year: int) -> list[Sentence]:
    """Return who stands beside the full members at the end of the year."""
    end = pl.col("end")
    day_of = end + pl.lit("-12-31").str.slice(end.str.len_chars() - 4)
    begun = pl.coalesce("start", "as_of").str.slice(0, 4).cast(pl.Int64) <= year
    now = spells.filter(
        ~pl.col("status").is_in([*FULL, "withdrew", "refused"])
        & begun.fill_null(value=True)
        & (end.is_null() | (day_of >= f"{year}-12-31"))
    )
    told = []
    for status in now["status"].unique().sort().to_list():
        own = now.filter(pl.col("status") == status)
        names = listing(sorted({label(state) for state in own["state"]}), _NAMED)
        text = say("{status} in {year}: {states}.", status=word(status), year=year, states=names)
        told.append(_said(own, sentence_case(text)))
    return told


def _ended(spells: pl.DataFrame, year: int) -> list[Sentence]:
    full = spells.filter(
        pl.col("status").is_in(FULL) & (pl.col("end").str.slice(0, 4).cast(pl.Int64) <= year)
    ).sort("end", "state")
    still = set(seats(spells, year)["state"])
    left = full.filter(~pl.col("state").is_in(list(still)))
    if left.is_empty() or not still:
        return []
    told = [f"{label(row['state'])} ({day(row['end'])})" for row in left.iter_rows(named=True)]
    text = say("Full members no more: {states}.", states=listing(told, 8))
    return [_said(left, text)]


def _timeline(inquiry: Inquiry, spells: pl.DataFrame, year: int) -> Chart:
    bars: dict[str, list[dict[str, Any]]] = {}
    shown = spells.filter(~pl.col("status").is_in(["withdrew", "refused"]))
    for row in shown.sort("start", "state", nulls_last=True).iter_rows(named=True):
        if row["start"] is None or int(row["start"][:4]) <= year:
            bar = {key: row[key] for key in ("start", "end", "as_of", "source")}
            own = {"status": word(row["status"]), "full": row["status"] in FULL}
            bars.setdefault(row["state"], []).append({**bar, **own})
    rows = [
        {"key": state, "label": label(state), "name": label(state), "bars": own}
        for state, own in bars.items()
    ]
    starts = [int(bar["start"][:4]) for own in bars.values() for bar in own if bar["start"]]
    data = {"from": min([*starts, year - 5]), "to": year, "rows": rows}
    told = "; ".join(f"{label(state)} {', '.join(map(_bar, own))}" for state, own in bars.items())
    text = say(
        "Statuses in {organisation} through time: {states}.", organisation=inquiry.name, states=told
    )
    return Chart("members-timeline", "timeline", say("Members through time"), text, data, _SPELLS)


def _bar(bar: dict[str, Any]) -> str:
    start = day(bar["start"]) if bar["start"] else say("since a date not in hand")
    if bar["end"] is None:
        return f"{bar['status']} {start}"
    return say("{status} {start} to {end}", status=bar["status"], start=start, end=day(bar["end"]))


def _counts(inquiry: Inquiry, spells: pl.DataFrame, year: int) -> Chart:
    """Return how many full members, and how many at the table at any level, year by year."""
    starts = [int(start[:4]) for start in spells["start"].drop_nulls()]
    founded = entry(inquiry)["founded"]
    first = min([int(founded[:4])] if founded else [*starts, year])
    years = range(min(max(first, year - 80), year), year + 1)
    kinds: tuple[tuple[Weights, str], ...] = (
        ("members", say("full members")),
        ("levels", say("with any status")),
    )
    lines: list[dict[str, Any]] = []
    for weights, name in kinds:
        held = members_by_year(spells, str(inquiry.organisation), years, weights=weights)
        points = [{"x": y, "y": float(len(held[y])), "low": None, "high": None} for y in years]
        lines.append({"key": weights, "label": name, "points": points})
    if all(a["y"] == b["y"] for a, b in zip(lines[0]["points"], lines[1]["points"], strict=True)):
        lines = lines[:1]
    data = {"from": years[0], "to": years[-1], "unit": "number", "lines": lines}
    ends = [f"{line['label']} {line['points'][-1]['y']:.0f}" for line in lines]
    text = say(
        "Number of members, {first} to {last}; at the end: {numbers}.",
        first=years[0],
        last=years[-1],
        numbers=listing(ends),
    )
    return Chart("members-count", "lines", say("How many"), text, data, _SPELLS)


def _table(inquiry: Inquiry, spells: pl.DataFrame) -> Table:
    columns = (
        Column("state", say("State")),
        Column("code", say("Code")),
        Column("status", say("Status")),
        Column("start", say("From"), "date"),
        Column("end", say("To"), "date"),
        Column("as_of", say("As of"), "date"),
        Column("note", say("Note")),
    )
    rows = tuple(
        Row(
            {
                "state": label(row["state"]),
                "code": row["state"],
                "status": word(row["status"]),
                **{key: row[key] for key in ("start", "end", "as_of", "note")},
            },
            (_cite(row),),
        )
        for row in spells.iter_rows(named=True)
    )
    caption = say("Statuses in {organisation} and their sources", organisation=inquiry.name)
    note = say("No date under From: the source lists the status without saying since when.")
    return Table("members", caption, columns, rows, note, folded=len(rows) > _OPEN)

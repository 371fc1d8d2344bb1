"""Seats: where a state sits, and who sits in an organisation, since when and beside whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from multivector.content import charts
from multivector.content.draft import Draft, part
from multivector.content.inquiry import Inquiry, cited, club, label, merge
from multivector.content.model import (
    Chart,
    Cite,
    Fact,
    Part,
    PoleFigure,
    Row,
    Sentence,
    Statement,
    Table,
)
from multivector.content.tables import figure, filled, heads, known, pick, table
from multivector.measures.clubs import (
    FULL,
    LEVELS,
    Weights,
    latest_year,
    members_by_year,
    pole_seats,
)
from multivector.measures.clubs import seats as seated
from multivector.names import organisations
from multivector.names.spells import SEATS
from multivector.words import language, many, say
from multivector.words.figures import day, listing, number, percent, sentence_case
from multivector.words.figures import status as word

__all__ = [
    "entry",
    "members_of",
    "names_of",
    "seats",
    "seats_of",
    "spells_of",
    "statuses_of",
    "year_of",
]

_NAMED = 12
_ROWS = 70
_OPEN = 15
_NEVER = ("withdrew", "refused")
_WAITING = ("candidate", "suspended")
_TOLD = pl.col("confirmed").fill_null(value=True)
"""Spells whose dates a source gives, or that are listed; not those of a prior alone."""
_SEATS = (Cite("table:seats"),)
_SPELLS = (Cite("table:members"),)
"""For a statement about many seats or spells: the table whose rows carry the sources."""


def seats(inquiry: Inquiry) -> Part:
    """Return the section on the seats of a state, or on the members of an organisation."""
    draft = _of_organisation(inquiry) if inquiry.kind == "organisation" else _of_state(inquiry)
    return draft.part()


# --- who sits when


def entry(inquiry: Inquiry) -> dict[str, Any]:
    """Return the organisation's row of the table of organisations."""
    own = pl.col("organisation") == inquiry.organisation
    chosen = inquiry.table("organisations")
    found = organisations.table().filter(own) if chosen is None else chosen.frame.filter(own)
    return (organisations.table().filter(own) if found.is_empty() else found).row(0, named=True)


def year_of(inquiry: Inquiry) -> int:
    """Return the year spoken of: asked for, the newest, or the last in which there are members.

    Of an organisation the newest is that of its own list, not of another one's.
    """
    chosen = inquiry.table("memberships")
    frame = None if chosen is None else chosen.frame
    if frame is not None and inquiry.kind == "organisation":
        own = frame.filter(pl.col("organisation") == inquiry.organisation)
        frame = frame if own["as_of"].drop_nulls().is_empty() else own
    newest = None if frame is None else latest_year(frame)
    year = inquiry.year or newest or 0
    dissolved = entry(inquiry)["dissolved"] if inquiry.kind == "organisation" else None
    return year if dissolved is None else min(year, int(dissolved[:4]) - 1)


def spells_of(inquiry: Inquiry) -> pl.DataFrame:
    """Return the spells of status of a state, or of an organisation up to the year asked for.

    A seat in an organ is not told beside that in its organisation.
    """
    chosen = inquiry.table("memberships")
    if chosen is None:
        return organisations.members("UN").clear()
    if inquiry.kind != "organisation":
        return organisations.bodies(chosen.frame.filter(pl.col("state") == inquiry.state))
    own = chosen.frame.filter(pl.col("organisation") == inquiry.organisation)
    own = own if inquiry.year is None else own.filter(SEATS.begun(inquiry.year))
    return own.sort("state", "start", "status", nulls_last=True)


def members_of(inquiry: Inquiry, year: int) -> list[str]:
    """Return the full members on the last day of a year."""
    return seated(spells_of(inquiry), year)["state"].to_list()


def seats_of(inquiry: Inquiry) -> set[str]:
    """Return the organisations of which the state is a full member."""
    return {code for code, status in statuses_of(inquiry).items() if status == "member"}


def statuses_of(inquiry: Inquiry) -> dict[str, str]:
    """Return the organisations in which the state sits, each with its highest status."""
    now = _current(spells_of(inquiry), year_of(inquiry))
    held: dict[str, str] = {}
    for organisation, status in now.select("organisation", "status").iter_rows():
        if held.get(organisation) != "member":
            held[organisation] = "member" if status in FULL else status
    return dict(sorted(held.items()))


def names_of(inquiry: Inquiry) -> dict[str, str]:
    """Return the organisations' names by code."""
    chosen = inquiry.table("organisations")
    if chosen is None:
        return {}
    named = pl.coalesce(f"name_{language()}", "name_en")
    return dict(chosen.frame.select("organisation", named).iter_rows())


def _current(spells: pl.DataFrame, year: int) -> pl.DataFrame:
    """Return the spells with a seat that hold on the last day of the year."""
    held = pl.col("status").is_in(list(LEVELS)) & SEATS.on(year)
    return spells.filter(held).sort("start", "organisation", nulls_last=True)


def _ended(spells: pl.DataFrame, year: int, by: str) -> pl.DataFrame:
    """Return what ended, without what one prior alone says ended, and absences that ended."""
    told = SEATS.ended(year) & _TOLD & ~pl.col("status").is_in(_NEVER)
    return spells.filter(told).sort("end", by)


def _dated(row: dict[str, Any], by: str) -> dict[str, Any]:
    """Return no start for a seat that a prior alone dates: the table of seats has none either."""
    return {"start": None} if by == "organisation" and row["confirmed"] is False else {}


def _timeline(
    name: str,
    title: str,
    form: Callable[[str], str],
    spells: pl.DataFrame,
    by: str,
    named: Callable[[str], tuple[str, str]],
    span: tuple[int, int],
) -> Chart:
    """Return the spells begun by the span's last year as a timeline, a row each value of ``by``."""
    bars: dict[str, list[dict[str, Any]]] = {}
    cites = list(_SEATS if by == "organisation" else _SPELLS)
    for row in spells.sort("start", by, nulls_last=True).iter_rows(named=True):
        if row["start"] is None or int(row["start"][:4]) <= span[1]:
            held = row["end"] is None and row["status"] in LEVELS
            if by == "organisation" and not held:  # not in the table of seats
                cites.append(_cite(row))
            bar = {"status": word(row["status"]), "full": row["status"] in FULL}
            bars.setdefault(row[by], []).append(
                {**bar, **pick(row, "start", "end", "as_of", "source"), **_dated(row, by)}
            )
    spoken = "; ".join(
        f"{named(key)[0]} {', '.join(map(charts.held, own))}" for key, own in bars.items()
    )
    return charts.timeline(name, title, form(spoken), bars, named, span, merge(cites))


# --- a state's seats


def _of_state(inquiry: Inquiry) -> Draft:
    draft, spells = Draft(), spells_of(inquiry)
    if spells.is_empty():
        what = say("Memberships of {state}", state=inquiry.name)
        inquiry.miss(what, say("the table of memberships has none"))
        text = say(
            "No seat of {state} in an organisation is in the table of memberships.",
            state=inquiry.name,
        )
        draft.write(text)
        return draft
    year, names = year_of(inquiry), names_of(inquiry)
    now = _current(spells, year)
    full = now.filter(pl.col("status").is_in(FULL))["organisation"].n_unique()
    held = many(full, "{n} full seat", "{n} full seats")
    until = str(year) if inquiry.year else _known(now, year)
    draft.add(Fact(say("Seats"), held, say("{year}, of those in the table", year=until), _SEATS))
    waiting = spells.filter(pl.col("status").is_in(_WAITING) & SEATS.on(year))
    draft.add(_seats(inquiry, now, year, full), _standing(waiting, year))
    draft.add(_gone(spells.filter(pl.col("status") != "withdrew"), year), _withdrew(spells, year))
    shown = pl.col("status").is_in([*LEVELS, "suspended", "candidate"])
    shown &= _TOLD | pl.col("end").is_null()
    timeline = _timeline(
        "seats-timeline",
        say("Seats through time"),
        lambda bars: say("Seats of {state} through time: {seats}.", state=inquiry.name, seats=bars),
        spells.filter(shown),
        "organisation",
        lambda code: (club(code), names.get(code, code)),
        (year - 10, year),
    )
    listed = pl.concat([now, waiting]).sort("start", "organisation", nulls_last=True)
    draft.add(timeline, _shared(inquiry, now, year, names), _seats_table(listed, names))
    return draft


def _cite(row: dict[str, Any]) -> Cite:
    return cited(row, "as_of", "start")


def _known(now: pl.DataFrame, year: int) -> str:
    """Return the day to which a state's full seats were checked in their lists, or two days."""
    reach = sorted(now.filter(pl.col("status").is_in(FULL))["as_of"].drop_nulls())
    return " – ".join(dict.fromkeys(map(day, (reach[0], reach[-1])))) if reach else str(year)


def _seats(inquiry: Inquiry, now: pl.DataFrame, year: int, full: int) -> Sentence:
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
            "By lists as of {known} {state} holds {n} full seat",
            "By lists as of {known} {state} holds {n} full seats",
            known=_known(now, year),
            state=inquiry.name,
        )
    others = now.filter(~pl.col("status").is_in(FULL)).group_by("status").len().sort("status")
    kinds = [say("{status} in {n}", status=word(key), n=n) for key, n in others.iter_rows()]
    if kinds:
        text += say("; besides it is listed as {statuses}", statuses=listing(kinds))
    n = now["organisation"].n_unique()
    return Sentence(f"{text}.", _SEATS, Statement.of("value", _SEATS, n=n, years=(year,)))


def _standing(waiting: pl.DataFrame, year: int) -> list[Sentence]:
    """Return where the state is a candidate, and where its membership is suspended: no seats."""
    said = []
    for status in _WAITING:
        rows = waiting.filter(pl.col("status") == status).sort("organisation").to_dicts()
        named = [club(row["organisation"]) + _since(row["start"]) for row in rows]
        text = say(
            "{status} in {year}: {states}.",
            status=word(status),
            year=year,
            states=listing(named),
        )
        cites = merge(map(_cite, rows))
        if rows:
            stated = Statement.of("value", cites, n=len(rows), years=(year,))
            said.append(Sentence(sentence_case(text), cites, stated))
    return said


def _since(start: str | None) -> str:
    return f" ({say('since {day}', day=day(start))})" if start else ""


def _withdrew(spells: pl.DataFrame, year: int) -> Sentence | None:
    """Return from what the state withdrew, and on what day; what followed is told elsewhere."""
    left = spells.filter((pl.col("status") == "withdrew") & SEATS.begun(year))
    rows = left.sort("start", "organisation").to_dicts()
    named = [
        say("{organisation} ({day})", organisation=club(row["organisation"]), day=day(row["start"]))
        for row in rows
    ]
    cites = merge(cited(row, "start") for row in rows)
    text = say("Withdrew from: {seats}.", seats=listing(named, 8))
    return Sentence(text, cites, Statement.of("change", cites, n=len(rows))) if rows else None


def _gone(spells: pl.DataFrame, year: int) -> Sentence | None:
    """Return what ended and did not come back, up to the year."""
    full = pl.col("status").is_in(FULL)
    back = _current(spells, year).filter(full)["organisation"].unique().implode()
    ended = _ended(
        spells.filter(~(full & pl.col("organisation").is_in(back))), year, "organisation"
    )
    rows = ended.to_dicts()
    seats = [
        say(
            "{organisation} ({status}, {start} to {end})",
            organisation=club(row["organisation"]),
            status=word(row["status"]),
            start=day(row["start"]) if row["start"] else "…",
            end=day(row["end"]),
        )
        for row in rows
    ]
    text = say("Ended: {seats}.", seats=listing(seats, 8))
    return Sentence(text, merge(map(_cite, rows))) if rows else None


def _seats_table(now: pl.DataFrame, names: dict[str, str]) -> Table:
    columns = {"organisation": say("Code"), **heads("name status since as_of note")}
    rows = filled(
        now,
        columns,
        _cite,
        name=lambda row: names.get(row["organisation"], row["organisation"]),
        since=lambda row: row["start"] if row["confirmed"] is not False else None,
    )
    note = say("No date under Since: no source in hand gives it, or only the yearly data of COW.")
    return table("seats", say("Seats and their sources"), columns, rows, note, folded=True)


def _shared(inquiry: Inquiry, now: pl.DataFrame, year: int, names: dict[str, str]) -> Part | None:
    """Return how many seats the state shares with each pole, and which."""
    chosen, state = inquiry.table("memberships"), inquiry.state
    if chosen is None or not inquiry.poles:
        return None
    asked: dict[str, Any] = {"poles": inquiry.pole_codes, "years": (year, year)}
    share = inquiry.compute("shared_seats", state=state, **asked)
    count = inquiry.compute("shared_seats", state=state, measure="count", **asked)
    overlap = inquiry.compute("membership_overlap", state=state, years=(year, year))
    if share is None or count is None or overlap is None:
        return None
    jaccard = {
        (set(row) - {state}).pop(): value
        for *row, value in overlap.frame.select("state_a", "state_b", "value").iter_rows()
    }
    parts, counts = (
        dict(a.frame.filter(pl.col("state") == state).select("partner", "value").iter_rows())
        for a in (share, count)
    )
    rows = []
    for pole in inquiry.poles:
        cells = {"pole": pole.name, "code": pole.pole, "shared": counts.get(pole.pole)}
        cells |= {"share": parts.get(pole.pole), "jaccard": jaccard.get(pole.pole)}
        rows.append(Row(cells, (share.cite, count.cite, overlap.cite)))
    matrix = _matrix(inquiry, chosen.frame, now, year, names)
    figures = [
        PoleFigure(key, str(row.cells["code"]), figure(row, column), row.cites)
        for key, column in (("seats", "share"), ("jaccard", "jaccard"))
        for row in known(rows, column)
    ]
    return part(_shared_table(rows, year), _ranked(inquiry, rows, year), matrix, figures)


def _shared_table(rows: list[Row], year: int) -> Table:
    columns = heads(
        "pole code",
        shared=(say("Shared seats"), "number"),
        share=(say("Share of own seats"), "share"),
        jaccard=(say("Overlap (Jaccard)"), "number"),
    )
    note = say(
        "Full members only on the state's side. Jaccard: organisations with both as members over "
        "organisations with either; not defined for a pole that is an organisation. An "
        "organisation counts as sitting where at least half of its members sit."
    )
    caption = say("Seats shared with each pole, {year}", year=year)
    return table("shared-seats", caption, columns, rows, note)


def _ranked(inquiry: Inquiry, rows: list[Row], year: int) -> Sentence:
    ranked = sorted(
        known(rows, "share"), key=lambda row: (-figure(row, "share"), str(row.cells["code"]))
    )
    poles = [
        say(
            "{pole} in {n} ({share})",
            pole=row.cells["pole"],
            n=number(figure(row, "shared")),
            share=percent(figure(row, "share")),
        )
        for row in ranked
    ]
    text = say(
        "Of its full seats {state} shares: {poles}.", state=inquiry.name, poles=listing(poles)
    )
    if not poles:
        text = say(
            "No full seat of {state} in {year} is in the table.", state=inquiry.name, year=year
        )
    cites = merge(cite for row in ranked for cite in row.cites)
    among = ";".join(str(row.cells["code"]) for row in rows)
    stated = Statement.of("comparison", cites, n=len(ranked), years=(year,), among=among)
    return Sentence(text, cites, stated)


def _matrix(
    inquiry: Inquiry, memberships: pl.DataFrame, now: pl.DataFrame, year: int, names: dict[str, str]
) -> Chart:
    listed = {*memberships["state"].unique(), *memberships["organisation"].unique()}
    poles = [pole for pole in inquiry.pole_codes if pole in listed]
    there = set(pole_seats(memberships, year, poles=tuple(poles)).iter_rows()) if poles else set()
    rows: list[dict[str, Any]] = []
    for row in now.unique("organisation", keep="first", maintain_order=True).iter_rows(named=True):
        code = row["organisation"]
        sits = [(code, pole) in there for pole in poles]
        cells = {"key": code, "label": club(code), "name": names.get(code, code)}
        rows.append({**cells, "status": word(row["status"]), "there": sits})
    rows.sort(key=lambda row: (sum(row["there"]), row["key"]))
    text = say(
        "Which poles sit, at any level, where {state} sits, {year}.", state=inquiry.name, year=year
    )
    alone = listing([row["label"] for row in rows if not any(row["there"])])
    if alone:
        text += " " + say("Without any pole: {organisations}.", organisations=alone)
    title, data = say("The same tables as the poles"), {"poles": poles, "rows": rows}
    return Chart("pole-matrix", "matrix", title, text, data, _SEATS)


# --- an organisation's members


def _of_organisation(inquiry: Inquiry) -> Draft:
    spells, year = spells_of(inquiry), year_of(inquiry)
    draft = Draft()
    if spells.is_empty():
        what = say("Members of {organisation}", organisation=inquiry.name)
        inquiry.miss(what, say("the table of memberships has none"))
        draft.write(say("No member of {organisation} is in the table.", organisation=inquiry.name))
        return draft
    counts = _counts(inquiry, spells, year)
    draft.add(_grown(counts), _founders(spells), _statuses(spells, year), _left(spells, year))
    if spells["state"].n_unique() <= _ROWS:
        timeline = _timeline(
            "members-timeline",
            say("Members through time"),
            lambda bars: say(
                "Statuses in {organisation} through time: {states}.",
                organisation=inquiry.name,
                states=bars,
            ),
            spells.filter(~pl.col("status").is_in(_NEVER)),
            "state",
            lambda state: (label(state), label(state)),
            (year - 5, year),
        )
        draft.add(timeline)
    draft.add(counts, _members_table(inquiry, spells))
    return draft


def _from(row: dict[str, Any]) -> Cite:
    return cited(row, "start")


def _of_spells(spells: pl.DataFrame, text: str) -> Sentence:
    return Sentence(text, merge(map(_from, spells.iter_rows(named=True))))


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


def _founders(spells: pl.DataFrame) -> Sentence | None:
    found = spells.filter(pl.col("status") == "founding_member")
    names = sorted({label(state) for state in found["state"]})
    text = many(
        len(names),
        "{n} founding member: {states}.",
        "{n} founding members: {states}.",
        states=listing(names, _NAMED),
    )
    return _of_spells(found, text) if names else None


def _statuses(spells: pl.DataFrame, year: int) -> list[Sentence]:
    """Return who stands beside the full members at the end of the year."""
    beside = ~pl.col("status").is_in([*FULL, *_NEVER]) & SEATS.on(year)
    said = []
    for (status,), own in (
        spells.filter(beside).sort("status").group_by("status", maintain_order=True)
    ):
        names = listing(sorted({label(state) for state in own["state"]}), _NAMED)
        seen = max(own["as_of"].drop_nulls(), default=str(year))
        when = min(year, int(seen[:4]))
        text = say(
            "{status} in {year}: {states}.", status=word(str(status)), year=when, states=names
        )
        said.append(_of_spells(own, sentence_case(text)))
    return said


def _left(spells: pl.DataFrame, year: int) -> Sentence | None:
    still = set(seated(spells, year)["state"])
    gone = pl.col("status").is_in(FULL) & ~pl.col("state").is_in(list(still))
    left = _ended(spells.filter(gone), year, "state")
    if left.is_empty() or not still:
        return None
    names = [f"{label(row['state'])} ({day(row['end'])})" for row in left.iter_rows(named=True)]
    return _of_spells(left, say("Full members no more: {states}.", states=listing(names, 8)))


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
    lines: list[charts.Line] = []
    for weights, name in kinds:
        held = members_by_year(spells, str(inquiry.organisation), years, weights=weights)
        sizes = pl.DataFrame({"year": list(years), "value": [float(len(held[y])) for y in years]})
        lines.append(charts.line(weights, name, sizes))
    if lines[0]["points"] == lines[1]["points"]:
        lines = lines[:1]
    last = [f"{line['label']} {line['points'][-1]['y']:.0f}" for line in lines]
    text = say(
        "Number of members, {first} to {last}; at the end: {numbers}.",
        **charts.ends(lines),
        numbers=listing(last),
    )
    return charts.lines("members-count", say("How many"), text, lines, "number", _SPELLS)


def _members_table(inquiry: Inquiry, spells: pl.DataFrame) -> Table:
    columns = heads("state code status start end as_of note")
    rows = filled(spells, columns, _from)
    caption = say("Statuses in {organisation} and their sources", organisation=inquiry.name)
    note = say("No date under From: the source lists the status without saying since when.")
    return table("members", caption, columns, rows, note, folded=len(rows) > _OPEN)

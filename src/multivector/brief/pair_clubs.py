"""Clubs of two states: the organisations both sit in, since when, and who came first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from multivector.brief.pair_sides import Part, Sides, compared
from multivector.content.inquiry import Answer, Inquiry, club, merge
from multivector.content.model import Chart, Cite, Column, Fact, Row, Section, Sentence, Table
from multivector.measures.clubs import FULL, LEVELS, latest_year
from multivector.words import language, many, say
from multivector.words.figures import day, listing, number, percent
from multivector.words.figures import status as word

__all__ = ["Joint", "closing", "clubs", "joint_spells", "opening"]

_STEP = 5
_MANY = 8
_OLDEST = 1950


@dataclass(frozen=True)
class Joint:
    """A time in which both sat in an organisation, each with a status; null where not dated."""

    organisation: str
    statuses: tuple[str, str]
    starts: tuple[str | None, str | None]
    ends: tuple[str | None, str | None]
    cites: tuple[Cite, ...]

    @property
    def start(self) -> str | None:
        """Return since when both sat; null where one start is not known."""
        known = [start for start in self.starts if start is not None]
        return max(known, key=opening) if len(known) == 2 else None

    @property
    def end(self) -> str | None:
        """Return until when both sat; null while they do."""
        known = [end for end in self.ends if end is not None]
        return min(known, key=closing) if known else None

    @property
    def full(self) -> bool:
        """Return whether both were full members."""
        return set(self.statuses) <= set(FULL)


def joint_spells(inquiry: Inquiry) -> list[Joint]:
    """Return the times in which both sat in the same organisation, up to the year asked for."""
    chosen = inquiry.table("memberships")
    if chosen is None:
        return []
    sides = Sides.of(inquiry)
    rows = chosen.frame.filter(
        pl.col("state").is_in([sides.a, sides.b]) & pl.col("status").is_in(list(LEVELS))
    ).sort("organisation", "start", nulls_last=True)
    spells: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for row in rows.iter_rows(named=True):
        spells.setdefault(row["organisation"], {}).setdefault(row["state"], []).append(row)
    found = [
        _joint(one, other)
        for own in spells.values()
        for one in own.get(sides.a, [])
        for other in own.get(sides.b, [])
    ]
    last = None if inquiry.year is None else f"{inquiry.year}-12-31"
    kept = [j for j in found if _overlap(j) and (last is None or opening(j.start or "") <= last)]
    return sorted(kept, key=lambda j: (j.start or "~", j.organisation, j.statuses))


def clubs(inquiry: Inquiry) -> Part:
    """Return the section on the organisations the two share."""
    sides = Sides.of(inquiry)
    joint = joint_spells(inquiry)
    counted = _counted(inquiry, sides)
    title = say("Organisations of both")
    if not joint and counted is None:
        text = say(
            "No organisation of the table has both {a} and {b}.", a=sides.first, b=sides.second
        )
        return Part(Section("clubs", title, (Sentence(text),)))
    sentences: list[Sentence] = []
    tables: list[Table] = []
    facts: list[Fact] = []
    rows: list[Row] = []
    if counted is not None:
        said, fact, own = counted
        sentences.append(said)
        facts.append(fact)
        rows += own
    charts: list[Chart] = []
    if joint:
        sentences += _first(sides, joint)
        charts.append(_timeline(inquiry, sides, joint))
        through = _through_time(inquiry, sides, joint)
        tables += [through] if through is not None else []
        tables.append(_table(inquiry, sides, joint))
    section = Section("clubs", title, tuple(sentences), tuple(charts), tuple(tables))
    return Part(section, tuple(facts), tuple(rows))


# --- dates that may be partial


def opening(date: str) -> str:
    """Return the first day a date can mean."""
    return date + "-01-01"[len(date) - 4 :] if len(date) >= 4 else date


def closing(date: str) -> str:
    """Return the last day a date can mean."""
    return date + "-12-31"[len(date) - 4 :] if len(date) >= 4 else date


def _joint(one: dict[str, Any], other: dict[str, Any]) -> Joint:
    both = (one, other)
    cites = merge(Cite(r["source"], r["locator"], r["as_of"] or r["start"]) for r in both)
    return Joint(
        one["organisation"],
        (one["status"], other["status"]),
        (one["start"], other["start"]),
        (one["end"], other["end"]),
        cites,
    )


def _overlap(joint: Joint) -> bool:
    begin = max((opening(start) for start in joint.starts if start), default="")
    finish = min((closing(end) for end in joint.ends if end), default="~")
    return begin <= finish


# --- how many


def _year(inquiry: Inquiry) -> int | None:
    chosen = inquiry.table("memberships")
    newest = None if chosen is None else latest_year(chosen.frame)
    return newest if inquiry.year is None else inquiry.year


def _counted(inquiry: Inquiry, sides: Sides) -> tuple[Sentence, Fact, list[Row]] | None:
    """Return how many organisations both are full members of, and what part of each side's."""
    year = _year(inquiry)
    if year is None:
        return None
    asked: dict[str, Any] = {"state_a": sides.a, "state_b": sides.b, "years": (year, year)}
    shared = inquiry.compute("membership_overlap", measure="shared", **asked)
    alike = inquiry.compute("membership_overlap", **asked)
    if shared is None or alike is None or shared.frame.is_empty():
        what = say("Organisations of both {a} and {b}", a=sides.first, b=sides.second)
        inquiry.miss(what, say("one of them has no seat in the table of memberships"))
        return None
    row = shared.frame.row(0, named=True)
    jaccard = alike.frame["value"].item()
    seats = _shares(inquiry, sides, year)
    cites = (shared.cite, alike.cite, *(answer.cite for _, _, answer in seats.values()))
    n = round(row["value"])
    text = many(
        n,
        "Full members together in {year}: {n} organisation of the table, of {all} in which either "
        "is (overlap, Jaccard: {jaccard}){shares}.",
        "Full members together in {year}: {n} organisations of the table, of {all} in which either "
        "is (overlap, Jaccard: {jaccard}){shares}.",
        year=year,
        all=row["n"],
        jaccard=number(jaccard, 2),
        shares=_told_shares(sides, seats) if n else "",
    )
    held = many(n, "{n} organisation", "{n} organisations")
    fact = Fact(say("Full members together"), held, f"{year}, Jaccard {number(jaccard, 2)}", cites)
    rows = [
        compared(say("Organisations with both as full members"), "integer", year, cites, both=n),
        compared(say("Overlap of memberships, Jaccard"), "number", year, cites, both=jaccard),
    ]
    if seats:
        ends = {k: seats[s][0] for k, s in (("a", sides.a), ("b", sides.b)) if s in seats}
        rows.append(compared(say("Share of its seats held together"), "share", year, cites, **ends))
    return Sentence(text, cites), fact, rows


def _shares(inquiry: Inquiry, sides: Sides, year: int) -> dict[str, tuple[float, int, Answer]]:
    """Return for each side the share of its full seats where the other sits, and how many it has.

    The other sits at any level, as `shared_seats` counts a pole.
    """
    found: dict[str, tuple[float, int, Answer]] = {}
    for state, _, partner, _ in sides.ways:
        answer = inquiry.compute("shared_seats", state=state, poles=(partner,), years=(year, year))
        if answer is None:
            continue
        own = answer.frame.filter(pl.col("state") == state)
        if own.height == 1 and own["value"].item() is not None:
            found[state] = (own["value"].item(), own["n"].item(), answer)
    return found


def _told_shares(sides: Sides, seats: dict[str, tuple[float, int, Answer]]) -> str:
    told = [
        say(
            "{state} holds {share} of its {n} full seats where {partner} sits at any level",
            state=name,
            share=percent(seats[state][0]),
            n=seats[state][1],
            partner=other,
        )
        for state, name, _, other in sides.ways
        if state in seats
    ]
    return f"; {'; '.join(told)}" if told else ""


def _first(sides: Sides, joint: list[Joint]) -> list[Sentence]:
    """Return who came first to the organisations of which both are full members, and the newest."""
    dated = [j for j in joint if j.full and j.start is not None and j.end is None]
    if not dated:
        return []
    who = {
        name: [club(j.organisation) for j in dated if _earlier(j) == at]
        for at, name in ((0, sides.first), (1, sides.second))
    }
    told = [
        say("{state} in {clubs}", state=name, clubs=listing(clubs, 8))
        for name, clubs in who.items()
        if clubs
    ]
    same = [club(j.organisation) for j in dated if _earlier(j) is None]
    if same:
        clubs_of = listing(same, 8)
        told.append(say("on the same date, as far as it is known, in {clubs}", clubs=clubs_of))
    newest = max(dated, key=lambda joint: opening(joint.start or ""))
    latest = say(
        "Newest organisation of both as full members: {club}, together since {date}.",
        club=club(newest.organisation),
        date=day(newest.start),
    )
    cites = (Cite("table:shared-clubs"),)
    text = say("Who was a full member first: {sides}.", sides="; ".join(told))
    return [Sentence(text, cites), Sentence(latest, newest.cites)]


def _earlier(joint: Joint) -> int | None:
    """Return which side came first; null if both dates may mean the same day."""
    one, other = joint.starts
    if one is None or other is None or one.startswith(other) or other.startswith(one):
        return None
    return 0 if opening(one) < opening(other) else 1


# --- through time


def _names(inquiry: Inquiry) -> dict[str, str]:
    chosen = inquiry.table("organisations")
    if chosen is None:
        return {}
    named = pl.coalesce(f"name_{language()}", "name_en")
    return dict(chosen.frame.select("organisation", named).iter_rows())


def _timeline(inquiry: Inquiry, sides: Sides, joint: list[Joint]) -> Chart:
    names = _names(inquiry)
    bars: dict[str, list[dict[str, Any]]] = {}
    for j in joint:
        status = word("member") if j.full else _both(j)
        span = {"status": status, "full": j.full, "start": j.start, "end": j.end}
        bars.setdefault(j.organisation, []).append({**span, "as_of": None, "source": "memberships"})
    rows = [
        {"key": code, "label": club(code), "name": names.get(code, code), "bars": own}
        for code, own in bars.items()
    ]
    last = _year(inquiry) or 0
    starts = [int(j.start[:4]) for j in joint if j.start]
    data = {"from": min([*starts, last - 10]), "to": last, "rows": rows}
    told = "; ".join(
        f"{club(code)} " + ", ".join(_span(bar["start"], bar["end"]) for bar in own)
        for code, own in bars.items()
    )
    text = say(
        "Organisations in which {a} and {b} sat at the same time: {clubs}.",
        a=sides.first,
        b=sides.second,
        clubs=told,
    )
    cites = (Cite("table:shared-clubs"),)
    title = say("Organisations of both through time")
    return Chart("clubs-timeline", "timeline", title, text, data, cites)


def _both(joint: Joint) -> str:
    return " / ".join(dict.fromkeys(word(status) for status in joint.statuses))


def _span(start: str | None, end: str | None) -> str:
    begin = day(start) if start else "…"
    return f"{begin} – {day(end)}" if end else f"{begin} –"


def _through_time(inquiry: Inquiry, sides: Sides, joint: list[Joint]) -> Table | None:
    """Return the number of organisations of both every five or ten years, and the newest."""
    last = _year(inquiry)
    starts = [int(j.start[:4]) for j in joint if j.start and j.full]
    if last is None or not starts:
        return None
    step = _STEP if last - min(starts) <= _MANY * _STEP else 2 * _STEP
    first = max(_OLDEST, min(starts) // step * step)
    rows: list[Row] = []
    for year in [*range(first, last, step), last]:
        asked = {"state_a": sides.a, "state_b": sides.b, "years": (year, year)}
        answer = inquiry.compute("membership_overlap", measure="shared", **asked)
        if answer is None or answer.frame.is_empty():
            continue
        found = answer.frame.row(0, named=True)
        cells = {"year": str(year), "shared": found["value"], "n": found["n"]}
        rows.append(Row(cells, (answer.cite,)))
    columns = (
        Column("year", say("Year")),
        Column("shared", say("Both full members"), "integer"),
        Column("n", say("Either a full member"), "integer"),
    )
    caption = say("Organisations of both, at intervals of years")
    note = say("Of the organisations of the table, at the end of the year.")
    return Table("shared-years", caption, columns, tuple(rows), note, folded=True) if rows else None


def _table(inquiry: Inquiry, sides: Sides, joint: list[Joint]) -> Table:
    names = _names(inquiry)
    columns = (
        Column("organisation", say("Code")),
        Column("name", say("Organisation")),
        Column("a_status", sides.first),
        Column("a_since", say("since"), "date"),
        Column("b_status", sides.second),
        Column("b_since", say("since"), "date"),
        Column("start", say("Together since"), "date"),
        Column("end", say("until"), "date"),
    )
    rows = tuple(
        Row(
            {
                "organisation": club(j.organisation),
                "name": names.get(j.organisation, j.organisation),
                "a_status": word(j.statuses[0]),
                "a_since": j.starts[0],
                "b_status": word(j.statuses[1]),
                "b_since": j.starts[1],
                "start": j.start,
                "end": j.end,
            },
            j.cites,
        )
        for j in joint
    )
    note = say("No date: the source lists the seat without saying since when.")
    caption = say("Organisations in which both sat, and since when")
    return Table("shared-clubs", caption, columns, rows, note, folded=True)

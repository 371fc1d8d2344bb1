"""Seats that two share: the organisations both states sit in, or what members of one form besides.

Of two states: since when both sat, and who came first. Of an organisation: the others its members
meet in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from multivector.brief.seats import entry, members_of, names_of, spells_of, year_of
from multivector.content import charts
from multivector.content.draft import Draft, empty
from multivector.content.inquiry import Answer, Inquiry, Sides, cited, club, label, merge
from multivector.content.model import Chart, Cite, Fact, PairFigure, Part, Row, Sentence, Table
from multivector.content.tables import Heads, figure, heads, table
from multivector.measures.clubs import FULL, LEVELS, seats
from multivector.names.spells import first_day, overlap, when
from multivector.words import many, say
from multivector.words.figures import day, listing, number, percent
from multivector.words.figures import status as word

__all__ = ["Joint", "joint_spells", "network", "shared_seats"]

_STEP = 5
_MANY = 8
_OLDEST = 1950
_OPEN = 15
_FRIENDS = 14
_UNIVERSAL = 100
"""Organisations with more full members than this say little about who meets whom."""
_ALIKE = 0.2
"""Two other organisations are joined from this overlap on."""
_CLUBS = (Cite("table:shared-clubs"),)


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
        return self._both[0]

    @property
    def end(self) -> str | None:
        """Return until when both sat; null while they do."""
        return self._both[1]

    @property
    def full(self) -> bool:
        """Return whether both were full members."""
        return set(self.statuses) <= set(FULL)

    @property
    def first(self) -> int | None:
        """Return which side came first; null if both dates may mean the same day."""
        one, other = self.starts
        if one is None or other is None or one.startswith(other) or other.startswith(one):
            return None
        return 0 if first_day(one) < first_day(other) else 1

    @property
    def overlaps(self) -> bool:
        """Return whether there was a day on which both sat, as far as is known."""
        return overlap(*zip(self.starts, self.ends, strict=True)) is not None

    @property
    def _both(self) -> tuple[str | None, str | None]:
        return overlap(*zip(self.starts, self.ends, strict=True)) or (None, None)


def joint_spells(inquiry: Inquiry) -> list[Joint]:
    """Return the times in which both sat in the same organisation, up to the year asked for."""
    chosen = inquiry.table("memberships")
    if chosen is None:
        return []
    sides = Sides.of(inquiry)
    held = chosen.frame.filter(pl.col("status").is_in(list(LEVELS)))
    held = held.sort("organisation", "start", nulls_last=True)
    own, others = (held.filter(pl.col("state") == side).to_dicts() for side in (sides.a, sides.b))
    found = [_joint(a, b) for a in own for b in others if a["organisation"] == b["organisation"]]
    kept = [j for j in found if j.overlaps and _begun(j, inquiry.year)]
    return sorted(kept, key=lambda j: (j.start or "~", j.organisation, j.statuses))


def _begun(joint: Joint, year: int | None) -> bool:
    return year is None or joint.start is None or first_day(joint.start) <= when(year)


def _joint(one: dict[str, Any], other: dict[str, Any]) -> Joint:
    statuses, starts, ends = ((one[key], other[key]) for key in ("status", "start", "end"))
    cites = (cited(r, "as_of", "start") for r in (one, other))
    return Joint(one["organisation"], statuses, starts, ends, merge(cites))


# --- two states


def shared_seats(inquiry: Inquiry) -> Part:
    """Return the section on the organisations two states share."""
    sides, joint = Sides.of(inquiry), joint_spells(inquiry)
    draft = Draft()
    draft.add(_counted(inquiry, sides))
    if joint:
        draft.add(_first(sides, joint), _timeline(inquiry, sides, joint))
        draft.add(_through_time(inquiry, sides, joint), _joint_table(inquiry, sides, joint))
    elif not draft.sentences:
        draft.write(say("No organisation of the table has both {a} and {b}.", **sides.names))
    return draft.part()


def _counted(inquiry: Inquiry, sides: Sides) -> list[Sentence | Fact | PairFigure]:
    """Return how many organisations both are full members of, and what part of each side's."""
    if inquiry.table("memberships") is None:
        return []
    year = year_of(inquiry)
    asked: dict[str, Any] = {"state_a": sides.a, "state_b": sides.b, "years": (year, year)}
    shared = inquiry.compute("membership_overlap", measure="shared", **asked)
    alike = inquiry.compute("membership_overlap", **asked)
    if shared is None or alike is None or shared.frame.is_empty():
        what = say("Organisations of both {a} and {b}", **sides.names)
        inquiry.miss(what, say("one of them has no seat in the table of memberships"))
        return []
    jaccard = alike.frame["value"].item()
    own = _shares(inquiry, sides, year)
    cites = (shared.cite, alike.cite, *(answer.cite for _, _, answer in own.values()))
    n = round(shared.frame["value"][0])
    text = many(
        n,
        "Full members together in {year}: {n} organisation of the table, of {all} in which either "
        "is (overlap, Jaccard: {jaccard}){shares}.",
        "Full members together in {year}: {n} organisations of the table, of {all} in which either "
        "is (overlap, Jaccard: {jaccard}){shares}.",
        year=year,
        all=shared.frame["n"][0],
        jaccard=number(jaccard, 2),
        shares=_spoken_shares(sides, own) if n else "",
    )
    held = many(n, "{n} organisation", "{n} organisations")
    fact = Fact(say("Full members together"), held, f"{year}, Jaccard {number(jaccard, 2)}", cites)
    rows = [
        PairFigure.of(
            say("Organisations with both as full members"), "integer", year, cites, both=n
        ),
        PairFigure.of(say("Overlap of memberships, Jaccard"), "number", year, cites, both=jaccard),
    ]
    if own:
        ends = sides.ends({state: share for state, (share, _, _) in own.items()})
        rows.append(
            PairFigure.of(say("Share of its seats held together"), "share", year, cites, **ends)
        )
    return [Sentence(text, cites), fact, *rows]


def _shares(inquiry: Inquiry, sides: Sides, year: int) -> dict[str, tuple[float, int, Answer]]:
    """Return for each side the share of its full seats where the other sits, and how many it has.

    The other is a full member too: `shared_seats` counts members unless asked for levels.
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


def _spoken_shares(sides: Sides, own: dict[str, tuple[float, int, Answer]]) -> str:
    parts = [
        say(
            "{state} holds {share} of its {n} full seats where {partner} is a full member too",
            state=name,
            share=percent(own[state][0]),
            n=own[state][1],
            partner=other,
        )
        for state, name, _, other in sides.ways
        if state in own
    ]
    return f"; {'; '.join(parts)}" if parts else ""


def _first(sides: Sides, joint: list[Joint]) -> list[Sentence]:
    """Return who came first to the organisations of which both are full members, and the newest."""
    dated = [j for j in joint if j.full and j.start is not None and j.end is None]
    if not dated:
        return []
    one, other, same = (
        listing([club(j.organisation) for j in dated if j.first == side], 8)
        for side in (0, 1, None)
    )
    named = ((sides.first, one), (sides.second, other))
    parts = [say("{state} in {clubs}", state=name, clubs=clubs) for name, clubs in named if clubs]
    if same:
        parts.append(say("on the same date, as far as it is known, in {clubs}", clubs=same))
    newest = max(dated, key=lambda joint: first_day(joint.start or ""))
    latest = say(
        "Newest organisation of both as full members: {club}, together since {date}.",
        club=club(newest.organisation),
        date=day(newest.start),
    )
    text = say("Who was a full member first: {sides}.", sides="; ".join(parts))
    return [Sentence(text, _CLUBS), Sentence(latest, newest.cites)]


def _timeline(inquiry: Inquiry, sides: Sides, joint: list[Joint]) -> Chart:
    names, last = names_of(inquiry), year_of(inquiry)
    bars: dict[str, list[dict[str, Any]]] = {}
    for j in joint:
        status = " / ".join(dict.fromkeys(map(word, j.statuses)))
        bar = {"status": word("member") if j.full else status, "full": j.full}
        bar |= {"start": j.start, "end": j.end, "as_of": None, "source": "memberships"}
        bars.setdefault(j.organisation, []).append(bar)
    text = say(
        "Organisations in which {a} and {b} sat at the same time: {clubs}.",
        **sides.names,
        clubs="; ".join(f"{club(code)} {', '.join(map(_span, own))}" for code, own in bars.items()),
    )
    return charts.timeline(
        "clubs-timeline",
        say("Organisations of both through time"),
        text,
        bars,
        lambda code: (club(code), names.get(code, code)),
        (last - 10, last),
        _CLUBS,
    )


def _span(bar: dict[str, Any]) -> str:
    begin = day(bar["start"]) if bar["start"] else "…"
    return f"{begin} – {day(bar['end'])}" if bar["end"] else f"{begin} –"


def _through_time(inquiry: Inquiry, sides: Sides, joint: list[Joint]) -> Table | None:
    """Return the number of organisations of both every five or ten years, and the newest."""
    last = year_of(inquiry)
    starts = [int(j.start[:4]) for j in joint if j.start and j.full]
    if not starts:
        return None
    step = _STEP if last - min(starts) <= _MANY * _STEP else 2 * _STEP
    first = max(_OLDEST, min(starts) // step * step)
    rows: list[Row] = []
    for year in [*range(first, last, step), last]:
        asked = {"state_a": sides.a, "state_b": sides.b, "years": (year, year)}
        answer = inquiry.compute("membership_overlap", measure="shared", **asked)
        if answer is not None and not answer.frame.is_empty():
            found = answer.frame.row(0, named=True)
            cells = {"year": str(year), "shared": found["value"], "n": found["n"]}
            rows.append(Row(cells, (answer.cite,)))
    columns: Heads = {
        "year": say("Year"),
        "shared": (say("Both full members"), "integer"),
        "n": (say("Either a full member"), "integer"),
    }
    caption = say("Organisations of both, at intervals of years")
    note = say("Of the organisations of the table, at the end of the year.")
    return table("shared-years", caption, columns, rows, note, folded=True) if rows else None


def _joint_table(inquiry: Inquiry, sides: Sides, joint: list[Joint]) -> Table:
    names = names_of(inquiry)
    columns: Heads = {
        "organisation": say("Code"),
        "name": say("Organisation"),
        "a_status": sides.first,
        "a_since": (say("since"), "date"),
        "b_status": sides.second,
        "b_since": (say("since"), "date"),
        "start": (say("Together since"), "date"),
        "end": (say("until"), "date"),
    }
    rows = []
    for j in joint:
        one, other = map(word, j.statuses)
        whole = names.get(j.organisation, j.organisation)
        values = (club(j.organisation), whole, one, j.starts[0], other, j.starts[1], j.start, j.end)
        rows.append(Row(dict(zip(columns, values, strict=True)), j.cites))
    note = say("No date: the source lists the seat without saying since when.")
    caption = say("Organisations in which both sat, and since when")
    return table("shared-clubs", caption, columns, rows, note, folded=True)


# --- an organisation's members elsewhere


def network(inquiry: Inquiry) -> Part:
    """Return the section on the other organisations that an organisation's members form."""
    year, code = year_of(inquiry), str(inquiry.organisation)
    whole = entry(inquiry)["organ_of"]
    if whole is not None:
        return empty(
            say("it is an organ of {organisation} and sits as that", organisation=club(whole))
        )
    overlap = inquiry.compute("organisation_overlap", organisation=code, years=(year, year))
    shared = inquiry.compute("organisation_overlap", measure="shared", years=(year, year))
    if overlap is None or shared is None or overlap.frame.is_empty():
        why = say("no other organisation of the table has a member of it in {year}", year=year)
        return empty(why)
    rows = _overlaps(code, overlap, shared)
    large = _universal(inquiry, year)
    draft = Draft()
    draft.add(_nearest(rows, year), _everywhere(inquiry, rows, year), _alone(inquiry, large, year))
    draft.add(_network_chart(inquiry, rows, large, year), _overlap_table(rows, year))
    return draft.part()


def _overlaps(code: str, overlap: Answer, shared: Answer) -> list[Row]:
    pair = ("organisation_a", "organisation_b")
    both = {(a, b): n for a, b, n in shared.frame.select(*pair, "value").iter_rows()}
    rows = []
    for a, b, jaccard, n in overlap.frame.select(*pair, "value", "n").iter_rows():
        other = b if a == code else a
        cells = {"organisation": club(other), "code": other, "shared": both[a, b]}
        rows.append(Row({**cells, "jaccard": jaccard, "n": n}, (overlap.cite, shared.cite)))
    return sorted(rows, key=lambda row: (-figure(row, "jaccard"), str(row.cells["code"])))


def _overlap_table(rows: list[Row], year: int) -> Table:
    columns = heads(
        "organisation",
        shared=(say("Members in both"), "integer"),
        jaccard=(say("Overlap (Jaccard)"), "share"),
        n=(say("Members of either"), "integer"),
    )
    caption = say("Organisations with the same members, {year}", year=year)
    note = say("Full members on 31 December. Organisations without a common member are left out.")
    return table("overlap", caption, columns, rows, note, folded=len(rows) > _OPEN)


def _nearest(rows: list[Row], year: int) -> Sentence:
    nearest = [
        say(
            "{organisation} ({share}, {n} in both)",
            organisation=row.cells["organisation"],
            share=percent(figure(row, "jaccard")),
            n=number(figure(row, "shared")),
        )
        for row in rows[:5]
    ]
    text = say(
        "Most alike in members, {year}: {organisations}.", year=year, organisations=listing(nearest)
    )
    return Sentence(text, rows[0].cites)


def _everywhere(inquiry: Inquiry, rows: list[Row], year: int) -> Sentence | None:
    """Return the organisations in which every member sits."""
    held = len(members_of(inquiry, year))
    every = [str(r.cells["organisation"]) for r in rows if r.cells["shared"] == held]
    if not every or held < 2:
        return None
    text = say("All its members also sit in: {organisations}.", organisations=listing(every, 15))
    return Sentence(text, rows[0].cites)


def _sizes(inquiry: Inquiry, year: int) -> dict[str, int]:
    chosen = inquiry.table("memberships")
    frame = spells_of(inquiry) if chosen is None else chosen.frame
    return dict(seats(frame, year).group_by("organisation").len().iter_rows())


def _universal(inquiry: Inquiry, year: int) -> tuple[str, ...]:
    large = {code for code, size in _sizes(inquiry, year).items() if size > _UNIVERSAL}
    return tuple(sorted(large - {inquiry.organisation}))


def _alone(inquiry: Inquiry, without: tuple[str, ...], year: int) -> Sentence | None:
    """Return how many pairs of members meet in no other organisation of the table."""
    if spells_of(inquiry).is_empty():
        return None
    answer = inquiry.compute(
        "reliance", organisation=inquiry.organisation, years=(year, year), without=without
    )
    if answer is None or answer.frame.is_empty():
        return None
    alone = answer.frame.filter(pl.col("n") == 1)
    text = many(
        alone.height,
        "{n} of {pairs} pairs of members meets in no other organisation of the table with at most "
        "{size} members.",
        "{n} of {pairs} pairs of members meet in no other organisation of the table with at most "
        "{size} members.",
        pairs=answer.frame.height,
        size=_UNIVERSAL,
    )
    if 0 < alone.height <= 6:
        pairs = alone.select("state_a", "state_b").iter_rows()
        named = listing([f"{label(a)} – {label(b)}" for a, b in pairs])
        text = f"{text} {say('They are: {pairs}.', pairs=named)}"
    return Sentence(text, (answer.cite,))


def _network_chart(
    inquiry: Inquiry, rows: list[Row], large: tuple[str, ...], year: int
) -> Chart | None:
    """Return the nearest organisations that are not universal, and how alike they are."""
    code = str(inquiry.organisation)
    small = [row for row in rows if row.cells["code"] not in large][:_FRIENDS]
    overlaps = inquiry.compute("organisation_overlap", years=(year, year))
    if overlaps is None or not small:
        return None
    inside = sorted({code, *(str(row.cells["code"]) for row in small)})
    sizes = _sizes(inquiry, year)
    nodes = [
        {"key": c, "label": club(c), "size": float(sizes.get(c, 0)), "own": c == code}
        for c in inside
    ]
    pairs = overlaps.frame.select("organisation_a", "organisation_b", "value").iter_rows()
    links = [
        {"a": a, "b": b, "weight": value}
        for a, b, value in pairs
        if a in inside and b in inside and (code in (a, b) or value >= _ALIKE)
    ]
    alike = [
        say(
            "{organisation} {share}",
            organisation=row.cells["organisation"],
            share=percent(figure(row, "jaccard")),
        )
        for row in small
    ]
    text = say(
        "Overlap of members with {organisation}, {year}: {organisations}.",
        organisation=club(code),
        year=year,
        organisations=listing(alike),
    )
    title, cites = say("Organisations tied by common members"), (Cite("table:overlap"),)
    return Chart("network", "network", title, text, {"nodes": nodes, "links": links}, cites)

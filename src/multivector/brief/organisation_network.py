"""The other clubs that an organisation's members form."""

from __future__ import annotations

import polars as pl

from multivector.brief.organisation_members import members_of, nothing, spells_of, year_of
from multivector.content.inquiry import Answer, Inquiry, club, label
from multivector.content.model import Chart, Cite, Column, Row, Section, Sentence, Table
from multivector.measures.clubs import seats
from multivector.words import many, say
from multivector.words.figures import listing, number, percent

__all__ = ["network"]

_OPEN = 15
_FRIENDS = 14
_UNIVERSAL = 100
"""Organisations with more full members than this say little about who meets whom."""
_ALIKE = 0.2
"""Two other organisations are joined from this overlap on."""


def network(inquiry: Inquiry) -> tuple[Section | None, tuple[()]]:
    """Return the section on the other organisations the members form."""
    year, code = year_of(inquiry), str(inquiry.organisation)
    years = {"years": (year, year)}
    overlap = inquiry.compute("organisation_overlap", organisation=code, **years)
    shared = inquiry.compute("organisation_overlap", measure="shared", **years)
    title = say("The other clubs of its members")
    if overlap is None or shared is None or overlap.frame.is_empty():
        why = say("no other organisation of the table has a member of it in {year}", year=year)
        return nothing("network", title, why), ()
    both = {
        (a, b): value
        for a, b, value in shared.frame.select(
            "organisation_a", "organisation_b", "value"
        ).iter_rows()
    }
    rows = _overlaps(code, overlap, shared, both)
    table = _overlap_table(rows, year)
    large = _universal(inquiry, year)
    sentences = [_nearest(rows, year), *_parts(inquiry, rows, year)]
    sentences += _nowhere(inquiry, large, year)
    chart = _network_chart(inquiry, rows, large, year)
    return Section(
        "network", title, tuple(sentences), () if chart is None else (chart,), (table,)
    ), ()


def _overlaps(
    code: str, overlap: Answer, shared: Answer, both: dict[tuple[str, str], float]
) -> list[Row]:
    rows = []
    for row in overlap.frame.iter_rows(named=True):
        pair = row["organisation_a"], row["organisation_b"]
        other = pair[1] if pair[0] == code else pair[0]
        cells = {
            "organisation": club(other),
            "code": other,
            "shared": both[pair],
            "jaccard": row["value"],
            "n": row["n"],
        }
        rows.append(Row(cells, (overlap.cite, shared.cite)))
    return sorted(rows, key=lambda r: (-float(str(r.cells["jaccard"])), str(r.cells["code"])))


def _overlap_table(rows: list[Row], year: int) -> Table:
    columns = (
        Column("organisation", say("Organisation")),
        Column("shared", say("Members in both"), "integer"),
        Column("jaccard", say("Overlap (Jaccard)"), "share"),
        Column("n", say("Members of either"), "integer"),
    )
    caption = say("Organisations with the same members, {year}", year=year)
    note = say("Full members on 31 December. Organisations without a common member are left out.")
    return Table("overlap", caption, columns, tuple(rows), note, folded=len(rows) > _OPEN)


def _nearest(rows: list[Row], year: int) -> Sentence:
    told = [
        say(
            "{organisation} ({share}, {n} in both)",
            organisation=row.cells["organisation"],
            share=percent(float(str(row.cells["jaccard"]))),
            n=number(float(str(row.cells["shared"]))),
        )
        for row in rows[:5]
    ]
    text = say(
        "Most alike in members, {year}: {organisations}.", year=year, organisations=listing(told)
    )
    return Sentence(text, rows[0].cites)


def _parts(inquiry: Inquiry, rows: list[Row], year: int) -> list[Sentence]:
    """Return the organisations in which every member sits."""
    held = len(members_of(inquiry, year))
    every = [str(r.cells["organisation"]) for r in rows if r.cells["shared"] == held]
    if not every or held < 2:
        return []
    text = say("All its members also sit in: {organisations}.", organisations=listing(every, 15))
    return [Sentence(text, rows[0].cites)]


def _universal(inquiry: Inquiry, year: int) -> tuple[str, ...]:
    chosen = inquiry.table("memberships")
    if chosen is None:
        return ()
    sizes = seats(chosen.frame, year).group_by("organisation").len()
    large = sizes.filter(pl.col("len") > _UNIVERSAL)["organisation"]
    return tuple(sorted(set(large) - {inquiry.organisation}))


def _nowhere(inquiry: Inquiry, without: tuple[str, ...], year: int) -> list[Sentence]:
    """Return how many pairs of members meet in no other organisation of the table."""
    if spells_of(inquiry).is_empty():
        return []
    answer = inquiry.compute(
        "reliance", organisation=inquiry.organisation, years=(year, year), without=without
    )
    if answer is None or answer.frame.is_empty():
        return []
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
        named = [
            f"{label(a)} – {label(b)}" for a, b in alone.select("state_a", "state_b").iter_rows()
        ]
        text = f"{text} {say('They are: {pairs}.', pairs=listing(named))}"
    return [Sentence(text, (answer.cite,))]


def _network_chart(
    inquiry: Inquiry, rows: list[Row], large: tuple[str, ...], year: int
) -> Chart | None:
    """Return the nearest organisations that are not universal, and how alike they are."""
    code = str(inquiry.organisation)
    small = [row for row in rows if row.cells["code"] not in large][:_FRIENDS]
    all_pairs = inquiry.compute("organisation_overlap", years=(year, year))
    if all_pairs is None or not small:
        return None
    inside = {code, *(str(row.cells["code"]) for row in small)}
    chosen = inquiry.table("memberships")
    frame = spells_of(inquiry) if chosen is None else chosen.frame
    sizes = dict(seats(frame, year).group_by("organisation").len().iter_rows())
    nodes = [
        {"key": c, "label": club(c), "size": float(sizes.get(c, 0)), "own": c == code}
        for c in sorted(inside)
    ]
    pairs = all_pairs.frame.select("organisation_a", "organisation_b", "value")
    links = [
        {"a": a, "b": b, "weight": value}
        for a, b, value in pairs.iter_rows()
        if a in inside and b in inside and (code in (a, b) or value >= _ALIKE)
    ]
    told = [
        say(
            "{organisation} {share}",
            organisation=row.cells["organisation"],
            share=percent(float(str(row.cells["jaccard"]))),
        )
        for row in small
    ]
    text = say(
        "Overlap of members with {organisation}, {year}: {organisations}.",
        organisation=club(code),
        year=year,
        organisations=listing(told),
    )
    data = {"nodes": nodes, "links": links}
    title = say("Organisations tied by common members")
    return Chart("network", "network", title, text, data, (Cite("table:overlap"),))

"""The brief on an organisation: its sections, each of which can be asked for alone."""

from __future__ import annotations

from collections.abc import Callable, Collection

import polars as pl

from multivector.brief.assembly import assemble
from multivector.brief.literature import literature as acts
from multivector.brief.organisation_criteria import binds, criteria
from multivector.brief.organisation_rules import depth, power
from multivector.brief.organisation_ties import asymmetry, cohesion, trade
from multivector.brief.profile import profile
from multivector.brief.seats import seats
from multivector.brief.shared_seats import network
from multivector.brief.unknown import unknown
from multivector.content.draft import empty
from multivector.content.inquiry import Inquiry
from multivector.content.model import Brief, Cite, Column, Fact, Gap, Row, Section, Sentence, Table
from multivector.study import world
from multivector.words import many, say

__all__ = ["SECTIONS", "of_organisation"]

_Part = tuple[Section | None, tuple[Fact, ...]]


def of_organisation(inquiry: Inquiry, only: Collection[str] | None = None) -> Brief:
    """Return the brief on an organisation, whole or some of its sections."""
    wanted = set(SECTIONS if only is None else only)
    parts = {name: write(inquiry) for name, write in _WRITERS.items() if name in wanted}
    made = {name: section for name, (section, _) in parts.items() if section is not None}
    gaps: tuple[Gap, ...] = tuple(inquiry.gaps)
    if "unknown" in wanted:
        made["unknown"], gaps = unknown(inquiry)
    facts = [fact for _, own in parts.values() for fact in own]
    return assemble(inquiry, [made[name] for name in SECTIONS if name in made], facts, gaps)


def literature(inquiry: Inquiry) -> _Part:
    """Return what the casebook's papers say of the organisation; a note if they do not name it."""
    section = acts(inquiry)
    figures = _figures(inquiry)
    if not figures:
        why = say("no paper of the casebook names it")
        return section or empty("literature", say("In the literature"), why).section(), ()
    table = _figure_table(figures)
    papers = tuple(Cite(paper) for paper in sorted({c.source for r in figures for c in r.cites}))
    text = many(
        len(figures),
        "{n} figure about it stands in the papers; what they say is not what the records say.",
        "{n} figures about it stand in the papers; what they say is not what the records say.",
    )
    sentence = Sentence(text, papers)
    if section is None:
        return Section("literature", say("In the literature"), (sentence,), (), (table,)), ()
    return Section(
        section.id,
        section.title,
        (*section.sentences, sentence),
        section.charts,
        (*section.tables, table),
        section.notes,
    ), ()


def _figures(inquiry: Inquiry) -> list[Row]:
    rows = world.read("casebook_quantities.tsv").filter(pl.col("duplicate_of").is_null())
    found = []
    for row in rows.sort("date", "id", nulls_last=True).iter_rows(named=True):
        if inquiry.organisation not in (row["actors"] or "").split(";"):
            continue
        if inquiry.year is not None and (row["date"] or "0")[:4] > str(inquiry.year):
            continue
        by = row["attributed_to"]
        place = f"{row['locator']}; citing {by}" if by and by != "author" else row["locator"]
        cells = {
            "subject": row["subject"],
            "value": None if row["value"] is None else float(row["value"]),
            "unit": row["unit"],
            "date": row["date"],
        }
        found.append(Row(cells, (Cite(f"paper@{row['paper']}", place, row["date"]),)))
    return found


def _figure_table(rows: list[Row]) -> Table:
    columns = (
        Column("subject", say("What")),
        Column("value", say("Figure"), "number"),
        Column("unit", say("Unit")),
        Column("date", say("Date"), "date"),
    )
    caption = say("Figures in the literature")
    return Table("figures", caption, columns, tuple(rows), folded=True)


_WRITERS: dict[str, Callable[[Inquiry], _Part]] = {
    "about": profile,
    "members": seats,
    "depth": depth,
    "power": power,
    "criteria": criteria,
    "cohesion": cohesion,
    "trade": trade,
    "asymmetry": asymmetry,
    "binds": binds,
    "network": network,
    "literature": literature,
}
SECTIONS = (*_WRITERS, "unknown")

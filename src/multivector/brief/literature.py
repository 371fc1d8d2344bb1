"""The literature: what the casebook's papers say happened, and where they contradict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from functools import cache
from typing import Any

import polars as pl

from multivector.content.draft import part
from multivector.content.inquiry import Inquiry, label, merge
from multivector.content.model import Cite, Column, Part, Row, Sentence, Table
from multivector.study import world
from multivector.words import many, mark, say
from multivector.words.figures import day, listing, number, sentence_case
from multivector.words.figures import status as word

_LEFT_OUT = ("statement", "other")
_MANY = 25
_KINDS = ("events", "memberships", "quantities", "votes")
_TYPES = {
    "organisation_founded": mark("organisation founded"),
    "agreement_signed": mark("agreement signed"),
    "initiative_proposed": mark("initiative proposed"),
    "summit": mark("summit"),
    "status_granted": mark("status granted"),
    "programme_adopted": mark("programme adopted"),
    "visit": mark("visit"),
    "accession": mark("accession"),
    "meeting": mark("meeting"),
    "exercise": mark("exercise"),
    "law_or_doctrine_adopted": mark("law or doctrine adopted"),
    "chairmanship": mark("chairmanship"),
    "withdrawal": mark("withdrawal"),
    "institution_opened": mark("institution opened"),
    "pipeline_or_infrastructure": mark("pipeline or infrastructure"),
    "treaty_in_force": mark("treaty in force"),
    "currency_introduced": mark("currency introduced"),
    "recognition": mark("recognition"),
    "joint_venture_founded": mark("joint venture founded"),
}
_NATURES = {
    "contradiction": mark("contradiction"),
    "implausible": mark("implausible"),
    "citation": mark("citation"),
    "name": mark("name"),
    "attributed_disagreement": mark("attributed disagreement"),
}


def literature(inquiry: Inquiry) -> Part | None:
    """Return the section on the literature; null for a state no paper of the casebook names."""
    events = _events(inquiry)
    conflicts = contradictions({inquiry.state})
    if not events and not conflicts:
        return None
    papers = sorted({cite.source for row in (*events, *conflicts) for cite in row.cites})
    text = say(
        "{papers} of the casebook: {acts} that involve {state}, and {contradictions} between "
        "passages or with what is known elsewhere.",
        papers=many(len(papers), "{n} paper", "{n} papers"),
        acts=many(len(events), "{n} dated act", "{n} dated acts"),
        state=inquiry.name,
        contradictions=many(len(conflicts), "{n} contradiction", "{n} contradictions"),
    )
    sentences = [Sentence(text, tuple(Cite(paper) for paper in papers))]
    tables = _act_tables(inquiry, events)
    if conflicts:
        caption = say("Contradictions in the literature")
        tables.append(conflict_table(caption, conflicts, folded=True))
    return part(*sentences, *tables)


def literature_of(inquiry: Inquiry) -> Part:
    """Return what the casebook's papers say of the organisation; a note if they do not name it."""
    acts = literature(inquiry)
    figures = _figures(inquiry)
    if not figures:
        why = say("no paper of the casebook names it")
        return acts or part(sentence_case(f"{why}."))
    papers = tuple(Cite(paper) for paper in sorted({c.source for r in figures for c in r.cites}))
    text = many(
        len(figures),
        "{n} figure about it stands in the papers; what they say is not what the records say.",
        "{n} figures about it stand in the papers; what they say is not what the records say.",
    )
    return part(acts, Sentence(text, papers), _figure_table(figures))


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


def conflict_table(caption: str, rows: list[Row], *, folded: bool) -> Table:
    """Return the table of contradictions, one a row."""
    columns = (
        Column("summary", say("What is contradicted")),
        Column("nature", say("Kind")),
        Column("sides", say("The sides")),
        Column("why", say("Why it matters")),
    )
    note = say("Both sides stand; the records of the other sections are not taken from them.")
    return Table("conflicts", caption, columns, tuple(rows), note, folded=folded)


def _act_tables(inquiry: Inquiry, events: list[Row]) -> list[Table]:
    """Return the dated acts in one table, or, where there are many, in one a decade."""
    columns = (
        Column("date", say("Date"), "date"),
        Column("what", say("What")),
        Column("type", say("Kind")),
        Column("others", say("With")),
    )
    note = say(
        "As the papers state it; the same act in several passages is one row. Statements and "
        "undated acts are left out."
    )
    if len(events) <= _MANY:
        caption = say("{state} in the literature: dated acts", state=inquiry.name)
        return [Table("acts", caption, columns, tuple(events), note)] if events else []
    decades: dict[str, list[Row]] = {}
    for row in events:
        decades.setdefault(f"{str(row.cells['date'])[:3]}0", []).append(row)
    newest = max(decades)
    return [
        Table(
            f"acts-{decade}s",
            say("Dated acts, {decade}s", decade=decade),
            columns,
            tuple(rows),
            note if decade == newest else "",
            folded=decade != newest,
        )
        for decade, rows in decades.items()
    ]


def _subject(inquiry: Inquiry) -> str:
    return inquiry.organisation or inquiry.state


def _actors(text: str | None) -> list[str]:
    return [] if not text else text.split(";")


def _events(inquiry: Inquiry) -> list[Row]:
    rows = world.read("casebook_events.tsv").filter(
        ~pl.col("type").is_in(_LEFT_OUT) & pl.col("date").is_not_null()
    )
    if inquiry.year is not None:
        rows = rows.filter(pl.col("date").str.slice(0, 4) <= str(inquiry.year))
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows.sort("id").iter_rows(named=True):
        groups.setdefault(row["duplicate_of"] or row["id"], []).append(row)
    shown = [
        group
        for group in groups.values()
        if any(_subject(inquiry) in _actors(row["actors"]) for row in group)
    ]
    shown.sort(key=lambda group: (group[0]["date"], group[0]["id"]))
    return [_event(inquiry, group) for group in shown]


def _event(inquiry: Inquiry, group: list[dict[str, Any]]) -> Row:
    first = group[0]
    others = [
        _actor(actor)
        for actor in dict.fromkeys(a for row in group for a in _actors(row["actors"]))
        if actor != _subject(inquiry)
    ]
    cells = {
        "date": first["date"],
        "what": first["title"],
        "type": say(_TYPES.get(first["type"], first["type"])),
        "others": listing(others, 6),
    }
    return Row(cells, merge(_cite(row) for row in group))


def _cite(row: dict[str, Any]) -> Cite:
    by = row.get("attributed_to")
    cited = f"{row['locator']}; citing {by}" if by and by != "author" else row["locator"]
    return Cite(f"paper@{row['paper']}", cited, row.get("date"))


def _actor(actor: str) -> str:
    kind, separator, name = actor.partition(":")
    if separator:
        return name
    try:
        return label(kind)
    except LookupError:
        return kind


@cache
def _records() -> dict[str, dict[str, Any]]:
    """Return every record of the casebook by its id."""
    return {
        row["id"]: row
        for kind in _KINDS
        for row in world.read(f"casebook_{kind}.tsv").iter_rows(named=True)
    }


@cache
def _subjects() -> dict[str, str]:
    """Return the state each paper is about: the one most of its events name."""
    counted: dict[str, Counter[str]] = {}
    for row in world.read("casebook_events.tsv").iter_rows(named=True):
        states = [a for a in _actors(row["actors"]) if len(a) == 3 and a.isupper()]
        counted.setdefault(row["paper"], Counter()).update(states)
    return {paper: c.most_common(1)[0][0] for paper, c in sorted(counted.items()) if c}


def contradictions(about: Collection[str]) -> list[Row]:
    """Return the contradictions of the casebook that concern all of these states."""
    sides: dict[str, list[dict[str, Any]]] = {}
    for side in world.read("casebook_sides.tsv").iter_rows(named=True):
        sides.setdefault(side["conflict"], []).append(side)
    rows = world.read("casebook_conflicts.tsv").sort("id").iter_rows(named=True)
    return [
        _conflict(row, sides.get(row["id"], []))
        for row in rows
        if set(about) <= _concerned(row, sides.get(row["id"], []))
    ]


def _concerned(conflict: dict[str, Any], sides: list[dict[str, Any]]) -> set[str]:
    """Return the actors of the records in conflict; without any, the papers' subjects."""
    found: set[str] = set()
    for side in sides:
        record = _records().get(side["record"] or "")
        if record is not None:
            found |= set(_actors(record.get("actors") or record.get("actor")))
            found |= {record["organisation"]} if record.get("organisation") else set()
    return found or {_subjects().get(paper, "") for paper in _actors(conflict["papers"])}


def _conflict(conflict: dict[str, Any], sides: list[dict[str, Any]]) -> Row:
    told: dict[str, list[str]] = {}
    for side in sides:
        what = _said(_records().get(side["record"] or ""))
        place = say("paper {paper}, {place}", paper=side["paper"], place=side["locator"])
        told.setdefault(side["side"], []).append(f"{what} ({place})" if what else place)
    cells = {
        "summary": conflict["summary"],
        "nature": say(_NATURES.get(conflict["nature"], conflict["nature"])),
        "sides": " ⇄ ".join("; ".join(parts) for _, parts in sorted(told.items())),
        "why": conflict["why"],
    }
    return Row(cells, merge(Cite(f"paper@{s['paper']}", s["locator"]) for s in sides))


def _said(record: dict[str, Any] | None) -> str:
    """Return what a record holds, in a few words."""
    if record is None:
        return ""
    if record.get("title"):
        return f"{record['title']}, {day(record['date'])}"
    if record.get("subject"):
        value, unit = record["value"], record["unit"] or ""
        shown = number(float(value), 6) if value else say("no figure")
        return f"{record['subject']}: {shown} {unit}".strip()
    if record.get("organisation"):
        return _seat(record)
    if record.get("resolution") or record.get("issue"):
        return say(
            "{actor} with {others} on {what}",
            actor=record["actor"],
            others=record["sides_with"],
            what=record["resolution"] or record["issue"],
        )
    return ""


def _seat(record: dict[str, Any]) -> str:
    told = say(
        "{actor} {status} of {organisation}",
        actor=record["actor"],
        status=word(record["status"]),
        organisation=record["organisation"],
    )
    if not record["start_date"]:
        return told
    return say("{seat} since {date}", seat=told, date=day(record["start_date"]))

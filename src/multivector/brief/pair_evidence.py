"""Evidence on a pair: what papers and documents say about both, and where they contradict."""

from __future__ import annotations

from typing import Any

import polars as pl

from multivector.brief.literature import conflict_table, contradictions
from multivector.content.draft import part
from multivector.content.inquiry import Inquiry, Sides, merge
from multivector.content.model import Cite, Column, Part, Row, Sentence, Table
from multivector.study import world
from multivector.words import many, mark, say
from multivector.words.figures import number

__all__ = ["evidence"]

_DOCUMENTS = "study@documents"
_QUOTE = 320
_MOST = 60
_OPEN = 6
_WORDS = {
    "event": mark("act"),
    "membership": mark("membership"),
    "quantity": mark("figure"),
    "vote": mark("vote"),
    "statement": mark("statement"),
}


def evidence(inquiry: Inquiry) -> Part | None:
    """Return the section on what is written about both; null where nothing is."""
    sides = Sides.of(inquiry)
    both = {sides.a, sides.b}
    stated = _statements(inquiry, both)
    figures = _figures(inquiry, both)
    votes = _votes(inquiry, both)
    against = contradictions(both)
    documents = _documents(inquiry, both)
    told = [*stated, *figures, *votes, *against]
    if not told and not documents:
        return None
    sentences = []
    if told:
        sentences.append(_counted(sides, stated, figures, votes, against))
    if documents:
        text = many(
            len(documents),
            "The study's own documents have {n} statement that names both.",
            "The study's own documents have {n} statements that name both.",
        )
        sentences.append(Sentence(text, (Cite("table:documents"),)))
    tables = [
        table
        for table in (
            _statement_table(stated),
            _figure_table(figures),
            _vote_table(votes),
            conflict_table(
                say("Contradictions in the literature about both"),
                against,
                folded=len(against) > _OPEN,
            ),
            _document_table(documents),
        )
        if table.rows
    ]
    return part(*sentences, *tables)


def _counted(
    sides: Sides, stated: list[Row], figures: list[Row], votes: list[Row], against: list[Row]
) -> Sentence:
    rows = (*stated, *figures, *votes, *against)
    papers = sorted({cite.source for row in rows for cite in row.cites})
    text = say(
        "About {a} and {b} together: {papers}, with {statements}, {figures}, {votes} and "
        "{conflicts}.",
        a=sides.first,
        b=sides.second,
        papers=many(len(papers), "{n} paper of the casebook", "{n} papers of the casebook"),
        statements=many(
            len(stated), "{n} statement or undated act", "{n} statements or undated acts"
        ),
        figures=many(len(figures), "{n} figure", "{n} figures"),
        votes=many(len(votes), "{n} claim on votes", "{n} claims on votes"),
        conflicts=many(len(against), "{n} contradiction", "{n} contradictions"),
    )
    return Sentence(text, tuple(Cite(paper) for paper in papers))


# --- the casebook


def _naming(name: str, both: set[str], *columns: str) -> list[dict[str, Any]]:
    """Return the casebook's rows whose columns of actors name both."""
    rows = world.read(name).sort("id")
    named = pl.concat_str([pl.col(c).fill_null("") for c in columns], separator=";").str.split(";")
    found = rows.filter(*(named.list.contains(code) for code in sorted(both)))
    return found.to_dicts()


def _early(inquiry: Inquiry, date: str | None) -> bool:
    return inquiry.year is None or not date or date[:4] <= str(inquiry.year)


def _cite(row: dict[str, Any]) -> Cite:
    by = row.get("attributed_to")
    cited = f"{row['locator']}; citing {by}" if by and by != "author" else row["locator"]
    return Cite(f"paper@{row['paper']}", cited, row.get("date"))


def _places(group: list[dict[str, Any]]) -> str:
    """Return the papers and places of a statement, side by side."""
    told = dict.fromkeys(
        say("paper {paper}, {place}", paper=row["paper"], place=row["locator"]) for row in group
    )
    return " | ".join(told)


def _statements(inquiry: Inquiry, both: set[str]) -> list[Row]:
    """Return statements and undated acts that name both; the dated acts are the timeline's."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in _naming("casebook_events.tsv", both, "actors"):
        groups.setdefault(row["duplicate_of"] or row["id"], []).append(row)
    rows = []
    for group in groups.values():
        first = group[0]
        if (first["type"] != "statement" and first["date"]) or not _early(inquiry, first["date"]):
            continue
        cells = {
            "what": first["title"],
            "kind": say(_WORDS["statement" if first["type"] == "statement" else "event"]),
            "date": first["date"],
            "places": _places(group),
        }
        rows.append(Row(cells, merge(_cite(row) for row in group)))
    return rows


def _figures(inquiry: Inquiry, both: set[str]) -> list[Row]:
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in _naming("casebook_quantities.tsv", both, "actors"):
        if _early(inquiry, row["date"]):
            groups.setdefault((row["subject"], row["date"] or ""), []).append(row)
    return [
        Row(
            {
                "subject": subject,
                "date": date or None,
                "values": " | ".join(dict.fromkeys(_figure(row) for row in group)),
                "places": _places(group),
            },
            merge(_cite(row) for row in group),
        )
        for (subject, date), group in groups.items()
    ]


def _figure(row: dict[str, Any]) -> str:
    if not row["value"]:
        return say("no figure")
    told = number(float(row["value"]), 6)
    if row["value_max"]:
        told = f"{told}–{number(float(row['value_max']), 6)}"
    sign = {"=": "", "~": "≈ "}.get(row["comparison"] or "=", f"{row['comparison']} ")
    return f"{sign}{told} {row['unit'] or ''}".strip()


def _votes(inquiry: Inquiry, both: set[str]) -> list[Row]:
    """Return what the papers say of votes of one with or against the other."""
    found = _naming("casebook_votes.tsv", both, "actor", "sides_with", "against")
    return [
        Row(
            {
                "what": row["resolution"] or row["issue"],
                "issue": row["issue"] if row["resolution"] else None,
                "period": row["period"],
                "actor": row["actor"],
                "sides_with": row["sides_with"],
                "against": row["against"],
                "places": _places([row]),
            },
            (Cite(f"paper@{row['paper']}", row["locator"], None),),
        )
        for row in found
        if _early(inquiry, (row["period"] or "")[-4:])
    ]


# --- the study's own documents


def _documents(inquiry: Inquiry, both: set[str]) -> list[Row]:
    """Return the statements of the study's documents in force that name both."""
    folder = inquiry.workspace.path
    if folder is None or not (folder / "documents").is_dir():
        return []
    library = inquiry.workspace.archive
    names = {str(meta["doc"]): str(meta["name"]) for meta in library.documents()}
    rows = []
    for found in library.statements():
        if found.duplicate_of or not both <= _actors(found.fields):
            continue
        date = found.fields.get("date") or found.fields.get("start_date")
        if not _early(inquiry, date):
            continue
        place = f"{found.start}–{found.end}"
        cells = {
            "quote": _cut(found.quote),
            "kind": say(_WORDS.get(found.kind, found.kind)),
            "date": date,
            "document": names.get(found.doc, found.doc),
            "place": place,
            "coder": found.coder,
        }
        rows.append(Row(cells, (Cite(_DOCUMENTS, f"{found.doc}, characters {place}", date),)))
    rows.sort(key=lambda row: (str(row.cells["date"] or "~"), str(row.cells["document"])))
    return rows


def _actors(fields: dict[str, Any]) -> set[str]:
    single = (fields.get(name) for name in ("actor", "org", "sides_with", "against"))
    return {str(name) for name in (*(fields.get("actors") or ()), *single) if name}


def _cut(quote: str) -> str:
    text = " ".join(quote.split())
    return text if len(text) <= _QUOTE else f"{text[: _QUOTE - 1].rstrip()}…"


# --- tables


def _statement_table(rows: list[Row]) -> Table:
    columns = (
        Column("what", say("What is said")),
        Column("kind", say("Kind")),
        Column("date", say("Date"), "date"),
        Column("places", say("Where")),
    )
    note = say(
        "As the papers state it; the same statement in several places stands in one row. Dated "
        "acts are under Timeline."
    )
    caption = say("Statements and undated acts that name both")
    return Table("statements", caption, columns, tuple(rows), note, folded=len(rows) > 12)


def _figure_table(rows: list[Row]) -> Table:
    columns = (
        Column("subject", say("Figure")),
        Column("date", say("Date"), "date"),
        Column("values", say("Values told")),
        Column("places", say("Where")),
    )
    note = say("Values side by side are what different places say of the same thing and date.")
    caption = say("Figures of the literature about both")
    return Table("figures", caption, columns, tuple(rows), note, folded=len(rows) > 12)


def _vote_table(rows: list[Row]) -> Table:
    columns = (
        Column("what", say("Resolution or issue")),
        Column("issue", say("Issue")),
        Column("period", say("Period")),
        Column("actor", say("Who")),
        Column("sides_with", say("with")),
        Column("against", say("against")),
        Column("places", say("Where")),
    )
    caption = say("What the literature says of their votes")
    return Table("claims-votes", caption, columns, tuple(rows), folded=len(rows) > 12)


def _document_table(rows: list[Row]) -> Table:
    columns = (
        Column("quote", say("Quote")),
        Column("kind", say("Kind")),
        Column("date", say("Date"), "date"),
        Column("document", say("Document")),
        Column("place", say("Characters")),
        Column("coder", say("Coded by")),
    )
    left = len(rows) - _MOST
    note = say("Statements in force, after review.")
    if left > 0:
        note += " " + many(left, "{n} more is left out.", "{n} more are left out.")
    caption = say("Statements of the study's documents that name both")
    return Table("documents", caption, columns, tuple(rows[:_MOST]), note, folded=True)

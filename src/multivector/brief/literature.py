"""The literature: what papers and documents say of a state, an organisation, or of two states.

Acts, figures and claims are the papers' own, cited by place; where papers contradict each other or
what is known elsewhere, both sides stand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from functools import cache
from typing import Any

import polars as pl

from multivector.content.draft import Draft, empty
from multivector.content.inquiry import Inquiry, Sides, label, merge
from multivector.content.model import Cite, Part, Row, Scalar, Sentence, Table
from multivector.content.tables import Heads, pick, table
from multivector.study import world
from multivector.words import many, mark, say
from multivector.words.figures import day, listing, number
from multivector.words.figures import status as word

__all__ = ["actor", "acts_of", "cite", "contradictions", "evidence", "grouped", "literature"]

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
_WORDS = {
    "event": mark("act"),
    "membership": mark("membership"),
    "quantity": mark("figure"),
    "vote": mark("vote"),
    "statement": mark("statement"),
}
_DOCUMENTS = "study@documents"
_QUOTE = 320
_MOST = 60
_OPEN = 6
_UNFOLDED = 12


def literature(inquiry: Inquiry) -> Part | None:
    """Return the section on the literature; null for a state no paper of the casebook names."""
    acts, conflicts = _acts(inquiry), contradictions({_subject(inquiry)})
    figures = _figures(inquiry) if inquiry.kind == "organisation" else []
    if not acts and not conflicts and not figures:
        why = say("no paper of the casebook names it")
        return empty(why) if inquiry.kind == "organisation" else None
    draft = Draft()
    if acts or conflicts:
        papers = _papers((*acts, *conflicts))
        text = say(
            "{papers} of the casebook: {acts} that involve {state}, and {contradictions} between "
            "passages or with what is known elsewhere.",
            papers=many(len(papers), "{n} paper", "{n} papers"),
            acts=many(len(acts), "{n} dated act", "{n} dated acts"),
            state=inquiry.name,
            contradictions=many(len(conflicts), "{n} contradiction", "{n} contradictions"),
        )
        draft.write(text, papers)
        draft.add(_act_tables(inquiry, acts))
    if conflicts:
        draft.add(_conflict_table(say("Contradictions in the literature"), conflicts, folded=True))
    if figures:
        text = many(
            len(figures),
            "{n} figure about it stands in the papers; what they say is not what the records say.",
            "{n} figures about it stand in the papers; what they say is not what the records say.",
        )
        draft.write(text, _papers(figures))
        draft.add(_figure_table(figures))
    return draft.part()


# --- how the casebook is read


def cite(row: dict[str, Any]) -> Cite:
    """Return where a record of the literature stands, and whom the paper cites for it."""
    by = row.get("attributed_to")
    place = f"{row['locator']}; citing {by}" if by and by != "author" else row["locator"]
    return Cite(row.get("source") or f"paper@{row['paper']}", place, row.get("date"))


def actor(code: str) -> str:
    """Return the name of an actor: a state, an organisation, or who is named by kind and name."""
    kind, separator, name = code.partition(":")
    if separator:
        return name
    try:
        return label(kind)
    except LookupError:
        return kind


def acts_of(inquiry: Inquiry) -> pl.DataFrame | None:
    """Return the coded acts that name the state, or both of a pair, by date; null without any."""
    chosen = inquiry.table("events")
    if chosen is None:
        return None
    actors = pl.col("actors").fill_null("").str.split(";")
    named = [actors.list.contains(code) for code in (inquiry.state, inquiry.partner) if code]
    return chosen.frame.filter(*named).sort("date", "event")


def grouped(rows: Iterable[dict[str, Any]], key: str) -> list[list[dict[str, Any]]]:
    """Return records that tell the same thing together, in the order first met."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row["duplicate_of"] or row[key], []).append(row)
    return list(groups.values())


def _subject(inquiry: Inquiry) -> str:
    return inquiry.organisation or inquiry.state


def _actors(text: str | None) -> list[str]:
    return [] if not text else text.split(";")


def _papers(rows: Iterable[Row]) -> tuple[Cite, ...]:
    return tuple(Cite(paper) for paper in sorted({c.source for row in rows for c in row.cites}))


def _early(inquiry: Inquiry, date: str | None) -> bool:
    return inquiry.year is None or not date or date[:4] <= str(inquiry.year)


def _place(row: dict[str, Any]) -> str:
    return say("paper {paper}, {place}", paper=row["paper"], place=row["locator"])


# --- acts and figures of a state or an organisation


def _acts(inquiry: Inquiry) -> list[Row]:
    """Return the dated acts of the subject, those told several times once, oldest first."""
    rows = world.read("casebook_events.tsv").filter(
        ~pl.col("type").is_in(_LEFT_OUT) & pl.col("date").is_not_null()
    )
    found = (row for row in rows.sort("id").iter_rows(named=True) if _early(inquiry, row["date"]))
    named = [
        group
        for group in grouped(found, "id")
        if any(_subject(inquiry) in _actors(row["actors"]) for row in group)
    ]
    named.sort(key=lambda group: (group[0]["date"], group[0]["id"]))
    return [_act(inquiry, group) for group in named]


def _act(inquiry: Inquiry, group: list[dict[str, Any]]) -> Row:
    first, others = group[0], dict.fromkeys(a for row in group for a in _actors(row["actors"]))
    cells: dict[str, Scalar] = {
        "date": first["date"],
        "what": first["title"],
        "type": say(_TYPES.get(first["type"], first["type"])),
        "others": listing([actor(a) for a in others if a != _subject(inquiry)], 6),
    }
    return Row(cells, merge(map(cite, group)))


def _act_tables(inquiry: Inquiry, acts: list[Row]) -> list[Table]:
    """Return the dated acts in one table, or, where there are many, in one a decade."""
    heads: Heads = {
        "date": (say("Date"), "date"),
        "what": say("What"),
        "type": say("Kind"),
        "others": say("With"),
    }
    note = say(
        "As the papers state it; the same act in several passages is one row. Statements and "
        "undated acts are left out."
    )
    if len(acts) <= _MANY:
        caption = say("{state} in the literature: dated acts", state=inquiry.name)
        return [table("acts", caption, heads, acts, note)] if acts else []
    decades: dict[str, list[Row]] = {}
    for row in acts:
        decades.setdefault(f"{str(row.cells['date'])[:3]}0", []).append(row)
    newest = max(decades)
    return [
        table(
            f"acts-{decade}s",
            say("Dated acts, {decade}s", decade=decade),
            heads,
            rows,
            note if decade == newest else "",
            folded=decade != newest,
        )
        for decade, rows in decades.items()
    ]


def _figures(inquiry: Inquiry) -> list[Row]:
    rows = world.read("casebook_quantities.tsv").filter(pl.col("duplicate_of").is_null())
    found = []
    for row in rows.sort("date", "id", nulls_last=True).iter_rows(named=True):
        if inquiry.organisation in _actors(row["actors"]) and _early(inquiry, row["date"]):
            value = None if row["value"] is None else float(row["value"])
            cells = {**pick(row, "subject", "unit", "date"), "value": value}
            found.append(Row(cells, (cite(row),)))
    return found


def _figure_table(rows: list[Row]) -> Table:
    heads: Heads = {
        "subject": say("What"),
        "value": (say("Figure"), "number"),
        "unit": say("Unit"),
        "date": (say("Date"), "date"),
    }
    return table("figures", say("Figures in the literature"), heads, rows, folded=True)


# --- where they contradict


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
    """Return the contradictions of the casebook that concern all of these actors."""
    sides: dict[str, list[dict[str, Any]]] = {}
    for side in world.read("casebook_sides.tsv").iter_rows(named=True):
        sides.setdefault(side["conflict"], []).append(side)
    rows = world.read("casebook_conflicts.tsv").sort("id").iter_rows(named=True)
    found = ((row, sides.get(row["id"], [])) for row in rows)
    return [_conflict(row, own) for row, own in found if set(about) <= _concerned(row, own)]


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
    parts: dict[str, list[str]] = {}
    for side in sides:
        what, place = _holds(_records().get(side["record"] or "")), _place(side)
        parts.setdefault(side["side"], []).append(f"{what} ({place})" if what else place)
    cells = {
        **pick(conflict, "summary", "why"),
        "nature": say(_NATURES.get(conflict["nature"], conflict["nature"])),
        "sides": " ⇄ ".join("; ".join(own) for _, own in sorted(parts.items())),
    }
    return Row(cells, merge(Cite(f"paper@{side['paper']}", side["locator"]) for side in sides))


def _holds(record: dict[str, Any] | None) -> str:
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
    seat = say(
        "{actor} {status} of {organisation}",
        status=word(record["status"]),
        **pick(record, "actor", "organisation"),
    )
    if not record["start_date"]:
        return seat
    return say("{seat} since {date}", seat=seat, date=day(record["start_date"]))


def _conflict_table(caption: str, rows: list[Row], *, folded: bool) -> Table:
    heads: Heads = {
        "summary": say("What is contradicted"),
        "nature": say("Kind"),
        "sides": say("The sides"),
        "why": say("Why it matters"),
    }
    note = say("Both sides stand; the records of the other sections are not taken from them.")
    return table("conflicts", caption, heads, rows, note, folded=folded)


# --- evidence on two states


def evidence(inquiry: Inquiry) -> Part | None:
    """Return the section on what is written about both of two states; null where nothing is."""
    sides = Sides.of(inquiry)
    both = {sides.a, sides.b}
    papers = [f(inquiry, both) for f in (_statements, _figures_of_both, _claims)]
    papers.append(contradictions(both))
    documents = _documents(inquiry, both)
    draft = Draft()
    if any(papers):
        draft.add(_counted(sides, papers))
    if documents:
        text = many(
            len(documents),
            "The study's own documents have {n} statement that names both.",
            "The study's own documents have {n} statements that name both.",
        )
        draft.write(text, (Cite("table:documents"),))
    caption = say("Contradictions in the literature about both")
    tables: tuple[Callable[[list[Row]], Table], ...] = (
        _statement_table,
        _value_table,
        _claim_table,
        lambda rows: _conflict_table(caption, rows, folded=len(rows) > _OPEN),
        _document_table,
    )
    for made, rows in zip(tables, (*papers, documents), strict=True):
        draft.add(made(rows) if rows else None)
    return draft.part() if draft.sentences else None


def _counted(sides: Sides, found: list[list[Row]]) -> Sentence:
    stated, figures, claims, against = map(len, found)
    papers = _papers(row for rows in found for row in rows)
    text = say(
        "About {a} and {b} together: {papers}, with {statements}, {figures}, {votes} and "
        "{conflicts}.",
        **sides.names,
        papers=many(len(papers), "{n} paper of the casebook", "{n} papers of the casebook"),
        statements=many(stated, "{n} statement or undated act", "{n} statements or undated acts"),
        figures=many(figures, "{n} figure", "{n} figures"),
        votes=many(claims, "{n} claim on votes", "{n} claims on votes"),
        conflicts=many(against, "{n} contradiction", "{n} contradictions"),
    )
    return Sentence(text, papers)


def _naming(name: str, both: set[str], *columns: str) -> list[dict[str, Any]]:
    """Return the casebook's rows whose columns of actors name both."""
    rows = world.read(name).sort("id")
    named = pl.concat_str([pl.col(c).fill_null("") for c in columns], separator=";").str.split(";")
    return rows.filter(*(named.list.contains(code) for code in sorted(both))).to_dicts()


def _where(group: list[dict[str, Any]]) -> str:
    """Return the papers of a statement and where it stands in them, side by side."""
    return " | ".join(dict.fromkeys(map(_place, group)))


def _statements(inquiry: Inquiry, both: set[str]) -> list[Row]:
    """Return statements and undated acts that name both; the dated acts are the timeline's."""
    rows = []
    for group in grouped(_naming("casebook_events.tsv", both, "actors"), "id"):
        first = group[0]
        stated = first["type"] == "statement"
        if (stated or not first["date"]) and _early(inquiry, first["date"]):
            kind = say(_WORDS["statement" if stated else "event"])
            cells = {"what": first["title"], "kind": kind, "date": first["date"]}
            rows.append(Row({**cells, "places": _where(group)}, merge(map(cite, group))))
    return rows


def _statement_table(rows: list[Row]) -> Table:
    heads: Heads = {
        "what": say("What is said"),
        "kind": say("Kind"),
        "date": (say("Date"), "date"),
        "places": say("Where"),
    }
    note = say(
        "As the papers state it; the same statement in several places stands in one row. Dated "
        "acts are under Timeline."
    )
    caption = say("Statements and undated acts that name both")
    return table("statements", caption, heads, rows, note, folded=len(rows) > _UNFOLDED)


def _figures_of_both(inquiry: Inquiry, both: set[str]) -> list[Row]:
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in _naming("casebook_quantities.tsv", both, "actors"):
        if _early(inquiry, row["date"]):
            groups.setdefault((row["subject"], row["date"] or ""), []).append(row)
    rows = []
    for (subject, date), group in groups.items():
        values = " | ".join(dict.fromkeys(map(_value, group)))
        cells = {"subject": subject, "date": date or None, "values": values}
        rows.append(Row({**cells, "places": _where(group)}, merge(map(cite, group))))
    return rows


def _value(row: dict[str, Any]) -> str:
    if not row["value"]:
        return say("no figure")
    written = number(float(row["value"]), 6)
    if row["value_max"]:
        written = f"{written}–{number(float(row['value_max']), 6)}"
    sign = {"=": "", "~": "≈ "}.get(row["comparison"] or "=", f"{row['comparison']} ")
    return f"{sign}{written} {row['unit'] or ''}".strip()


def _value_table(rows: list[Row]) -> Table:
    heads: Heads = {
        "subject": say("Figure"),
        "date": (say("Date"), "date"),
        "values": say("Values told"),
        "places": say("Where"),
    }
    note = say("Values side by side are what different places say of the same thing and date.")
    caption = say("Figures of the literature about both")
    return table("figures", caption, heads, rows, note, folded=len(rows) > _UNFOLDED)


def _claims(inquiry: Inquiry, both: set[str]) -> list[Row]:
    """Return what the papers say of votes of one with or against the other."""
    rows = []
    for row in _naming("casebook_votes.tsv", both, "actor", "sides_with", "against"):
        if _early(inquiry, (row["period"] or "")[-4:]):
            what = row["resolution"] or row["issue"]
            cells = {"what": what, "issue": row["issue"] if row["resolution"] else None}
            cells |= {**pick(row, "period", "actor", "sides_with", "against")}
            cites = (Cite(f"paper@{row['paper']}", row["locator"], None),)
            rows.append(Row({**cells, "places": _where([row])}, cites))
    return rows


def _claim_table(rows: list[Row]) -> Table:
    heads: Heads = {
        "what": say("Resolution or issue"),
        "issue": say("Issue"),
        "period": say("Period"),
        "actor": say("Who"),
        "sides_with": say("with"),
        "against": say("against"),
        "places": say("Where"),
    }
    caption = say("What the literature says of their votes")
    return table("claims-votes", caption, heads, rows, folded=len(rows) > _UNFOLDED)


def _documents(inquiry: Inquiry, both: set[str]) -> list[Row]:
    """Return the statements of the study's documents in force that name both."""
    folder = inquiry.workspace.path
    if folder is None or not (folder / "documents").is_dir():
        return []
    library = inquiry.workspace.archive
    names = {str(meta["doc"]): str(meta["name"]) for meta in library.documents()}
    rows = []
    for found in library.statements():
        if found.duplicate_of or not both <= _named(found.fields):
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


def _named(fields: dict[str, Any]) -> set[str]:
    single = (fields.get(name) for name in ("actor", "org", "sides_with", "against"))
    return {str(name) for name in (*(fields.get("actors") or ()), *single) if name}


def _cut(quote: str) -> str:
    text = " ".join(quote.split())
    return text if len(text) <= _QUOTE else f"{text[: _QUOTE - 1].rstrip()}…"


def _document_table(rows: list[Row]) -> Table:
    heads: Heads = {
        "quote": say("Quote"),
        "kind": say("Kind"),
        "date": (say("Date"), "date"),
        "document": say("Document"),
        "place": say("Characters"),
        "coder": say("Coded by"),
    }
    left = len(rows) - _MOST
    note = say("Statements in force, after review.")
    if left > 0:
        note += " " + many(left, "{n} more is left out.", "{n} more are left out.")
    caption = say("Statements of the study's documents that name both")
    return table("documents", caption, heads, rows[:_MOST], note, folded=True)

"""What the documents show together: contradictions, coders' agreement, search, timeline, export."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from multivector.content.inquiry import Answer, Inquiry
from multivector.content.model import Chart, Row, Scalar, Section, Sentence
from multivector.content.tables import Heads, heads, pick, table
from multivector.errors import BadValue, choices
from multivector.web.page import Field, File, Link, Page, Query, Route, listed, of_inquiry, section
from multivector.web.pages import documents_words as words
from multivector.web.pages.documents import conflicts_of
from multivector.web.passages import Piece, Span, around, pieces
from multivector.web.repeat import address
from multivector.words import many, mark, say
from multivector.words.figures import number

if TYPE_CHECKING:
    from multivector.documents.contradictions.findings import Conflict, Side

__all__ = ["ROUTES"]

_SURE = {"high": mark("sure"), "medium": mark("likely"), "low": mark("possible")}
_TYPES = {
    "arithmetic": mark("figures that do not add up"),
    "chronology": mark("order of events"),
    "citation": mark("citation against bibliography"),
    "claim": mark("claim and denial"),
    "date": mark("two dates"),
    "name": mark("two names"),
    "order_of_magnitude": mark("powers of ten apart"),
    "status": mark("two statuses"),
    "value": mark("two figures"),
}
_AT_ONCE = 40
_CONTEXT = 160
_YEARS = 35
_HIT = ("\ue000", "\ue001")
"""Before and after a word found: characters no text prints, so that its own marks stay."""

_FORMATS = ("jsonl", "csv", "qdpx", "ftm")


# --- contradictions


@words.in_study(mark("Contradictions"))
def contradictions(query: Query) -> Page:
    """Return what contradicts what, with both quotes side by side as printed."""
    library = query.workspace.archive
    every = conflicts_of(query.workspace)
    sure, kind, doc = (
        query.one_of("confidence", _SURE),
        query.one_of("type", _TYPES),
        query.get("doc"),
    )
    chosen = [
        c
        for c in every
        if sure in (None, c.confidence)
        and kind in (None, c.type)
        and (doc is None or any(side.doc == doc for side in c.sides))
    ]
    total = max(1, -(-len(chosen) // _AT_ONCE))
    page = query.page(total)
    here = chosen[(page - 1) * _AT_ONCE : page * _AT_ONCE]
    known = {str(meta["doc"]): meta for meta in library.documents()}
    texts = {doc: library.text(doc) for doc in {s.doc for c in here for s in c.sides}}
    counted = Counter(c.type for c in every)
    return Page(
        say("Contradictions"),
        lead=say(
            "Passages that cannot all be right, within a text and between texts. Where scholars "
            "merely differ both are shown, and neither is chosen."
        ),
        tabs=words.tabs("/contradictions"),
        frames={"contradictions": _flat(chosen)},
        command="multivector --study DIR documents conflicts --to jsonl",
        template="contradictions.html.j2",
        shown={
            "found": [_shown(c, known, texts) for c in here],
            "count": len(chosen),
            "all": len(every),
            "number": page,
            "total": total,
            "asked": {"confidence": sure, "type": kind, "doc": doc},
            "sure": [(code, say(text)) for code, text in _SURE.items()],
            "types": [(t, f"{say(_TYPES.get(t, t))} ({n})") for t, n in sorted(counted.items())],
            "metas": [(doc, doc) for doc in known],
        },
        extra={"contradictions": [c.record() for c in chosen]},
    )


def _flat(found: Sequence[Conflict]) -> pl.DataFrame:
    rows = [
        (c.id, c.type, c.nature, c.scope, c.confidence, c.why, c.explained_by,
         side.doc, side.start, side.end, side.quote)
        for c in found for side in c.sides
    ]  # fmt: skip
    names = ("id", "type", "nature", "scope", "confidence", "why", "explained_by")
    schema: dict[str, Any] = dict.fromkeys((*names, "doc"), pl.String)
    schema |= {"start": pl.Int64, "end": pl.Int64, "quote": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _shown(
    conflict: Conflict, known: Mapping[str, Mapping[str, Any]], texts: Mapping[str, str]
) -> dict[str, Any]:
    nature = (
        say("Scholars differ")
        if conflict.nature == "attributed_disagreement"
        else say("within one text")
        if conflict.scope == "within"
        else say("between texts")
    )
    return {
        "id": conflict.id,
        "type": say(_TYPES.get(conflict.type, conflict.type)),
        "sure": say(_SURE[conflict.confidence]),
        "nature": nature,
        "why": conflict.why,
        "explained": conflict.explained_by,
        "sides": [
            {
                "doc": side.doc,
                "name": known[side.doc]["name"],
                "pieces": _context(texts[side.doc], side),
                "href": words.passage(known[side.doc], side.start, side.end),
            }
            for side in conflict.sides
        ],
    }


def _context(text: str, side: Side) -> list[Piece]:
    low, high = around(text, side.start, side.end, _CONTEXT)
    return pieces(text, low, high, [Span(side.start, side.end, ("passage",))])


# --- agreement


@words.in_study(mark("Coders' agreement"))
def agreement(query: Query) -> Page:
    """Return how far rules, models and people agree, beyond chance, with intervals."""
    inquiry = Inquiry(query.workspace, "", None)
    asked: dict[str, Any] = {
        name: given for name in ("variable", "coders") if (given := query.get(name)) is not None
    }
    answers = {
        name: inquiry.compute(name, **asked)
        for name in ("krippendorff_alpha", "gwet_ac1", "cohen_kappa", "category_reliability")
    }
    alpha = answers["krippendorff_alpha"]
    coders = _coders(inquiry)
    rest = {
        "lead": say(
            "A rule, a model and each person are different coders of the same statements. Alpha of "
            "0.8 or more is usually asked for; below 0.667 no conclusion should be drawn "
            "(Krippendorff 2019)."
        ),
        "tabs": words.tabs("/agreement"),
        "command": "multivector --study DIR measure krippendorff_alpha",
        "frames": {},
    }
    if alpha is None or alpha.frame.filter(pl.col("n") > 0).is_empty():
        alone = section("coders", say("Who coded"), _alone(coders))
        return of_inquiry(inquiry, say("Coders' agreement"), alone, **rest)
    sections = (
        _by_variable(alpha, answers["gwet_ac1"], coders),
        _by_pair(answers["cohen_kappa"]),
        _by_category(answers["category_reliability"]),
    )
    return of_inquiry(inquiry, say("Coders' agreement"), *sections, **rest)


def _coders(inquiry: Inquiry) -> dict[str, int]:
    """Return how many units each coder coded."""
    found = inquiry.table("codings")
    if found is None:
        return {}
    kinds = found.frame.group_by("coder").agg(pl.col("unit").n_unique()).sort("coder")
    return dict(kinds.iter_rows())


def _alone(coders: Mapping[str, int]) -> tuple[Sentence, ...]:
    who = many(len(coders), "{n} coder has coded so far.", "{n} coders have coded so far.")
    return (
        Sentence(who),
        Sentence(
            say(
                "Agreement needs units that two coders or more have coded: review some statements, "
                "let a second person review the same ones, or let a model propose."
            )
        ),
    )


def _by_variable(alpha: Answer, ac1: Answer | None, coders: Mapping[str, int]) -> Section:
    other = {} if ac1 is None else {row["variable"]: row for row in ac1.frame.to_dicts()}
    rows, bars = [], []
    for row in _rows(alpha):
        name = str(row["variable"])
        cells: dict[str, Scalar] = {
            "variable": words.field(name),
            **pick(row, "value", "low", "high", "observed", "coders", "n"),
            "ac1": other.get(name, {}).get("value"),
        }
        rows.append(Row(cells, (alpha.cite,)))
        if row["value"] is not None:
            bars.append(
                {"key": name, "label": cells["variable"], **pick(row, "value", "low", "high")}
            )
    columns = heads("variable", value=(say("Alpha"), "number")) | heads(
        "low high",
        ac1=(say("AC1"), "number"),
        observed=(say("Pairs that agree"), "share"),
        coders=(say("Coders"), "integer"),
        n=(say("Units"), "integer"),
    )
    who = ", ".join(f"{words.coder(name)} ({n})" for name, n in coders.items())
    title = say("Krippendorff's alpha by variable, with 95% intervals")
    text = "; ".join(f"{b['label']} {number(b['value'])}" for b in bars)
    data = {"unit": "number", "rows": bars, "reference": 0.8}
    return section(
        "variables",
        say("By variable"),
        Sentence(say("Coded by, with the number of units: {who}.", who=who)),
        Sentence(
            say(
                "Who reviews sees what was coded before, so agreement with it is higher than "
                "between people who code apart."
            )
        ),
        Chart("alpha", "bars", title, text, data, (alpha.cite,)) if bars else None,
        table("variables", say("Agreement by variable, beyond chance"), columns, rows),
    )


def _rows(answer: Answer | None) -> list[dict[str, Any]]:
    """Return the rows of a measure that rest on a unit at least."""
    return [] if answer is None else answer.frame.filter(pl.col("n") > 0).to_dicts()


def _by_pair(kappa: Answer | None) -> Section:
    rows = (
        {
            "pair": f"{words.coder(row['coder_a'])} – {words.coder(row['coder_b'])}",
            "variable": words.field(row["variable"]),
            **pick(row, "value", "low", "high", "n"),
        }
        for row in _rows(kappa)
    )
    columns: Heads = {"pair": say("Coders"), **heads("variable", value=(say("Kappa"), "number"))}
    columns |= heads("low high", n=(say("Units"), "integer"))
    return section(
        "pairs",
        say("By pair of coders"),
        Sentence(say("Empty where both gave every unit the same category: kappa is undefined.")),
        listed("pairs", say("Cohen's kappa of two coders"), columns, rows),
    )


def _by_category(answer: Answer | None) -> Section:
    rows = (
        {
            "category": words.category(row["category"], row["variable"]),
            "variable": words.field(row["variable"]),
            **pick(row, "value", "low", "high", "disagreement", "n"),
            "confused_with": words.category(row["confused_with"] or "", row["variable"]),
        }
        for row in _rows(answer)
    )
    columns: Heads = {"category": say("Category")}
    columns |= heads("variable", value=(say("Alpha"), "number")) | heads(
        "low high",
        disagreement=(say("Pairs that differ"), "share"),
        confused_with=say("Mostly taken for"),
        n=(say("Times given"), "integer"),
    )
    return section(
        "categories",
        say("By category"),
        Sentence(say("The category against all others, and what is given instead.")),
        listed("categories", say("Agreement by category"), columns, rows),
    )


# --- search and timeline


@words.in_study(mark("Search in the documents"))
def search(query: Query) -> Page:
    """Return the passages that hold the words, in any of their forms."""
    from multivector.documents.exchange import tabular

    library = query.workspace.archive
    sought = query.get("words")
    found = None
    if sought is not None:
        names = ("doc", "language", "actor", "dimension", "since", "until")
        limit = query.whole("most") or 50
        asked = {name: query.get(name) for name in names}
        found = tabular.found(library, sought, limit=limit, marks=_HIT, **asked)
    known = {str(meta["doc"]): meta for meta in library.documents()}
    rows = [] if found is None else found.to_dicts()
    return Page(
        say("Search in the documents"),
        lead=say(
            'Words in any form: Kazakistan finds Kazakistan\'ın and its look-alikes. "A phrase" in '
            "this order; -word must not occur."
        ),
        tabs=words.tabs("/search"),
        frames={} if found is None else {"passages": found.with_columns(_unmarked())},
        command='multivector --study DIR documents search "WORDS"',
        template="passages.html.j2",
        shown={
            "rows": [
                {
                    **row,
                    "pieces": _marked(row["snippet"]),
                    "href": words.passage(known[row["doc"]], row["start"], row["end"]),
                }
                for row in rows
            ],
            "asked": sought,
        },
    )


def _marked(snippet: str) -> list[Piece]:
    """Return a snippet in pieces, what was found marked."""
    found: list[Piece] = []
    for part in snippet.split(_HIT[0]):
        hit, closed, rest = part.partition(_HIT[1])
        found += [Piece(hit, ("passage",)), Piece(rest)] if closed and found else [Piece(part)]
    return found


def _unmarked() -> pl.Expr:
    return pl.col("snippet").str.replace_all(_HIT[0], "").str.replace_all(_HIT[1], "")


@words.in_study(mark("Timeline"))
def timeline(query: Query) -> Page:
    """Return how many coded statements fall in each year and dimension."""
    from multivector.documents.exchange import tabular
    from multivector.documents.library.search import timeline as counted

    frame = counted(tabular.statement_places(query.workspace.archive))
    frame = frame.with_columns(pl.col("dimension").fill_null(say("not coded")))
    columns = heads(year=say("Year"), dimension=say("Dimension"), n=(say("Statements"), "integer"))
    rows = ({**row, "year": str(row["year"])} for row in frame.to_dicts())
    title = say("Coded statements by year and dimension")
    years = listed("years", title, columns, rows, folded=True)
    heat = _heat(frame) if frame.height else None
    said = Sentence(
        many(
            int(frame["n"].sum()),
            "{n} dated statement in force; those without a date are left out.",
            "{n} dated statements in force; those without a date are left out.",
        )
    )
    return Page(
        say("Timeline"),
        sections=(section("timeline", say("Timeline"), said, heat, years),),
        tabs=words.tabs("/timeline"),
        command="multivector --study DIR documents timeline",
    )


def _heat(frame: pl.DataFrame) -> Chart:
    """Return the counts as a chart: the newest years one by one, what is before them together."""
    first, last = int(str(frame["year"].min())), int(str(frame["year"].max()))
    since = max(first, last - _YEARS + 1)
    spans = [*([since - 1] if first < since else []), *range(since, last + 1)]
    year = pl.max_horizontal(pl.col("year"), pl.lit(since - 1))
    counted = frame.group_by("dimension", year.alias("at")).agg(pl.col("n").sum())
    cells = {(d, at): n for d, at, n in counted.select("dimension", "at", "n").iter_rows()}
    rows = [
        {"key": name, "label": words.value(name), "cells": [cells.get((name, at)) for at in spans]}
        for name in sorted(frame["dimension"].unique())
    ]
    names = [str(at) if at >= since else say("before {year}", year=since) for at in spans]
    columns = [{"key": name, "label": name} for name in names]
    title = say("Coded statements by year and dimension")
    text = "; ".join(f"{r['label']} {sum(c or 0 for c in r['cells'])}" for r in rows)
    data = {"unit": "integer", "columns": columns, "rows": rows}
    return Chart("timeline", "heat", title, text, data)


# --- export


@words.in_study(mark("Export"))
def export(query: Query) -> Page:
    """Return the statements in force as a file for other programs, or the ways to get one."""
    from multivector.documents.exchange import tabular
    from multivector.documents.rules.statements import FIELDS

    library = query.workspace.archive
    to, doc, kind = query.get("to"), query.get("doc"), query.one_of("kind", FIELDS)
    if to is None:
        return _ways(tabular.statement_table(library, doc=doc, kind=kind))
    if to == "csv":
        table = {"format": "csv", "table": "statements"}
        return Page("", elsewhere=address("/documents/export", table, doc=doc, kind=kind))
    if to not in _FORMATS:
        raise BadValue(f"there is no format {to[:40]!r}; expected {choices(_FORMATS)}; correct to=")
    made = {"jsonl": _jsonl, "ftm": _ftm, "qdpx": _qdpx}[to](query, doc, kind)
    return Page(say("Export"), file=made, kept=False)


def _ways(frame: pl.DataFrame) -> Page:
    ways = {
        "jsonl": say("JSON Lines: one statement a line, with quote and place in the text"),
        "csv": say("CSV: one statement a row"),
        "qdpx": say("REFI-QDA project (.qdpx): texts and every coder's codings, for QualCoder"),
        "ftm": say("followthemoney's statements, as CSV"),
    }
    said = many(
        frame.height,
        "{n} statement in force, as people decided on it.",
        "{n} statements in force, as people decided on them.",
    )
    return Page(
        say("Export"),
        lead=said,
        tabs=words.tabs("/export"),
        links=tuple(Link(f"/documents/export?to={to}", text) for to, text in ways.items()),
        frames={"statements": frame},
        command="multivector --study DIR documents export --to jsonl",
        template="export.html.j2",
    )


def _jsonl(query: Query, doc: str | None, kind: str | None) -> File:
    rows = query.workspace.archive.statements(doc=doc)
    lines = [json.dumps(s.record(), ensure_ascii=False) for s in rows if kind in (None, s.kind)]
    body = "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")
    return File("statements.jsonl", "application/x-ndjson", body)


def _ftm(query: Query, doc: str | None, kind: str | None) -> File:
    from multivector.documents.exchange import ftm, tabular

    rows = [
        row
        for row in tabular.records(query.workspace.archive)
        if doc in (None, row["doc"]) and kind in (None, row["kind"])
    ]
    text = ftm.as_csv(ftm.statement_rows(rows))
    return File("statements-ftm.csv", "text/csv; charset=utf-8", text.encode("utf-8", "replace"))


def _qdpx(query: Query, doc: str | None, kind: str | None) -> File:
    from multivector.documents.exchange import tabular
    from multivector.measures.reliability import in_force

    if kind is not None:
        raise BadValue(
            "kind cannot narrow a project; expected all codings, so that coders can be compared; "
            "leave kind= out"
        )
    workspace = query.workspace
    codings = in_force(workspace.table("codings").frame)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "project.qdpx"
        tabular.project(workspace.archive, codings, path, doc=doc)
        return File("project.qdpx", "application/zip", path.read_bytes())


_DOC = Field("doc", mark("Document"))
ROUTES: tuple[Route, ...] = (
    Route(
        "/documents/contradictions",
        "What contradicts what in the documents",
        contradictions,
        (
            Field("confidence", mark("How sure")),
            Field("type", mark("Type")),
            _DOC,
            Field("page", mark("Page"), "whole"),
        ),
    ),
    Route(
        "/documents/agreement",
        "How far coders agree",
        agreement,
        (
            Field("variable", mark("Variable"), note=mark("One variable; empty: all")),
            Field("coders", mark("Coders"), note=mark("With commas; empty: all")),
        ),
    ),
    Route(
        "/documents/search",
        "Search in the documents",
        search,
        (
            Field("words", mark("Words"), required=True),
            Field("language", mark("Language"), "choice", choices=(
                ("", mark("any")), ("tr", "Türkçe"), ("en", "English"), ("ru", "Русский"),
                ("kk", "Қазақша"))),
            _DOC,
            Field("actor", mark("Actor"), note=mark("A statement there names it: KAZ, SCO")),
            Field("dimension", mark("Dimension")),
            Field("since", mark("From the day")),
            Field("until", mark("Until the day")),
            Field("most", mark("Passages at most"), "whole"),
        ),
    ),
    Route("/documents/timeline", "Coded statements by year", timeline),
    Route(
        "/documents/export",
        "Export the coded statements",
        export,
        (Field("to", mark("Format")), _DOC, Field("kind", mark("Kind"))),
    ),
)  # fmt: skip

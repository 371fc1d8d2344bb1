"""Overviews: what the other sections found, side by side: a state's poles, or a pair's two."""

from __future__ import annotations

from dataclasses import replace

from multivector.content.draft import part
from multivector.content.inquiry import Inquiry, Sides, merge
from multivector.content.model import (
    Cite,
    Column,
    Kind,
    Part,
    Pole,
    PoleFigure,
    Row,
    Sentence,
    Statement,
    Table,
)
from multivector.words import mark, say
from multivector.words.figures import listing

__all__ = ["poles", "relation"]

_FIGURES: tuple[tuple[str, str, Kind], ...] = (
    ("exports", mark("Exports"), "share"),
    ("exports_least", mark("Exports, at least"), "share"),
    ("imports", mark("Imports"), "share"),
    ("imports_least", mark("Imports, at least"), "share"),
    ("seats", mark("Seats shared"), "share"),
    ("jaccard", mark("Seat overlap"), "number"),
    ("agreement", mark("Same GA vote"), "share"),
    ("kappa", mark("GA kappa"), "number"),
)
_OF_YEAR = {"exports": mark("Exports {year}"), "imports": mark("Imports {year}")}
_BOUNDS = ("exports_least", "imports_least")
_NOTE = mark(
    "Exports, imports: with a year the pole's share in all goods of that year; else its share in "
    "the newest list of main partners, where empty means not listed and an organisation has at "
    "least what the members listed have. Seats shared: of the state's full seats. Seat overlap: "
    "Jaccard index, 0 to 1. GA: votes in the General Assembly of the UN. The darker, the larger."
)


def poles(inquiry: Inquiry) -> Part:
    """Return the section that sets the poles of a state side by side."""
    found: dict[tuple[str, str], PoleFigure] = {
        (figure.pole, figure.key): figure
        for part in inquiry.parts.values()
        for figure in part.poles
    }
    rows = []
    for pole in inquiry.poles:
        own = {key: found.get((pole.pole, key)) for key, *_ in _FIGURES}
        cells = {key: None if figure is None else figure.value for key, figure in own.items()}
        cites = merge(c for figure in own.values() if figure is not None for c in figure.cites)
        rows.append(Row({"pole": pole.name, "code": pole.pole, **cells}, cites))
    shown = [f for f in _FIGURES if any(row.cells[f[0]] is not None for row in rows)]
    years = {figure.key: figure.year for figure in found.values() if figure.year is not None}
    figures = tuple(Column(key, _head(key, title, years), kind) for key, title, kind in shown)
    caption = say("{state} and its poles", state=inquiry.name)
    columns = (Column("pole", say("Pole")), *figures)
    table = Table("poles", caption, columns, tuple(rows), say(_NOTE))
    why = Sentence(_why(inquiry.name, inquiry.poles))
    return part(why, _leaders(rows, figures), table if rows else None)


def _head(key: str, title: str, years: dict[str, int]) -> str:
    return say(_OF_YEAR[key], year=years[key]) if key in years else say(title)


def _why(name: str, chosen: tuple[Pole, ...]) -> str:
    reasons: dict[str, list[str]] = {}
    for pole in chosen:
        reasons.setdefault(pole.reason, []).append(pole.name)
    named = "; ".join(f"{listing(names)} ({reason})" for reason, names in reasons.items())
    return say("Poles {state} is measured against: {poles}.", state=name, poles=named)


def _leaders(rows: list[Row], figures: tuple[Column, ...]) -> Sentence | None:
    winners: dict[str, list[str]] = {}
    cites: list[Cite] = []
    for column in figures:
        scored = [row for row in rows if row.cells[column.key] is not None]
        if len(scored) < 2 or column.key in _BOUNDS:  # of bounds none is known to be the largest
            continue
        best = max(scored, key=lambda row: _rank(row, column.key))
        winners.setdefault(str(best.cells["pole"]), []).append(column.label)
        cites += best.cites
    if not winners:
        return None
    largest = "; ".join(
        say("{pole} in {measures}", pole=pole, measures=listing(labels))
        for pole, labels in winners.items()
    )
    among = ";".join(str(row.cells["code"]) for row in rows)
    stated = Statement.of("rank", merge(cites), n=len(rows), among=among)
    return Sentence(say("Largest among them: {poles}.", poles=largest), merge(cites), stated)


def _rank(row: Row, key: str) -> tuple[float, str]:
    return float(str(row.cells[key])), str(row.cells["code"])


def relation(inquiry: Inquiry) -> Part:
    """Return the section that sets two states side by side, with what leads the other sections."""
    sides = Sides.of(inquiry)
    parts = inquiry.parts.values()
    rows = tuple(
        Row(
            {
                "what": figure.what,
                **{key: getattr(figure, key) for key in ("a", "b", "both", "low", "high")},
                "when": figure.when,
                "kind": figure.kind,
            },
            figure.cites,
        )
        for part in parts
        for figure in part.pair
    )
    if not rows:
        text = say(
            "No figure of both {a} and {b} is in the data at hand.", a=sides.first, b=sides.second
        )
        return part(Sentence(text))
    columns = (
        Column("what", say("What")),
        Column("a", sides.first, "number"),
        Column("b", sides.second, "number"),
        Column("both", say("Both"), "number"),
        Column("low", say("Low"), "number"),
        Column("high", say("High"), "number"),
        Column("when", say("Year")),
    )
    note = say(
        "Newest figures of each; low and high: 90% interval where there is one. The sections below "
        "say how each is measured."
    )
    caption = say("{a} and {b} side by side", a=sides.first, b=sides.second)
    leading = [sentence for part in parts for sentence in part.sentences[: part.lead]]
    return part(*_once(leading), Table("relation", caption, columns, rows, note))


def _once(sentences: list[Sentence]) -> list[Sentence]:
    """Return the sentences, those said twice once, with the citations of both."""
    merged: dict[str, Sentence] = {}
    for sentence in sentences:
        before = merged.get(sentence.text, Sentence(sentence.text))
        cites = merge((*before.cites, *sentence.cites))
        merged[sentence.text] = replace(sentence, cites=cites)
    return list(merged.values())

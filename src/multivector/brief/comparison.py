"""Comparison: states beside each other by the index and by single measures, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from multivector.brief import atlas
from multivector.content.inquiry import Answer, Inquiry, label
from multivector.content.model import Chart, Cite, Column, Row, Section, Sentence, Table
from multivector.words import say
from multivector.words.figures import number, percent

__all__ = ["by_measure", "dominance", "ranked", "through_time"]

_DIGITS = 2
_RANKS = ("rank", "rank_low", "rank_high")


def ranked(inquiry: Inquiry, options: dict[str, Any]) -> Section | None:
    """Return the states ranked by the Multi-Vector Index; null where no data set answers."""
    found = inquiry.compute("multivector_ranks", **options)
    if found is None:
        return None
    frame = found.frame.sort("rank", "state", nulls_last=True)
    rows, drawn = [], []
    for line in frame.iter_rows(named=True):
        code = line["state"]
        cells = {key: line[key] for key in (*_RANKS, "value", "low", "high", "n")}
        rows.append(Row({**cells, "name": label(code), "href": f"/states/{code}"}, (found.cite,)))
        ends = {key: line[key] for key in ("value", "low", "high", "n")}
        drawn.append({"key": code, "label": label(code), **ends})
    columns = (
        Column("name", say("State")),
        Column("rank", say("Median rank"), "number"),
        Column("rank_low", say("Best rank"), "number"),
        Column("rank_high", say("Worst rank"), "number"),
        Column("value", say("Index"), "number"),
        Column("low", say("Low"), "number"),
        Column("high", say("High"), "number"),
        Column("n", say("Specifications"), "integer"),
    )
    title = say("Multi-Vector Index")
    said = (Sentence(_leading(frame), (found.cite,)),)
    chart = Chart(
        "index", "bars", title, _spoken(drawn), {"rows": drawn, "unit": "number"}, (found.cite,)
    )
    table = Table("ranks", say("Ranks with their intervals"), columns, tuple(rows))
    return Section("index", title, said, (chart,), (table,), _notes(frame))


def _notes(frame: pl.DataFrame) -> tuple[str, ...]:
    domains = frame["domains"].drop_nulls()
    scale = say(
        "0 is one vector, 1 as spread as these poles allow. A specification is one draw of every "
        "choice that could be made otherwise: weights, poles, distances, order, and which votes "
        "and products were seen."
    )
    if domains.is_empty():
        return (scale,)
    shown = str(domains.item(0)).replace(";", ", ")
    return scale, say("Domains that all of them have: {domains}.", domains=shown)


def _leading(frame: pl.DataFrame) -> str:
    known = frame.filter(pl.col("value").is_not_null())
    if known.is_empty():
        return say("There are too few data to rank these states.")
    first = known.row(0, named=True)
    return say(
        "Highest by the median rank: {state}, {value} ({low}–{high}); its rank lies between {best} "
        "and {worst}.",
        state=label(first["state"]),
        value=number(first["value"], _DIGITS),
        low=number(first["low"], _DIGITS),
        high=number(first["high"], _DIGITS),
        best=number(first["rank_low"], 1),
        worst=number(first["rank_high"], 1),
    )


def dominance(inquiry: Inquiry, options: dict[str, Any]) -> Section | None:
    """Return in which share of the specifications each state is above each other."""
    found = inquiry.compute("multivector_dominance", **options)
    if found is None or found.frame.is_empty():
        return None
    codes = list(dict.fromkeys([*options["states"]]))
    shares = {
        (row["state_a"], row["state_b"]): row["value"] for row in found.frame.iter_rows(named=True)
    }
    columns = [{"key": code, "label": label(code)} for code in codes]
    rows = [
        {"key": a, "label": label(a), "cells": [shares.get((a, b)) for b in codes]} for a in codes
    ]
    title = say("How often the state of the row is above that of the column")
    data = {"unit": "share", "middle": 0.5, "columns": columns, "rows": rows}
    spoken = "; ".join(
        say("{a} above {b}: {share}", a=label(a), b=label(b), share=percent(value, 0))
        for (a, b), value in shares.items()
        if value is not None
    )
    chart = Chart("dominance", "heat", title, spoken, data, (found.cite,))
    cells = tuple(
        Row({"a": label(a), "b": label(b), "value": value}, (found.cite,))
        for (a, b), value in shares.items()
    )
    named = (
        Column("a", say("State")),
        Column("b", say("Is above")),
        Column("value", say("In this share of the specifications"), "share"),
    )
    table = Table("above", title, named, cells, folded=True)
    told = Sentence(say("A share near a half says that the data do not tell the two apart."))
    return Section("dominance", say("Which is above which"), (told,), (chart,), (table,))


def by_measure(
    inquiry: Inquiry, codes: Sequence[str], names: Sequence[str], *, pole: str
) -> Section | None:
    """Return the states' figures in single measures, with intervals and places among them."""
    rows, charts, notes = [], [], []
    for name in names:
        figured = atlas.figures(inquiry, name, pole=pole)
        title = atlas.titled_of(name, pole)
        if figured is None:
            notes.append(say("{measure}: no data set at hand answers.", measure=title))
            continue
        view, frame, year, found = figured
        own = frame.filter(pl.col("state").is_in(codes))
        figured_rows = _figured(own, title=title, kind=view.kind, year=year)
        rows += [Row(cells, (found.cite,)) for cells in figured_rows]
        absent = [label(code) for code in codes if code not in set(own["state"]) | {pole}]
        if absent:
            notes.append(
                say("{measure}: no figure for {states}.", measure=title, states=", ".join(absent))
            )
        if figured_rows:
            keys = ("key", "label", "value", "low", "high", "n")
            drawn = [{key: cells[key] for key in keys} for cells in figured_rows]
            titled = say("{title}, {year}", title=title, year=year)
            data = {"rows": drawn, "unit": view.kind}
            charts.append(Chart(name, "bars", titled, _spoken(drawn), data, (found.cite,)))
    if not rows and not notes:
        return None
    note = say("Empty bounds: a count of what happened, not a sample.")
    table = Table("figures", say("The figures"), _figure_columns(), tuple(rows), note)
    title = say("Measure by measure")
    return Section("measures", title, (), tuple(charts), (table,), tuple(notes))


def _figured(own: pl.DataFrame, *, title: str, kind: str, year: int) -> list[dict[str, Any]]:
    """Return the cells of a measure's figures with their places, the highest first."""
    places = own["value"].rank("min", descending=True)
    return [
        {
            **{key: line[key] for key in ("value", "low", "high", "n")},
            "key": line["state"],
            "label": label(line["state"]),
            "name": label(line["state"]),
            "measure": title,
            "kind": kind,
            "year": str(year),
            "rank": int(place),
        }
        for place, line in zip(places, own.iter_rows(named=True), strict=True)
    ]


def _figure_columns() -> tuple[Column, ...]:
    return (
        Column("measure", say("Measure")),
        Column("name", say("State")),
        Column("year", say("Year")),
        Column("value", say("Value"), "number"),
        Column("low", say("Low"), "number"),
        Column("high", say("High"), "number"),
        Column("rank", say("Rank among them"), "integer"),
        Column("n", "n", "integer"),
    )


def through_time(
    inquiry: Inquiry, codes: Sequence[str], name: str, *, pole: str, years: tuple[int, int]
) -> Section | None:
    """Return a measure of the states through the years, a line a state with its interval."""
    found = atlas.series(inquiry, name, pole=pole, years=years)
    if found is None:
        return None
    view, frame, answer = found
    lines: list[dict[str, Any]] = []
    for code in codes:
        own = frame.filter(pl.col("state") == code, pl.col("value").is_not_null()).sort("year")
        points = [
            {"x": row["year"], "y": row["value"], "low": row["low"], "high": row["high"]}
            for row in own.iter_rows(named=True)
        ]
        if points:
            lines.append({"key": code, "label": label(code), "points": points})
    if not lines:
        return None
    seen = [point["x"] for line in lines for point in line["points"]]
    title = atlas.titled_of(name, pole)
    data = {"lines": lines, "unit": view.kind, "from": min(seen), "to": max(seen)}
    text = _ends(lines, share=view.kind == "share")
    chart = Chart("years", "lines", title, text, data, _cites(answer))
    told = Sentence(say(view.explained), _cites(answer))
    return Section("years", say("Through the years"), (told,), (chart,))


def _ends(lines: Sequence[dict[str, Any]], *, share: bool) -> str:
    """Return where each line begins and ends, in words."""
    told = []
    for line in lines:
        first, last = line["points"][0], line["points"][-1]
        said = [percent(p["y"]) if share else number(p["y"], 3) for p in (first, last)]
        told.append(
            say(
                "{name}: {first} in {start}, {last} in {end}",
                name=line["label"],
                first=said[0],
                start=first["x"],
                last=said[1],
                end=last["x"],
            )
        )
    return "; ".join(told)


def _cites(found: Answer) -> tuple[Cite, ...]:
    return found.cites() if len(found.releases) <= 3 else (found.cite,)


def _spoken(rows: Sequence[dict[str, Any]]) -> str:
    told = []
    for row in rows:
        if row["value"] is None:
            continue
        value = number(row["value"], 3)
        if row["low"] is not None and row["high"] is not None:
            value = f"{value} ({number(row['low'], 2)}–{number(row['high'], 2)})"
        told.append(f"{row['label']}: {value}")
    return "; ".join(told)

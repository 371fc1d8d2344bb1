"""Comparison: states beside each other by the index and by single measures, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from multivector.brief import atlas
from multivector.content import charts
from multivector.content.inquiry import Answer, Inquiry, label
from multivector.content.model import Chart, Cite, Row, Section, Sentence
from multivector.content.tables import Heads, pick, table
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
        cells = pick(line, *_RANKS, "value", "low", "high", "n")
        rows.append(Row({**cells, "name": label(code), "href": f"/states/{code}"}, (found.cite,)))
        ends = pick(line, "value", "low", "high", "n")
        drawn.append({"key": code, "label": label(code), **ends})
    columns: Heads = {
        "name": say("State"),
        "rank": (say("Median rank"), "number"),
        "rank_low": (say("Best rank"), "number"),
        "rank_high": (say("Worst rank"), "number"),
        "value": (say("Index"), "number"),
        "low": (say("Low"), "number"),
        "high": (say("High"), "number"),
        "n": (say("Specifications"), "integer"),
    }
    title = say("Multi-Vector Index")
    said = (Sentence(_leading(frame), (found.cite,)),)
    chart = charts.bars("index", title, _spoken(drawn), drawn, "number", (found.cite,))
    made = table("ranks", say("Ranks with their intervals"), columns, rows)
    return Section("index", title, said, (chart,), (made,), _notes(frame))


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
        **{key: number(first[key], _DIGITS) for key in ("value", "low", "high")},
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
        {**column, "cells": [shares.get((a, b)) for b in codes]}
        for a, column in zip(codes, columns, strict=True)
    ]
    title = say("How often the state of the row is above that of the column")
    data = {"unit": "share", "middle": 0.5, "columns": columns, "rows": rows}
    spoken = "; ".join(
        say("{a} above {b}: {share}", a=label(a), b=label(b), share=percent(value, 0))
        for (a, b), value in shares.items()
        if value is not None
    )
    chart = Chart("dominance", "heat", title, spoken, data, (found.cite,))
    cells = [
        Row({"a": label(a), "b": label(b), "value": value}, (found.cite,))
        for (a, b), value in shares.items()
    ]
    named: Heads = {
        "a": say("State"),
        "b": say("Is above"),
        "value": (say("In this share of the specifications"), "share"),
    }
    made = table("above", title, named, cells, folded=True)
    half = Sentence(say("A share near a half says that the data do not tell the two apart."))
    return Section("dominance", say("Which is above which"), (half,), (chart,), (made,))


def by_measure(
    inquiry: Inquiry, codes: Sequence[str], names: Sequence[str], *, pole: str
) -> Section | None:
    """Return the states' figures in single measures, with intervals and ranks among them."""
    rows, drawn, notes = [], [], []
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
            bars = [pick(cells, *keys) for cells in figured_rows]
            titled = say("{title}, {year}", title=title, year=year)
            drawn.append(charts.bars(name, titled, _spoken(bars), bars, view.kind, (found.cite,)))
    if not rows and not notes:
        return None
    note = say("Empty bounds: a count of what happened, not a sample.")
    columns: Heads = {
        "measure": say("Measure"),
        "name": say("State"),
        "year": say("Year"),
        "value": (say("Value"), "number"),
        "low": (say("Low"), "number"),
        "high": (say("High"), "number"),
        "rank": (say("Rank among them"), "integer"),
        "n": ("n", "integer"),
    }
    made = table("figures", say("The figures"), columns, rows, note)
    title = say("Measure by measure")
    return Section("measures", title, (), tuple(drawn), (made,), tuple(notes))


def _figured(own: pl.DataFrame, *, title: str, kind: str, year: int) -> list[dict[str, Any]]:
    """Return the cells of a measure's figures with their ranks, the highest first."""
    ranks = own["value"].rank("min", descending=True)
    return [
        {
            **pick(line, "value", "low", "high", "n"),
            "key": line["state"],
            "label": label(line["state"]),
            "name": label(line["state"]),
            "measure": title,
            "kind": kind,
            "year": str(year),
            "rank": int(rank),
        }
        for rank, line in zip(ranks, own.iter_rows(named=True), strict=True)
    ]


def through_time(
    inquiry: Inquiry, codes: Sequence[str], name: str, *, pole: str, years: tuple[int, int]
) -> Section | None:
    """Return a measure of the states through the years, a line a state with its interval."""
    found = atlas.series(inquiry, name, pole=pole, years=years)
    if found is None:
        return None
    view, frame, answer = found
    own = ((code, label(code), frame.filter(pl.col("state") == code)) for code in codes)
    lines = [line for of_state in own if (line := charts.line(*of_state))["points"]]
    if not lines:
        return None
    title, cites = atlas.titled_of(name, pole), _cites(answer)
    text = _ends(lines, share=view.kind == "share")
    chart = charts.lines("years", title, text, lines, view.kind, cites)
    explained = Sentence(say(view.explained), cites)
    return Section("years", say("Through the years"), (explained,), (chart,))


def _ends(lines: Sequence[dict[str, Any]], *, share: bool) -> str:
    """Return where each line begins and ends, in words."""
    spoken = []
    for line in lines:
        first, last = line["points"][0], line["points"][-1]
        values = [percent(p["y"]) if share else number(p["y"], 3) for p in (first, last)]
        text = say(
            "{name}: {first} in {start}, {last} in {end}",
            name=line["label"],
            first=values[0],
            start=first["x"],
            last=values[1],
            end=last["x"],
        )
        spoken.append(text)
    return "; ".join(spoken)


def _cites(found: Answer) -> tuple[Cite, ...]:
    return found.cites() if len(found.releases) <= 3 else (found.cite,)


def _spoken(rows: Sequence[dict[str, Any]]) -> str:
    spoken = []
    for row in rows:
        if row["value"] is None:
            continue
        value = number(row["value"], 3)
        if row["low"] is not None and row["high"] is not None:
            value = f"{value} ({number(row['low'], 2)}–{number(row['high'], 2)})"
        spoken.append(f"{row['label']}: {value}")
    return "; ".join(spoken)

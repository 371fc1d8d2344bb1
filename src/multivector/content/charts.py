"""The data of a brief's charts, by their shape; the painter draws them and nothing is said here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from multivector.content.model import Chart, Cite, Scalar, Table
from multivector.words import say
from multivector.words.figures import day, listing, number, percent

__all__ = [
    "Line",
    "bars",
    "dumbbell",
    "ends",
    "held",
    "line",
    "lines",
    "points",
    "ranking",
    "timeline",
]

Line = dict[str, Any]
"""A line of a chart: key, label, and points with x, y, low and high."""
Cites = tuple[Cite, ...]
_MOST = 40
"""So many bars are drawn at most."""


def points(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Return the defined values by year as points of a line, without bounds where there are none.

    >>> points(pl.DataFrame({"year": [2001, 2000], "value": [None, 0.5]}))
    [{'x': 2000, 'y': 0.5, 'low': None, 'high': None}]
    """
    rows = frame.filter(pl.col("value").is_not_null()).sort("year")
    bounds = {b: pl.col(b) if b in frame.columns else pl.lit(None) for b in ("low", "high")}
    return rows.select(x="year", y="value", **bounds).to_dicts()


def line(key: str, label: str, frame: pl.DataFrame) -> Line:
    """Return a line of the values of a frame by year."""
    return {"key": key, "label": label, "points": points(frame)}


def ends(drawn: Iterable[Line]) -> dict[str, Any]:
    """Return the first and the last year of lines, as sentences name them."""
    years = [point["x"] for one in drawn for point in one["points"]]
    return {"first": min(years), "last": max(years)}


def lines(
    name: str, title: str, text: str, drawn: Sequence[Line], unit: str, cites: Cites, **more: Any
) -> Chart:
    """Return values through time, a line each; ``reference`` may draw one across."""
    span = ends(drawn)
    data = {"unit": unit, "from": span["first"], "to": span["last"], "lines": list(drawn), **more}
    return Chart(name, "lines", title, text, data, cites)


def bars(
    name: str,
    title: str,
    text: str,
    rows: Iterable[Mapping[str, Scalar]],
    unit: str,
    cites: Cites,
    **more: Any,
) -> Chart:
    """Return values side by side: rows of key, label, value, low and high."""
    data = {"unit": unit, "rows": [dict(row) for row in rows], **more}
    return Chart(name, "bars", title, text, data, cites)


def dumbbell(
    name: str,
    title: str,
    text: str,
    labels: tuple[str | None, str],
    rows: Iterable[tuple[str, str, Scalar, Scalar]],
    cites: Cites,
) -> Chart:
    """Return two values a row, from one to another: rows of key, label, from and to."""
    keys = ("key", "label", "from", "to")
    drawn = [dict(zip(keys, row, strict=True)) for row in rows]
    data = {"from_label": labels[0], "to_label": labels[1], "rows": drawn}
    return Chart(name, "dumbbell", title, text, data, cites)


def timeline(
    name: str,
    title: str,
    text: str,
    spells: Mapping[str, list[dict[str, Any]]],
    named: Callable[[str], tuple[str, str]],
    span: tuple[int, int],
    cites: Cites,
) -> Chart:
    """Return spells through time, a row each: from the first start, or the span's, to its end.

    ``named`` gives the label and the full name of a row's key.
    """
    rows = []
    for key, own in spells.items():
        label, whole = named(key)
        rows.append({"key": key, "label": label, "name": whole, "bars": own})
    starts = [int(bar["start"][:4]) for own in spells.values() for bar in own if bar["start"]]
    data = {"from": min([*starts, span[0]]), "to": span[1], "rows": rows}
    return Chart(name, "timeline", title, text, data, cites)


def held(bar: Mapping[str, Any]) -> str:
    """Return a spell of a timeline in words: its status, since when, until when."""
    start = day(bar["start"]) if bar["start"] else say("since a date not in hand")
    if bar["end"] is None:
        return f"{bar['status']} {start}"
    return say("{status} {start} to {end}", status=bar["status"], start=start, end=day(bar["end"]))


def ranking(name: str, title: str, of: Table, key: str, unit: str) -> Chart:
    """Return the states of a table side by side by one of its columns, with intervals if any."""
    shown = [row.cells for row in of.rows if row.cells[key] is not None][:_MOST]
    rows = [
        {
            "key": cells["code"],
            "label": cells["state"],
            "value": cells[key],
            "low": cells.get("low"),
            "high": cells.get("high"),
        }
        for cells in shown
    ]
    values = [float(str(cells[key])) for cells in shown]
    written = [percent(v) if unit == "share" else number(v, 2) for v in values]
    spoken = [f"{cells['state']} {value}" for cells, value in zip(shown, written, strict=True)]
    text = f"{title}: {listing(spoken)}."
    return bars(name, title, text, rows, unit, (Cite(f"table:{of.id}"),))

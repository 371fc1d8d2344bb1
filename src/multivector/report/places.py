"""Places: where the lines, bars and labels of a brief's own charts stand on the page."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from multivector import svg
from multivector.content.model import Chart
from multivector.words import localised
from multivector.words.figures import amount, day, number, percent
from multivector.words.figures import span as interval

__all__ = ["view"]

_PLOT = 220.0
_LABEL = 17.0
_ROSE = 27.0
_LABEL_APART = 9.0


def view(chart: Chart, order: dict[str, int]) -> dict[str, Any]:
    """Return what the template draws; ``order`` gives each state and pole its colour."""
    if chart.shape == "lines":
        return _lines(chart.data, order)
    shapes = {
        "bars": _bars,
        "compass": _compass,
        "dumbbell": _dumbbell,
        "heat": _heat,
        "timeline": _timeline,
    }
    return shapes[chart.shape](chart.data) if chart.shape in shapes else chart.data


def _dumbbell(data: dict[str, Any]) -> dict[str, Any]:
    shares = [row[end] for row in data["rows"] for end in ("from", "to") if row[end] is not None]
    marks = svg.ticks(0, max([*shares, 0.01]), 4)
    top = marks[-1]
    rows = [
        {
            **row,
            "x1": None if row["from"] is None else svg.place(row["from"], 0, top),
            "x2": None if row["to"] is None else svg.place(row["to"], 0, top),
            "value": " → ".join(
                "–" if row[end] is None else localised(f"{100 * row[end]:.1f}")
                for end in (("from", "to") if data["from_label"] else ("to",))
            ),
        }
        for row in data["rows"]
    ]
    axis = [{"x": svg.place(t, 0, top), "label": percent(t, 0)} for t in marks]
    return {"rows": rows, "axis": axis, "from": data["from_label"], "to": data["to_label"]}


def _bars(data: dict[str, Any]) -> dict[str, Any]:
    """Return bars from zero, each with its whisker where it has an interval."""
    ends = [row[k] for row in data["rows"] for k in ("value", "low", "high") if row[k] is not None]
    marks = svg.ticks(min([0.0, *ends]), max([0.0, *ends]), 4)
    low, high = marks[0], marks[-1]
    zero = svg.place(0.0, low, high)
    rows = []
    for row in data["rows"]:
        at = {
            k: None if row[k] is None else svg.place(row[k], low, high)
            for k in ("value", "low", "high")
        }
        end = zero if at["value"] is None else at["value"]
        told = "–" if row["value"] is None else _end(row["value"], data["unit"])
        rows.append(
            {
                "label": row["label"],
                "x": min(zero, end),
                "width": round(abs(end - zero), 3),
                "low": at["low"],
                "high": at["high"],
                "value": told,
            }
        )
    axis = [{"x": svg.place(t, low, high), "label": _end(t, data["unit"])} for t in marks]
    return {"rows": rows, "axis": axis}


def _heat(data: dict[str, Any]) -> dict[str, Any]:
    """Return cells as written, shaded by their distance from the middle to the side that counts."""
    middle, falling = data.get("middle", 0.0), data.get("worse") == "below"
    known = [v - middle for row in data["rows"] for v in row["cells"] if v is not None]
    sides = [-v if falling else v for v in known]
    most = max([v for v in sides if v > 0], default=1.0)
    rows = [
        {
            "label": row["label"],
            "cells": [
                {
                    "text": "·" if v is None else number(round(v, 1)).replace("-", "−"),
                    "shade": 0.0
                    if v is None
                    else round(max((middle - v if falling else v - middle) / most, 0.0), 3),
                }
                for v in row["cells"]
            ],
        }
        for row in data["rows"]
    ]
    return {"columns": [c["label"] for c in data["columns"]], "rows": rows}


def _timeline(data: dict[str, Any]) -> dict[str, Any]:
    first, last = float(data["from"]), float(data["to"]) + 1
    rows = [
        {**row, "bars": [_bar(bar, first, last) for bar in row["bars"]]} for row in data["rows"]
    ]
    step = next(s for s in (5, 10, 20, 50) if (last - first) / s <= 6)
    years = range(int(-(-first // step) * step), int(last) + 1, step)
    axis = [{"x": svg.place(y, first, last), "label": str(y)} for y in years]
    kinds = {bar["kind"] for row in rows for bar in row["bars"]}
    return {"rows": rows, "axis": axis, "kinds": kinds}


def _compass(data: dict[str, Any]) -> dict[str, Any]:
    """Return the rose: a wedge a pole, a band a domain, a whisker from low to high."""
    poles = data["poles"]
    longest = max(end for p in poles for end in (p["value"], p["high"]) if end is not None)
    top = max(longest, 0.01)
    rings = [ring for ring in svg.ticks(0, top, 4)[1:] if ring <= 1.08 * top]
    top = max(top, rings[-1])
    turn = 360 / len(poles)
    half = min(0.36 * turn, 26.0)
    found = []
    for index, pole in enumerate(poles):
        angle = index * turn
        ends = [0.0]
        for band in pole["bands"]:
            ends.append(ends[-1] + band / top * _ROSE)
        bands = [
            {"colour": place + 1, "path": svg.wedge(angle - half, angle + half, *pair)}
            for place, pair in enumerate(pairwise(ends))
            if pair[1] > pair[0]
        ]
        low, high = pole["low"], pole["high"]
        whisker = None if low is None else svg.whisker(angle, low / top * _ROSE, high / top * _ROSE)
        written = "" if pole["value"] is None else percent(pole["value"], 0)
        span = "" if low is None else interval(low, high)
        x, y = svg.polar(angle, _ROSE + 3)
        found.append(
            {**pole, "bands": bands, "whisker": whisker, "share": written, "span": span,
             "x": x, "y": y, "side": "right" if x > 1 else "left" if x < -1 else "middle"}
        )  # fmt: skip
    return {
        "poles": _apart(found),
        "rings": [{"r": ring / top * _ROSE, "label": percent(ring, 0)} for ring in rings],
        "at": svg.polar(turn / 2, 1.0),
        "domains": data["domains"],
    }


def _apart(poles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the poles with the labels of each side kept from one another."""
    for side in ("left", "right"):
        own = [pole for pole in poles if pole["side"] == side]
        tops = svg.spread([pole["y"] for pole in own], _LABEL_APART, -36.0, 36.0)
        for pole, top in zip(own, tops, strict=True):
            pole["y"] = top
    return poles


def _bar(bar: dict[str, Any], first: float, last: float) -> dict[str, Any]:
    start = svg.fraction_of_year(bar["start"]) if bar["start"] else first
    end = svg.fraction_of_year(bar["end"]) if bar["end"] else last
    if bar["end"] and len(bar["end"]) == 4:
        end += 1
    x = svg.place(start, first, last)
    width = round(max(svg.place(end, first, last) - x, 0.6), 3)
    kind = "unknown" if not bar["start"] else "full" if bar["full"] else "other"
    span = f"{day(bar['start']) if bar['start'] else '?'} – {day(bar['end']) if bar['end'] else ''}"
    return {"x": x, "width": width, "kind": kind, "hover": f"{bar['status']}, {span}".strip()}


def _lines(data: dict[str, Any], order: dict[str, int]) -> dict[str, Any]:
    points = [point for line in data["lines"] for point in line["points"]]
    ends = [p[key] for p in points for key in ("y", "low", "high") if p[key] is not None]
    marks = svg.ticks(min(ends), max(ends), 5)
    y_range = (marks[0], marks[-1])
    x_range = (float(data["from"]), float(data["to"]))
    lines = [
        {
            "key": line["key"],
            "label": line["label"],
            "colour": order.get(line["key"], len(order) + at) % 8,
            "paths": svg.polylines([(p["x"], p["y"]) for p in line["points"]], x_range, y_range),
            "bands": svg.band(
                [
                    (p["x"], p["low"], p["high"])
                    for p in line["points"]
                    if p["low"] is not None and p["high"] is not None
                ],
                x_range,
                y_range,
            ),
            "end": _end(line["points"][-1]["y"], data["unit"]),
            "wanted": _PLOT - svg.place(line["points"][-1]["y"], *y_range, _PLOT),
        }
        for at, line in enumerate(data["lines"])
    ]
    tops = svg.spread([line["wanted"] for line in lines], _LABEL, 0.0, _PLOT)
    span = x_range[1] - x_range[0]
    step = next((s for s in (1, 2, 5, 10, 20) if span / s <= 5), 50)
    years = range(int(-(-x_range[0] // step) * step), int(x_range[1]) + 1, step)
    return {
        "lines": [{**line, "top": top} for line, top in zip(lines, tops, strict=True)],
        "y_axis": [
            {"y": round(_PLOT - svg.place(t, *y_range, _PLOT), 2), "label": _end(t, data["unit"])}
            for t in marks
        ],
        "x_axis": [{"x": svg.place(y, *x_range), "label": str(y)} for y in years],
        "height": _PLOT,
        "wide": data["unit"] == "amount",
    }


def _end(value: float, unit: str) -> str:
    if unit == "amount":
        return amount(value)
    fine = 0 < abs(value) < 0.0095
    return percent(value, 1 if fine else 0) if unit == "share" else number(value, 2)

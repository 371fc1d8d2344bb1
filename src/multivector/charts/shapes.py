"""Shapes: how each shape of a brief's charts is drawn, which rows it shows, and their encoding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from multivector.charts.grids import heat, matrix
from multivector.charts.lines import lines, scatter
from multivector.charts.network import network
from multivector.charts.paint import Paper, Theme
from multivector.charts.rose import compass, steps
from multivector.charts.rows import bars, dumbbell, events, timeline
from multivector.charts.world_map import world_map

__all__ = ["SHAPES", "Shape"]

Data = dict[str, Any]
Rows = list[Data]


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape: the function that draws it, the one that gives its rows, and a Vega-Lite encoding.

    The encoding is a mark, and for each channel a column with its type in one letter.
    """

    draw: Callable[[Data, float, Theme, dict[str, int]], Paper]
    rows: Callable[[Data], Rows]
    encoding: str


def _only(row: Data, *keys: str) -> Data:
    return {key: row.get(key) for key in keys}


def _each(name: str, *keys: str) -> Callable[[Data], Rows]:
    return lambda data: [_only(row, *keys) for row in data[name]]


def _lines(data: Data) -> Rows:
    return [
        {**_only(line, "key", "label"), **_only(point, "x", "y", "low", "high")}
        for line in data["lines"]
        for point in line["points"]
    ]


def _timeline(data: Data) -> Rows:
    return [
        {**_only(row, "key", "name"), **_only(bar, "status", "start", "end", "as_of", "source")}
        for row in data["rows"]
        for bar in row["bars"]
    ]


def _matrix(data: Data) -> Rows:
    return [
        {**_only(row, "key", "name", "status"), "pole": pole, "there": bool(there)}
        for row in data["rows"]
        for pole, there in zip(data["poles"], row["there"], strict=True)
    ]


def _compass(data: Data) -> Rows:
    return [
        {
            **_only(data, "from", "to"),
            **_only(pole, "key", "label", "value", "low", "high"),
            **dict(zip(data["domains"], pole["bands"], strict=True)),
        }
        for pole in data["poles"]
    ]


def _steps(data: Data) -> Rows:
    return [row for step in data["steps"] for row in _compass({**step, "domains": data["domains"]})]


def _heat(data: Data) -> Rows:
    return [
        {
            **_only(row, "key", "label"),
            "column": column["key"],
            "column_label": column["label"],
            "value": cell,
        }
        for row in data["rows"]
        for column, cell in zip(data["columns"], row["cells"], strict=True)
    ]


SHAPES: dict[str, Shape] = {
    "bars": Shape(
        bars, _each("rows", "key", "label", "value", "low", "high"), "bar x=value:q y=label:n"
    ),
    "compass": Shape(compass, _compass, "bar x=value:q y=label:n"),
    "dumbbell": Shape(
        dumbbell, _each("rows", "key", "label", "from", "to"), "rule x=from:q x2=to: y=label:n"
    ),
    "events": Shape(
        events, _each("events", "lane", "date", "label"), "point x=date:o y=lane:n tooltip=label:n"
    ),
    "heat": Shape(heat, _heat, "rect x=column_label:n y=label:n color=value:q"),
    "lines": Shape(lines, _lines, "line x=x:q y=y:q color=label:n"),
    "map": Shape(world_map, _each("values", "key", "value"), "bar x=value:q y=key:n"),
    "matrix": Shape(matrix, _matrix, "point x=pole:n y=key:n color=there:n"),
    "network": Shape(
        network, _each("links", "a", "b", "weight"), "rect x=a:n y=b:n color=weight:q"
    ),
    "scatter": Shape(
        scatter, _each("points", "key", "label", "x", "y", "low", "high"),
        "point x=x:q y=y:q tooltip=label:n",
    ),
    "steps": Shape(steps, _steps, "bar x=value:q y=label:n row=from:o"),
    "timeline": Shape(timeline, _timeline, "bar x=start:t x2=end: y=key:n color=status:n"),
}  # fmt: skip

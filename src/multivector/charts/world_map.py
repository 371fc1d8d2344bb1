"""World map: values of states as shades, on the embedded outlines of Natural Earth.

Borders follow Natural Earth; no position is taken. Small states are drawn as points.
"""

from __future__ import annotations

import itertools
import json
from functools import cache
from importlib.resources import files
from typing import Any

from multivector.catalogues import say
from multivector.charts.canvas import Canvas, Margin
from multivector.charts.look import TICK, Theme, blend, text_width, written
from multivector.svg import ticks

__all__ = ["world_map"]

Data = dict[str, Any]
_RATIO = 0.455
_SPHERE = {"type": "Sphere"}


@cache
def _world() -> dict[str, Any]:
    text = files("multivector").joinpath("data", "world_map.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


@cache
def _shapes() -> dict[str, dict[str, Any]]:
    """Return the outline of each state, and under the empty name that of all other land."""
    world = _world()
    return {key: _polygons(parts) for key, parts in {**world["shapes"], "": world["other"]}.items()}


def _polygons(parts: list[list[list[int]]]) -> dict[str, Any]:
    rings = [
        [[[r[i] / 10, r[i + 1] / 10] for i in range(0, len(r), 2)] for r in part] for part in parts
    ]
    return {"type": "MultiPolygon", "coordinates": rings}


def world_map(data: Data, width: float, theme: Theme, _: dict[str, int]) -> Canvas:
    """Return the world with each state shaded by its value; those without one are left pale."""
    unit = data.get("unit", "number")
    values = {v["key"]: float(v["value"]) for v in data["values"] if v["value"] is not None}
    edges = _edges(data, values)
    height = width * _RATIO
    canvas = Canvas(width - 8, height, Margin(4, 4, 4, 44), theme)
    land = [_feature(key, values, edges, data, theme) for key in _shapes()]
    style = {"stroke": theme.paper, "strokeWidth": 0.6}
    canvas.geography(land, style, _frame(width - 8, height))
    marked = set(data.get("highlight", ()))
    canvas.places(_points(values, edges, data, theme, width), _frame(width - 8, height))
    edge = [{"type": "Feature", "geometry": _shapes()[k]} for k in sorted(marked & set(_shapes()))]
    line = {"stroke": theme.ink, "strokeWidth": 1.4, "fill": None}
    canvas.geography(edge, line, _frame(width - 8, height))
    _key(canvas, edges, unit, data, theme, height)
    return canvas


def _frame(width: float, height: float) -> dict[str, Any]:
    """Return the projection: equal areas, without Antarctica."""
    scale = width / 5.48
    return {"type": "equalEarth", "scale": scale, "translate": [width / 2 - 4, height * 0.56]}


def _edges(data: Data, values: dict[str, float]) -> list[float]:
    """Return the limits of the classes of colour: round values."""
    if data.get("edges"):
        return [float(edge) for edge in data["edges"]]
    ends = [*values.values()] or [0.0, 1.0]
    return ticks(min(ends), max(ends), 6)


def _shade(value: float | None, edges: list[float], data: Data, theme: Theme) -> str:
    if value is None:
        return theme.faint
    middle = data.get("middle")
    base = edges[0] if middle is None else middle
    most = max(abs(edges[-1] - base), abs(edges[0] - base)) or 1.0
    at = next((n for n, edge in enumerate(edges[1:]) if value <= edge), len(edges) - 2)
    centre = (edges[at] + edges[at + 1]) / 2 if len(edges) > 1 else value
    hue = theme.accent if centre >= base else theme.colours[2]
    return blend(hue, theme.paper, 0.14 + 0.86 * min(abs(centre - base) / most, 1.0))


def _feature(
    key: str, values: dict[str, float], edges: list[float], data: Data, theme: Theme
) -> Data:
    fill = _shade(values.get(key), edges, data, theme)
    return {"type": "Feature", "geometry": _shapes()[key], "color": fill}


def _points(
    values: dict[str, float], edges: list[float], data: Data, theme: Theme, width: float
) -> list[Data]:
    marked = set(data.get("highlight", ()))
    return [
        {
            "longitude": x / 10,
            "latitude": y / 10,
            "color": _shade(values[key], edges, data, theme),
            "stroke": theme.ink if key in marked else theme.soft,
            "size": 26 if width >= 480 else 12,
        }
        for key, (x, y) in _world()["points"].items()
        if key in values
    ]


def _key(
    canvas: Canvas, edges: list[float], unit: str, data: Data, theme: Theme, height: float
) -> None:
    """Draw the classes with their limits, and what pale means, below the map."""
    wide = min(max(max(text_width(written(e, unit), TICK) for e in edges) + 10, 34.0), 60.0)
    boxes = [
        {
            "x": 8 + wide * at,
            "x2": 8 + wide * (at + 1),
            "y": height + 8,
            "y2": height + 18,
            "color": _shade((a + b) / 2, edges, data, theme),
        }
        for at, (a, b) in enumerate(itertools.pairwise(edges))
    ]
    start = 8 + wide * len(boxes) + 22
    pale = {"x": start, "x2": start + 16, "y": height + 8, "y2": height + 18, "color": theme.faint}
    style = {"stroke": theme.rule, "strokeWidth": 0.6}
    canvas.add("rect", [*boxes, pale], style, x="x", x2="x2", y="y", y2="y2", color="color")
    step = edges[1] - edges[0] if len(edges) > 1 else None
    texts = [
        {"x": 8 + wide * at, "y": height + 28, "text": written(edge, unit, step)}
        for at, edge in enumerate(edges)
    ]
    canvas.write(texts[:1], size=TICK, colour=theme.soft)
    canvas.write(texts[1:], align="center", size=TICK, colour=theme.soft)
    note = [{"x": start + 21, "y": height + 13, "text": say("no value")}]
    canvas.write(note, size=TICK, colour=theme.soft)

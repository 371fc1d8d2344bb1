"""World map: values of states as shades, on the embedded outlines of Natural Earth.

Borders follow Natural Earth; no position is taken. Small states are drawn as points.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from multivector.charts.canvas import Canvas, Margin
from multivector.charts.look import TICK, Theme, blend, text_width, written
from multivector.svg import ticks
from multivector.words import say

__all__ = ["world_map"]

Data = dict[str, Any]
_RATIO = 0.455


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
    """Return the limits of the classes of colour: round values, or quantiles if most are alike."""
    if data.get("edges"):
        return [float(edge) for edge in data["edges"]]
    ends = sorted(values.values()) or [0.0, 1.0]
    even = ticks(ends[0], ends[-1], 6)
    if data.get("middle") is not None:
        return _around(ends, float(data["middle"]))
    fullest = max(sum(a < v <= b for v in ends) for a, b in pairwise(even)) if len(even) > 1 else 0
    if fullest <= 0.5 * len(ends):
        return even
    cuts = [_round(ends[round(share * (len(ends) - 1) / 6)]) for share in range(1, 6)]
    low = min(even[0], ends[0])
    least = low + 0.004 * (ends[-1] - low)
    kept = sorted({low, *(c for c in cuts if least < c < ends[-1]), max(even[-1], ends[-1])})
    return kept if len(kept) > 3 else even


def _around(ends: list[float], middle: float) -> list[float]:
    """Return three classes on either side of a middle, as far out as the values go."""
    far = max(abs(ends[0] - middle), abs(ends[-1] - middle)) or 1.0
    sizes = sorted(abs(v - middle) for v in ends if v != middle) or [far]
    first, second = (_round(sizes[round(share * (len(sizes) - 1))]) for share in (0.5, 0.85))
    top = ticks(0, far, 5)[-1]
    steps = sorted({step for step in (first, second) if 0 < step < top} | {top})
    return [*(middle - step for step in reversed(steps)), middle, *(middle + s for s in steps)]


def _round(value: float) -> float:
    return float(f"{value:.2g}")


def _shade(value: float | None, edges: list[float], data: Data, theme: Theme) -> str:
    """Return the colour of the class a value falls in."""
    if value is None:
        return theme.faint
    number = max(len(edges) - 1, 1)
    at = next((n for n, edge in enumerate(edges[1:]) if value <= edge), number - 1)
    if data.get("middle") is None:
        return blend(theme.accent, theme.paper, 0.16 + 0.84 * (at + 0.5) / number)
    place = (at + 0.5) / number * 2 - 1
    hue = theme.accent if place > 0 else theme.colours[2]
    return blend(hue, theme.paper, 0.1 + 0.9 * abs(place))


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
    labels = [written(edge, unit) for edge in edges]
    wide = max(max(text_width(label, TICK) for label in labels) + 8, 34.0)
    start = 8 + text_width(labels[0], TICK) / 2
    boxes = [
        {
            "x": start + wide * at,
            "x2": start + wide * (at + 1),
            "y": height + 8,
            "y2": height + 18,
            "color": _shade((a + b) / 2, edges, data, theme),
        }
        for at, (a, b) in enumerate(pairwise(edges))
    ]
    texts = [
        {"x": start + wide * at, "y": height + 28, "text": text} for at, text in enumerate(labels)
    ]
    canvas.write(texts, align="center", size=TICK, colour=theme.soft)
    start += wide * len(boxes) + 30
    pale = {"x": start, "x2": start + 16, "y": height + 8, "y2": height + 18, "color": theme.faint}
    style = {"stroke": theme.rule, "strokeWidth": 0.6}
    canvas.add("rect", [*boxes, pale], style, x="x", x2="x2", y="y", y2="y2", color="color")
    note = [{"x": start + 21, "y": height + 13, "text": say("no value")}]
    canvas.write(note, size=TICK, colour=theme.soft)

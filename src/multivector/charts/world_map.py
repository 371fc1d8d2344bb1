"""World map: values of states as shades, on the embedded outlines of Natural Earth.

Borders follow Natural Earth; no position is taken. Small states are drawn as points.
"""

from __future__ import annotations

import json
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from math import asin, cos, radians, sin
from typing import Any

from multivector.charts.canvas import ticks, written
from multivector.charts.paint import TICK, Paper, Point, Theme, blend, text_width
from multivector.content.inquiry import label
from multivector.errors import MultivectorError
from multivector.words import say

__all__ = ["world_map"]

Data = dict[str, Any]
Ring = list[tuple[float, float]]
_RATIO = 0.455
_EARTH = (1.340264, -0.081106, 0.000893, 0.003796)
_ROOT = 3**0.5 / 2


@cache
def _world() -> dict[str, Any]:
    text = files("multivector").joinpath("data", "world_map.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _project(longitude: float, latitude: float) -> tuple[float, float]:
    """Return a place in the Equal Earth projection, in radii, down from the equator.

    Šavrič, B., Patterson, T. and Jenny, B. (2019), The Equal Earth map projection. International
    Journal of Geographical Information Science 33, 454–465.
    """
    a1, a2, a3, a4 = _EARTH
    theta = asin(_ROOT * sin(radians(latitude)))
    square = theta * theta
    six = square**3
    slope = a1 + 3 * a2 * square + six * (7 * a3 + 9 * a4 * square)
    x = radians(longitude) * cos(theta) / (_ROOT * slope)
    return x, -theta * (a1 + a2 * square + six * (a3 + a4 * square))


@cache
def _outlines() -> dict[str, list[Ring]]:
    """Return the rings of each state, and under the empty name those of all other land."""
    world = _world()
    return {
        key: [
            [_project(x, y) for x, y in piece]
            for part in parts
            for ring in part
            for piece in _whole([(ring[i] / 10, ring[i + 1] / 10) for i in range(0, len(ring), 2)])
        ]
        for key, parts in {**world["shapes"], "": world["other"]}.items()
    }


def _whole(ring: Ring) -> list[Ring]:
    """Return a ring, or the two it is cut into where it crosses the 180th meridian.

    >>> _whole([(170, 0), (-170, 0), (-170, 5), (170, 5)])
    [[(170, 0), (180, 0.0), (180, 5.0), (170, 5)], [(-180, 0.0), (-170, 0), (-170, 5), (-180, 5.0)]]
    """
    turned, shift = [ring[0]], 0
    for (before, _), (x, y) in pairwise(ring):
        shift += 360 * ((before - x > 180) - (x - before > 180))
        turned.append((x + shift, y))
    low, high = min(x for x, _ in turned), max(x for x, _ in turned)
    if low >= -180 and high <= 180:
        return [ring]
    edge, side = (180, 1) if high > 180 else (-180, -1)
    there = _side(turned, edge, -side)
    back = [(x - 360 * side, y) for x, y in _side(turned, edge, side)]
    return [there, back]


def _side(ring: Ring, edge: float, side: int) -> Ring:
    """Return what lies of a ring on one side of a meridian, which closes it."""
    found: Ring = []
    for (x0, y0), (x1, y1) in pairwise([ring[-1], *ring]):
        if (x0 - edge) * (x1 - edge) < 0:
            found.append((edge, y0 + (y1 - y0) * (edge - x0) / (x1 - x0)))
        if (x1 - edge) * side >= 0:
            found.append((x1, y1))
    return found


@lru_cache(maxsize=8)
def _paths(width: float) -> dict[str, str]:
    """Return the outlines as paths for a width, in tenths of a pixel from point to point."""
    scale, x0, y0 = _frame(width)
    found = {}
    for key, rings in _outlines().items():
        path = ""
        for ring in rings:
            points = [(round(10 * (x0 + scale * x)), round(10 * (y0 + scale * y))) for x, y in ring]
            strides = [(c - a, d - b) for (a, b), (c, d) in pairwise(points)]
            kept = [f"{dx},{dy}" for dx, dy in strides if dx or dy]
            if len(kept) > 1:
                path += f"M{points[0][0]},{points[0][1]}l{' '.join(kept)}Z"
        found[key] = path
    return found


def _frame(width: float) -> tuple[float, float, float]:
    """Return pixels a radius, and where the middle of the map lies; Antarctica is left out."""
    return (width - 8) / 5.48, (width - 8) / 2, 4 + 0.56 * _RATIO * width


def world_map(data: Data, width: float, theme: Theme, order: dict[str, int]) -> Paper:
    """Return the world with each state shaded by its value; those without one are left pale."""
    unit = data.get("unit", "number")
    values = {v["key"]: float(v["value"]) for v in data["values"] if v["value"] is not None}
    edges, height = _edges(data, values), _RATIO * width
    paper = Paper(theme, width, height + 48)
    paths, marked = _paths(width), set(data.get("highlight", ()))
    tenths = {"transform": "scale(0.1)"}
    with paper.group(stroke=theme.paper, stroke_width=6, fill_rule="evenodd", **tenths):
        for key, d in paths.items():
            point = _point(key, values, unit)
            paper.add("path", point, d=d, fill=_shade(values.get(key), edges, data, theme))
    scale, x0, y0 = _frame(width)
    for key, (longitude, latitude) in _world()["points"].items():
        if key in values:
            x, y = _project(longitude / 10, latitude / 10)
            edge = theme.ink if key in marked else theme.soft
            style: Data = {"stroke": edge, "stroke_width": 0.7, "r": 2.9 if width >= 480 else 2.0}
            style["fill"] = _shade(values[key], edges, data, theme)
            point = _point(key, values, unit)
            paper.add("circle", point, cx=x0 + scale * x, cy=y0 + scale * y, **style)
    for key in sorted(marked & set(paths)):
        edge_of: Data = {"fill": "none", "stroke": theme.ink, "stroke_width": 14}
        paper.add("path", d=paths[key], **edge_of, **tenths)
    _key(paper, edges, unit, data, height)
    return paper


def _point(key: str, values: dict[str, float], unit: str) -> Point | None:
    if key not in values:
        return None
    try:
        name = label(key)
    except MultivectorError:
        name = key
    text = f"{name}: {written(values[key], unit, fine=True)}"
    return Point(name, text, {"key": key, "value": values[key]})


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


def _key(paper: Paper, edges: list[float], unit: str, data: Data, height: float) -> None:
    """Draw the classes with their limits, and what pale means, below the map."""
    theme = paper.theme
    labels = [written(edge, unit) for edge in edges]
    wide = max(max(text_width(text, TICK) for text in labels) + 8, 34.0)
    note = 30 + 21 + text_width(say("no value"), TICK)
    start = 4 + text_width(labels[0], TICK) / 2
    below = start + wide * (len(labels) - 1) + note > paper.width
    if below:
        wide = min(wide, (paper.width - 8 - 2 * start) / max(len(labels) - 1, 1))
    free = -1e9
    for at, text in enumerate(labels):
        x, half = start + wide * at, text_width(text, TICK) / 2
        if at + 1 < len(labels):
            fill = _shade((edges[at] + edges[at + 1]) / 2, edges, data, theme)
            paper.box(x, height + 12, x + wide, height + 22, fill, stroke=theme.rule)
        if x - half >= free:
            style: Data = {"align": "middle", "size": TICK, "fill": theme.soft}
            paper.text(x, height + 32, text, **style)
            free = x + half + 4
    x, y = (4.0, height + 42) if below else (start + wide * (len(labels) - 1) + 30, height + 12)
    paper.height += 18 if below else 0
    paper.box(x, y, x + 16, y + 10, theme.faint, stroke=theme.rule, stroke_width=0.6)
    paper.text(x + 21, y + 5, say("no value"), size=TICK, fill=theme.soft)

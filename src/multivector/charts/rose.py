"""Rose: the compass of a state's vectors, and the same over several periods."""

from __future__ import annotations

from itertools import pairwise
from math import radians
from typing import Any

from multivector.charts.canvas import Canvas, Margin, apart, legend
from multivector.charts.look import (
    LABEL,
    SHADES,
    TICK,
    Theme,
    blend,
    short,
    text_width,
    wrap,
    written,
)
from multivector.svg import polar, ticks
from multivector.words import figures as wording
from multivector.words import say

__all__ = ["compass", "steps"]

Data = dict[str, Any]
Point = tuple[float, float]
Name = tuple[str, str]
_LINE = 14.0


def compass(data: Data, width: float, theme: Theme, _: dict[str, int]) -> Canvas:
    """Return the rose: a wedge a pole, a band a domain, a whisker from low to high."""
    names = [_name(pole, width) for pole in data["poles"]]
    radius = _radius(names, width)
    placed, above = _legend(data["domains"], theme, width)
    over = 18 + _LINE * max((_lines(name) for name in names), default=2)
    below = 16.0 if len(names) % 2 else over
    canvas = Canvas(width, above + over + 2 * radius + below, Margin(0, 0, 6.0, 6.0), theme)
    centre = (width / 2, above + over + radius)
    top, rings = _scale(data["poles"])
    _rings(canvas, centre, radius, rings, top, 360 / max(len(data["poles"]), 1))
    _wedges(canvas, data["poles"], centre, radius / top, theme)
    _whiskers(canvas, data["poles"], centre, radius / top)
    _labels(canvas, data["poles"], names, centre, radius)
    _key(canvas, placed, theme)
    return canvas


def _radius(names: list[Name], width: float) -> float:
    """Return the largest radius that leaves room for the names at either side."""
    room = [190.0]
    for at, (name, span) in enumerate(names):
        aside = abs(polar(at * 360 / len(names), 1.0)[0])
        texts = [*name.split("\n"), span]
        wide = max(text_width(text, bold=True) for text in texts)
        if aside > 0.04:
            room.append((width / 2 - 5 - wide) / aside - 13)
    return max(min(room), 56.0)


def _name(pole: Data, width: float) -> Name:
    """Return the name of a pole with its share, and its interval."""
    room = 0.2 * width if width >= 480 else 46.0
    whole = wrap(str(pole["label"]), room)
    if width < 480 or "…" in whole:
        whole = short(str(pole["label"]), str(pole["key"]), room)
    if pole["value"] is not None:
        whole += f" {written(pole['value'], 'share')}"
    known = pole["low"] is not None and pole["high"] is not None
    return whole, wording.span(pole["low"], pole["high"]) if known else ""


def _scale(poles: list[Data]) -> tuple[float, list[float]]:
    ends = [e for pole in poles for e in (pole["value"], pole["high"]) if e is not None]
    top = max([*ends, 0.01])
    rings = [ring for ring in ticks(0, top, 4)[1:] if ring <= 1.08 * top]
    return max([top, *rings]), rings


def _rings(
    canvas: Canvas, centre: Point, radius: float, rings: list[float], top: float, turn: float
) -> None:
    theme = canvas.theme
    rows = [{"x": centre[0], "y": centre[1], "r": ring / top * radius} for ring in rings]
    for row in rows:
        style = {"filled": False, "stroke": theme.rule, "strokeWidth": 1, "opacity": 1}
        around = {**style, "shape": "circle", "size": 3.14159265 * row["r"] ** 2}
        canvas.add("point", [row], around, x="x", y="y")
    aside = polar(turn / 2, 1.0)
    texts = [
        {
            "x": centre[0] + aside[0] * row["r"],
            "y": centre[1] + aside[1] * row["r"],
            "text": written(ring, "share"),
        }
        for row, ring in zip(rows, rings, strict=True)
    ]
    canvas.write(texts, align="center", size=TICK, colour=theme.soft, halo=True)


def _wedges(canvas: Canvas, poles: list[Data], centre: Point, scale: float, theme: Theme) -> None:
    turn = 360 / max(len(poles), 1)
    half = min(0.36 * turn, 26.0)
    pieces = []
    for at, pole in enumerate(poles):
        ends = [0.0]
        for band in pole["bands"]:
            ends.append(ends[-1] + (band or 0.0) * scale)
        for place, (inner, outer) in enumerate(pairwise(ends)):
            if outer > inner:
                pieces.append(
                    {
                        "x": centre[0],
                        "y": centre[1],
                        "from": radians(at * turn - half),
                        "to": radians(at * turn + half),
                        "inner": inner,
                        "outer": outer,
                        "color": _shade(place, theme),
                    }
                )
    style = {"stroke": theme.paper, "strokeWidth": 1.5, "opacity": 1}
    arcs = {"theta": "from", "theta2": "to", "radius": "inner", "radius2": "outer"}
    canvas.add("arc", pieces, style, x="x", y="y", color="color", **arcs)


def _shade(place: int, theme: Theme) -> str:
    return blend(theme.colours[place % 7 + 1], theme.paper, SHADES[place % len(SHADES)])


def _whiskers(canvas: Canvas, poles: list[Data], centre: Point, scale: float) -> None:
    turn = 360 / max(len(poles), 1)
    rows = []
    for at, pole in enumerate(poles):
        if pole["low"] is None or pole["high"] is None:
            continue
        ends = [_reach(centre, at * turn, pole[end] * scale) for end in ("low", "high")]
        aside = polar(at * turn + 90, 4.0)
        rows.append(_stroke(*ends))
        for x, y in ends:
            rows.append(_stroke((x - aside[0], y - aside[1]), (x + aside[0], y + aside[1])))
    halo = {"stroke": canvas.theme.paper, "strokeWidth": 3.4, "opacity": 0.8}
    ends_of = {"x": "x", "y": "y", "x2": "x2", "y2": "y2"}
    canvas.add("rule", rows, halo, **ends_of)
    canvas.add("rule", rows, {"stroke": canvas.theme.ink, "strokeWidth": 1.6}, **ends_of)


def _reach(centre: Point, angle: float, radius: float) -> Point:
    x, y = polar(angle, radius)
    return centre[0] + x, centre[1] + y


def _stroke(start: Point, end: Point) -> Data:
    return {"x": start[0], "y": start[1], "x2": end[0], "y2": end[1]}


def _labels(
    canvas: Canvas, poles: list[Data], names: list[Name], centre: Point, radius: float
) -> None:
    """Write the names around the rose, those of a side kept from one another."""
    turn = 360 / max(len(poles), 1)
    sides: dict[str, list[tuple[Point, Name]]] = {"left": [], "right": [], "center": []}
    for at, name in enumerate(names):
        x, y = polar(at * turn, radius + 13)
        side = "center" if abs(x) < 4 else "left" if x > 0 else "right"
        if side == "center":
            y += _LINE / 2 * (_lines(name) - 1) * (1 if y > 0 else -1)
        sides[side].append(((centre[0] + x, centre[1] + y), name))
    for align, own in sides.items():
        wanted = [y for (_, y), _ in own]
        most = max((_lines(name) for _, name in own), default=2)
        tops = wanted
        if align != "center":
            tops = apart(wanted, most * _LINE + 3, 0, canvas.height)
        for ((x, _), name), top in zip(own, tops, strict=True):
            _label(canvas, x, top, name, align)


def _lines(name: Name) -> int:
    return 1 + name[0].count("\n") + bool(name[1])


def _label(canvas: Canvas, x: float, middle: float, name: Name, align: str) -> None:
    """Write a name and below it the interval, around a height."""
    first = middle - _LINE / 2 * (_lines(name) - 1)
    head = [{"x": x, "y": first, "text": name[0]}]
    canvas.write(head, align=align, colour=canvas.theme.ink, bold=True, halo=True)
    if name[1]:
        last = first + _LINE * (_lines(name) - 1)
        below = [{"x": x, "y": last, "text": name[1]}]
        canvas.write(below, align=align, size=TICK, colour=canvas.theme.soft, halo=True)


def _legend(
    domains: list[str], theme: Theme, width: float
) -> tuple[list[tuple[float, float, str, str]], float]:
    items = [(domain, _shade(at, theme)) for at, domain in enumerate(domains)]
    items.append((say("90% interval"), "whisker"))
    placed, height = legend(items, width - 16)
    return placed, height + 4


def _key(canvas: Canvas, placed: list[tuple[float, float, str, str]], theme: Theme) -> None:
    boxes, strokes, texts = [], [], []
    for x, top, text, how in placed:
        if how == "whisker":
            strokes += [_stroke((x + 8, top + 8), (x + 24, top + 8))]
            strokes += [_stroke((x + at, top + 4), (x + at, top + 12)) for at in (8, 24)]
        else:
            boxes.append({"x": x + 8, "x2": x + 24, "y": top + 3, "y2": top + 13, "color": how})
        texts.append({"x": x + 29, "y": top + 8, "text": text})
    canvas.add("rect", boxes, {}, x="x", x2="x2", y="y", y2="y2", color="color")
    line = {"stroke": theme.ink, "strokeWidth": 1.6}
    canvas.add("rule", strokes, line, x="x", y="y", x2="x2", y2="y2")
    canvas.write(texts, colour=theme.soft)


def steps(data: Data, width: float, theme: Theme, _: dict[str, int]) -> Canvas:
    """Return small roses side by side, a period each, on one scale."""
    roses = data["steps"]
    columns = max(min(len(roses), int(width // (230 if width > 500 else 140))), 1)
    room = width / columns
    radius = min(room / 2 - 30, 110.0)
    tall = 2 * radius + 66
    placed, above = _legend(data["domains"], theme, width)
    lines = -(-len(roses) // columns)
    canvas = Canvas(width, above + lines * tall, Margin(0, 0, 6.0, 6.0), theme)
    top, rings = _scale([pole for rose in roses for pole in rose["poles"]])
    texts, heads = [], []
    for at, rose in enumerate(roses):
        centre = (room * (at % columns + 0.5), above + tall * (at // columns) + 28 + tall / 2 - 14)
        _rings(canvas, centre, radius, rings[-1:], top, 360 / max(len(rose["poles"]), 1))
        _wedges(canvas, rose["poles"], centre, radius / top, theme)
        _whiskers(canvas, rose["poles"], centre, radius / top)
        head = str(rose.get("label") or f"{rose['from']}–{rose['to']}")
        heads.append({"x": centre[0], "y": centre[1] - radius - 30, "text": head})
        for place, pole in enumerate(rose["poles"]):
            angle = place * 360 / len(rose["poles"])
            key = str(pole["key"])
            aside, up = (abs(part) for part in polar(angle, 1.0))
            far = radius + 7 + aside * text_width(key, TICK) / 2 + 7 * up
            x, y = _reach(centre, angle, far)
            texts.append({"x": x, "y": y, "text": key})
    canvas.write(texts, align="center", size=TICK, colour=theme.soft, halo=True)
    canvas.write(heads, align="center", size=LABEL, colour=theme.ink, bold=True)
    _key(canvas, placed, theme)
    return canvas

"""Rose: the compass of a state's vectors, and the same over several periods."""

from __future__ import annotations

from itertools import pairwise
from math import cos, radians, sin
from typing import Any

from multivector.charts.canvas import legend, separate, short, ticks, wrap, written
from multivector.charts.paint import (
    SHADES,
    TICK,
    Align,
    Paper,
    Point,
    Theme,
    blend,
    text_width,
)
from multivector.words import figures as wording
from multivector.words import say

__all__ = ["compass", "steps"]

Data = dict[str, Any]
Spot = tuple[float, float]
Name = tuple[str, str]
_LINE = 14.0


def compass(data: Data, width: float, theme: Theme, _: dict[str, int]) -> Paper:
    """Return the rose: a wedge a pole, a band a domain, a whisker from low to high."""
    poles, domains = data["poles"], data["domains"]
    names = [_name(pole, width) for pole in poles]
    radius = _radius(names, width)
    placed, above = legend(_entries(domains, theme), width - 16)
    over = 18 + _LINE * max((_lines(name) for name in names), default=2)
    below = 16.0 if len(names) % 2 else over
    paper = Paper(theme, width, above + over + 2 * radius + below + 16)
    centre = (width / 2, above + over + radius + 10)
    top, rings = _scale(poles)
    _rose(paper, poles, domains, centre, radius, top, rings)
    _labels(paper, poles, names, centre, radius)
    _key(paper, placed)
    return paper


def steps(data: Data, width: float, theme: Theme, _: dict[str, int]) -> Paper:
    """Return small roses side by side, a period each, on one scale."""
    roses, domains = data["steps"], data["domains"]
    columns = max(min(len(roses), int(width // (230 if width > 500 else 140))), 1)
    room = width / columns
    radius = min(room / 2 - 30, 110.0)
    tall = 2 * radius + 66
    placed, above = legend(_entries(domains, theme), width - 16)
    paper = Paper(theme, width, above + 16 - (-len(roses) // columns) * tall)
    top, rings = _scale([pole for rose in roses for pole in rose["poles"]])
    for at, rose in enumerate(roses):
        centre = (room * (at % columns + 0.5), above + tall * (at // columns) + 30 + tall / 2 - 10)
        head = str(rose.get("label") or f"{rose['from']}–{rose['to']}")
        _rose(paper, rose["poles"], domains, centre, radius, top, rings[-1:], head)
        style: Data = {"align": "middle", "bold": True, "fill": theme.ink}
        paper.text(centre[0], centre[1] - radius - 30, head, **style)
        for place, pole in enumerate(rose["poles"]):
            angle, key = place * 360 / len(rose["poles"]), str(pole["key"])
            aside, up = (abs(part) for part in _polar((0, 0), angle, 1.0))
            far = radius + 7 + aside * text_width(key, TICK) / 2 + 7 * up
            x, y = _polar(centre, angle, far)
            paper.text(x, y, key, align="middle", size=TICK, fill=theme.soft, halo=True)
    _key(paper, placed)
    return paper


def _polar(centre: Spot, angle: float, radius: float) -> Spot:
    """Return the point at an angle in degrees, clockwise from the top, and a distance."""
    turned = radians(angle)
    return centre[0] + radius * sin(turned), centre[1] - radius * cos(turned)


def _name(pole: Data, width: float) -> Name:
    """Return the name of a pole with its share, and its interval."""
    room = 0.2 * width if width >= 480 else 46.0
    whole = wrap(str(pole["label"]), room, bold=True)
    if width < 480 or "…" in whole:
        whole = short(str(pole["label"]), str(pole["key"]), room, bold=True)
    if pole["value"] is not None:
        whole += f" {written(pole['value'], 'share')}"
    known = pole["low"] is not None and pole["high"] is not None
    return whole, wording.span(pole["low"], pole["high"]) if known else ""


def _lines(name: Name) -> int:
    return 1 + name[0].count("\n") + bool(name[1])


def _radius(names: list[Name], width: float) -> float:
    """Return the largest radius that leaves room for the names at either side."""
    room = [190.0]
    for at, (name, span) in enumerate(names):
        aside = abs(_polar((0, 0), at * 360 / len(names), 1.0)[0])
        wide = max(text_width(text, bold=True) for text in (*name.split("\n"), span))
        if aside > 0.04:
            room.append((width / 2 - 5 - wide) / aside - 13)
    return max(min(room), 56.0)


def _scale(poles: list[Data]) -> tuple[float, list[float]]:
    """Return the value at the edge of the rose, and those of its rings."""
    ends = [e for pole in poles for e in (pole["value"], pole["high"]) if e is not None]
    top = max([*ends, 0.01])
    rings = [ring for ring in ticks(0, top, 4)[1:] if ring <= 1.08 * top]
    return max([top, *rings]), rings


def _rose(
    paper: Paper, poles: list[Data], domains: list[str], centre: Spot, radius: float, top: float,
    rings: list[float], when: str = "",
) -> None:  # fmt: skip
    """Draw rings, wedges and whiskers around a centre; ``top`` is the value at the edge."""
    theme, turn = paper.theme, 360 / max(len(poles), 1)
    half = min(0.36 * turn, 26.0)
    scale = radius / top
    for ring in rings:
        style: Data = {"fill": "none", "stroke": theme.rule}
        paper.add("circle", cx=centre[0], cy=centre[1], r=ring * scale, **style)
    for at, pole in enumerate(poles):
        ends = [0.0]
        for band in pole["bands"]:
            ends.append(ends[-1] + (band or 0.0))
        label = f"{pole['label']}, {when}" if when else str(pole["label"])
        for place, (inner, outer) in enumerate(pairwise(ends)):
            if outer > inner:
                share = written(outer - inner, "share", fine=True)
                kept = {"key": str(pole["key"]), "domain": domains[place], "value": outer - inner}
                first, last = at * turn - half, at * turn + half
                paper.add(
                    "path", Point(label, f"{label}, {domains[place]}: {share}", kept),
                    d=_wedge(centre, first, last, inner * scale, outer * scale),
                    fill=_shade(place, theme), stroke=theme.paper, stroke_width=1.5,
                )  # fmt: skip
    for at, pole in enumerate(poles):
        low, high = pole["low"], pole["high"]
        if low is not None and high is not None:
            ends_of = [_polar(centre, at * turn, end * scale) for end in (low, high)]
            paper.span(ends_of[0], ends_of[1])
    for ring in rings:
        x, y = _polar(centre, turn / 2, ring * scale)
        text = wording.percent(ring, 0 if ring >= 0.0999 or not ring * 100 % 1 else 1)
        paper.text(x, y, text, align="middle", size=TICK, fill=theme.soft, halo=True)


def _wedge(centre: Spot, first: float, last: float, inner: float, outer: float) -> str:
    """Return the path of a piece of a ring between two angles, less than half a turn apart."""
    a, b, c, d = (
        "{:.2f},{:.2f}".format(*_polar(centre, angle, radius))
        for angle, radius in ((first, inner), (first, outer), (last, outer), (last, inner))
    )
    back = f"A{inner:.2f},{inner:.2f} 0 0 0 {a}" if inner else ""
    return f"M{a}L{b}A{outer:.2f},{outer:.2f} 0 0 1 {c}L{d}{back}Z"


def _shade(place: int, theme: Theme) -> str:
    return blend(theme.colours[place % 7 + 1], theme.paper, SHADES[place % len(SHADES)])


def _labels(
    paper: Paper, poles: list[Data], names: list[Name], centre: Spot, radius: float
) -> None:
    """Write the names around the rose with their intervals, each clear of the next."""
    turn = 360 / max(len(names), 1)
    sides: dict[Align, list[tuple[Spot, Name, Data]]] = {"end": [], "start": [], "middle": []}
    for at, (pole, name) in enumerate(zip(poles, names, strict=True)):
        x, y = _polar(centre, at * turn, radius + 13)
        side: Align = "middle" if abs(x - centre[0]) < 4 else "start" if x > centre[0] else "end"
        if side == "middle":
            y += _LINE / 2 * (_lines(name) - 1) * (1 if y > centre[1] else -1)
        sides[side].append(((x, y), name, pole))
    for align, own in sides.items():
        tops = [y for (_, y), _, _ in own]
        if align != "middle":
            most = max((_lines(name) for _, name, _ in own), default=2)
            tops = separate(tops, most * _LINE + 3, centre[1] - radius - 30, paper.height - 16)
        for ((x, _), name, pole), middle in zip(own, tops, strict=True):
            lines = name[0].count("\n")
            first = middle - _LINE / 2 * (_lines(name) - 1)
            style: Data = {"align": align, "halo": True}
            head: Data = {"fill": paper.theme.ink, "bold": True}
            if str(pole["label"]) not in name[0].replace("\n", " "):
                head["whole"] = str(pole["label"])
            paper.text(x, first + _LINE / 2 * lines, name[0], **head, **style)
            if name[1]:
                below = first + _LINE * (lines + 1)
                paper.text(x, below, name[1], fill=paper.theme.soft, size=TICK, **style)


def _entries(domains: list[str], theme: Theme) -> list[tuple[str, str]]:
    known = [(domain, _shade(at, theme)) for at, domain in enumerate(domains)]
    return [*known, (say("90% interval"), "whisker")]


def _key(paper: Paper, placed: list[tuple[float, float, str, str]]) -> None:
    for x, top, text, how in placed:
        y = top + 14
        if how == "whisker":
            paper.span((x + 8, y), (x + 24, y))
        else:
            paper.box(x + 8, y - 5, x + 24, y + 5, how)
        paper.text(x + 29, y, text, fill=paper.theme.soft)

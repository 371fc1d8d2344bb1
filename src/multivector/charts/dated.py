"""Dated: events in lanes by kind, their names apart, vague dates as long as their doubt."""

from __future__ import annotations

from typing import Any

from multivector.charts.canvas import Canvas, Margin, Span, year_ticks
from multivector.charts.look import LABEL, TICK, Theme, text_width, wrap
from multivector.svg import fraction_of_year

__all__ = ["events", "extent"]

Data = dict[str, Any]
Reach = tuple[float, float]
_SHAPES = ("circle", "square", "diamond", "triangle-up", "cross", "triangle-down")
_VAGUE = 0.03
_PITCH, _DENSE = 16.0, 9.0


def extent(date: str) -> Reach:
    """Return the first and last moment, in years, that a partial ISO date may mean.

    >>> extent("1991"), extent("1991-12"), extent("1991/1993")
    ((1991.0, 1992.0), (1991.9166666666667, 1992.0), (1991.0, 1994.0))
    """
    first, _, last = date.partition("/")
    start = fraction_of_year(first)
    finish = last or first
    parts = finish.count("-")
    long = 1.0 if parts == 0 else 1 / 12 if parts == 1 else 1 / 372
    return start, fraction_of_year(finish) + long


def events(data: Data, width: float, theme: Theme, _: dict[str, int]) -> Canvas:
    """Return events in lanes; where there is little room the name of a lane stands above it."""
    found = [(extent(event["date"]), event) for event in data["events"]]
    first = min([float(data["from"]), *(span[0] for span, _ in found)])
    last = max([float(data["to"]) + 1, *(span[1] for span, _ in found)])
    above = width < 480
    names = [
        wrap(str(lane["label"]), width - 20 if above else 0.24 * width) for lane in data["lanes"]
    ]
    widest = max((text_width(t, bold=True) for n in names for t in n.split("\n")), default=0.0)
    left = 10.0 if above else widest + 16
    plot = max(width - left - 18, 60.0)
    x = Span(first, last, plot)
    lanes: list[tuple[float, list[Data]]] = []
    free = 0.0
    for lane, name in zip(data["lanes"], names, strict=True):
        own = [(span, e) for span, e in found if e["lane"] == lane["key"]]
        laid, tall = _laid(own, x)
        head = (LABEL + 2) * (1 + name.count("\n")) + 4
        lanes.append((free + (head if above else 0.0), laid))
        free += (head + tall if above else max(tall, head)) + 10
    canvas = Canvas(plot, max(free, 24.0), Margin(left, 18.0, 8.0, 26.0), theme, x=x)
    years = year_ticks(first, last, plot)
    canvas.grid_x(years, [str(int(year)) for year in years])
    _heads(canvas, names, [start for start, _ in lanes], above=above)
    for at, (start, laid) in enumerate(lanes):
        _marks(canvas, laid, start, at)
    return canvas


def _heads(canvas: Canvas, names: list[str], starts: list[float], *, above: bool) -> None:
    """Write the names of the lanes and draw a line between lanes."""
    low, high = canvas.across.low, canvas.across.high
    texts, lines = [], []
    for at, (name, start) in enumerate(zip(names, starts, strict=True)):
        up = (LABEL + 2) * (1 + name.count("\n")) + 4 if above else 0.0
        place = {"x": canvas.across.back(0 if above else -10), "y": start + 9 - up}
        texts.append({**place, "text": name})
        if at:
            lines.append({"x": low, "x2": high, "y": start - up - 4})
    style = {"stroke": canvas.theme.rule, "strokeWidth": 1}
    canvas.add("rule", lines, style, x="x", x2="x2", y="y")
    align = "left" if above else "right"
    canvas.write(texts, align=align, colour=canvas.theme.ink, bold=True)


def _laid(own: list[tuple[Reach, Data]], x: Span) -> tuple[list[Data], float]:
    """Return the events of a lane, each on the first lines where mark and name have room."""
    lines: list[list[Reach]] = []
    laid: list[Data] = []
    pitch = _PITCH if any(event["label"] for _, event in own) else _DENSE
    for (start, end), event in sorted(own, key=lambda item: (item[0], item[1]["label"])):
        left, right = x.at(start), max(x.at(end), x.at(start) + 6)
        text, align, reach = _named(str(event["label"]), left, right, x.size)
        tall = 1 + text.count("\n")
        at = 0
        while not all(_free(reach, used) for used in lines[at : at + tall]):
            at += 1
        lines += [[] for _ in range(at + tall - len(lines))]
        for used in lines[at : at + tall]:
            used.append(reach)
        edge = right + 7 if align == "left" else left - 7
        ends = {"x": x.back(left), "x2": x.back(right), "edge": x.back(edge)}
        place = {"top": pitch * at, "vague": end - start > _VAGUE}
        laid.append({**ends, **place, "text": text, "align": align})
    return laid, pitch * max(len(lines), 1)


def _free(reach: Reach, used: list[Reach]) -> bool:
    return all(reach[1] <= low or high <= reach[0] for low, high in used)


def _named(text: str, left: float, right: float, room: float) -> tuple[str, str, Reach]:
    """Return the name as it fits, the side of its mark it stands on, and how far both reach."""
    if not text:
        return "", "left", (left - 4, right + 2)
    after, before = room + 14 - right - 9, left - 9
    if text_width(text, TICK) <= after or after >= before:
        shown = wrap(text, after, TICK)
        return shown, "left", (left - 6, right + 12 + _widest(shown))
    shown = wrap(text, before, TICK)
    return shown, "right", (left - 12 - _widest(shown), right + 6)


def _widest(text: str) -> float:
    return max(text_width(line, TICK) for line in text.split("\n"))


def _marks(canvas: Canvas, laid: list[Data], start: float, at: int) -> None:
    """Draw an exact day as a point and a vague date as a bar as long as its doubt."""
    colour = canvas.theme.colours[at % 7 + 1]
    rows = [{**row, "y": start + 9 + row["top"]} for row in laid]
    bar = {"stroke": colour, "strokeWidth": 6, "opacity": 0.55}
    canvas.add("rule", [r for r in rows if r["vague"]], bar, x="x", x2="x2", y="y")
    small = all(not row["text"] for row in rows)
    dot = {"filled": True, "fill": colour, "size": 26 if small else 50, "opacity": 1}
    exact = [row for row in rows if not row["vague"]]
    canvas.add("point", exact, {**dot, "shape": _SHAPES[at % 6]}, x="x", y="y")
    for align in ("left", "right"):
        texts = [
            {"x": row["edge"], "y": row["y"], "text": row["text"]}
            for row in rows
            if row["align"] == align and row["text"]
        ]
        canvas.write(texts, align=align, size=TICK, colour=canvas.theme.ink)

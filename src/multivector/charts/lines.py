"""Lines: values by year with their intervals, and estimates against dates."""

from __future__ import annotations

from typing import Any

from multivector.charts.canvas import (
    Scale,
    axis_x,
    axis_y,
    fit,
    separate,
    short,
    value_ticks,
    written,
    year_ticks,
)
from multivector.charts.paint import DASHES, TICK, Paper, Point, Theme, text_width

__all__ = ["lines", "scatter"]

Data = dict[str, Any]
Box = tuple[float, float, float, float]
_PITCH = 15.0


def lines(data: Data, width: float, theme: Theme, order: dict[str, int]) -> Paper:
    """Return lines with their bands, each named at its end; broken where years are missing."""
    unit = data["unit"]
    own = [
        {**line, "points": [p for p in line["points"] if p["y"] is not None],
         "colour": int(line.get("colour", order.get(line["key"], at + 1))) % 8}
        for at, line in enumerate(data["lines"])
    ]  # fmt: skip
    own = [line for line in own if line["points"]]
    for line in own:
        value = written(line["points"][-1]["y"], unit)
        name = short(str(line["label"]), str(line["key"]), max(0.24 * width, 60.0), bold=True)
        line["end"] = f"{value} {name}"
    widest = max(
        (text_width(part, bold=True) for line in own for part in line["end"].split("\n")),
        default=0.0,
    )
    paper = Paper(theme, width)
    points = [point for line in own for point in line["points"]]
    x, y = _plot(paper, data, points, widest + 18, len(own))
    _dates(paper, x, y, data.get("marks", []))
    for line in own:
        _band(paper, line, x, y)
    for line in own:
        _line(paper, line, x, y, unit)
    _ends(paper, own, x, y)
    return paper


def _plot(
    paper: Paper, data: Data, points: list[Data], right: float, number: int
) -> tuple[Scale, Scale]:
    """Draw the axes and return both scales; they reach as far as the points and intervals do."""
    found = [p.get(end) for p in points for end in ("y", "low", "high")]
    values = [v for v in [*found, data.get("reference")] if v is not None] or [0.0, 1.0]
    height = max(300.0 if paper.width >= 480 else 240.0, number * (_PITCH + 1))
    marks, labels = value_ticks(min(values), max(values), data["unit"])
    left = max(text_width(label, TICK) for label in labels) + 10
    edge = max(paper.width - right, left + 60)
    years = [float(p["x"]) for p in points]
    first, last = min([float(data["from"]), *years]), max([float(data["to"]), *years])
    x = Scale(first, last if last > first else first + 1, left, edge)
    top = 12.0 + _PITCH * min(len(data.get("marks", ())), 3)
    low, high = min(marks[0], *values), max(marks[-1], *values)
    y = Scale(low, high if high > low else low + 1, top + height, top)
    axis_y(paper, y, list(zip(marks, labels, strict=True)), left, edge)
    ticks = [(year, str(int(year))) for year in year_ticks(x.low, x.high, edge - left)]
    axis_x(paper, x, ticks, top, top + height)
    if data.get("reference") is not None:
        down = y.at(data["reference"])
        style: Data = {"stroke_dasharray": "5 3"}
        paper.line((left, down), (edge, down), paper.theme.soft, 1.4, **style)
    paper.height = top + height + 24
    return x, y


def _runs(points: list[Data], gap: float) -> list[list[Data]]:
    """Return the points in runs without a gap of more than so many years."""
    runs: list[list[Data]] = []
    for point in points:
        if not runs or point["x"] - runs[-1][-1]["x"] > gap:
            runs.append([])
        runs[-1].append(point)
    return runs


def _band(paper: Paper, line: Data, x: Scale, y: Scale) -> None:
    """Lay the area between the ends of the intervals; one that stands alone is a whisker."""
    colour = paper.theme.colours[line["colour"]]
    known = [p for p in line["points"] if p.get("low") is not None and p.get("high") is not None]
    areas = []
    for run in _runs(known, float(line.get("gap", 2.0))):
        low = [(x.at(p["x"]), y.at(p["low"])) for p in run]
        high = [(x.at(p["x"]), y.at(p["high"])) for p in run]
        if len(run) == 1:
            paper.line(low[0], high[0], colour, 1.6)
        else:
            areas.append([*low, *reversed(high)])
    if areas:
        d = paper.path(areas, closed=True)
        paper.add("path", d=d, fill=colour, fill_opacity=0.16, class_="band")


def _line(paper: Paper, line: Data, x: Scale, y: Scale, unit: str) -> None:
    points, label = line["points"], str(line["label"])
    colour = paper.theme.colours[line["colour"]]
    ends = [f"{written(p['y'], unit)} ({round(p['x'])})" for p in (points[0], points[-1])]
    values = {
        name: [p.get(key) for p in points]
        for name, key in (("x", "x"), ("value", "y"), ("low", "low"), ("high", "high"))
    }
    if all(v is None for v in [*values["low"], *values["high"]]):
        del values["low"], values["high"]
    point = Point(label, f"{label}: {' – '.join(ends)}", {"key": str(line["key"]), **values})
    runs = [
        [(x.at(p["x"]), y.at(p["y"])) for p in run]
        for run in _runs(points, float(line.get("gap", 2.0)))
    ]
    paper.add(
        "path", point, d=paper.path(runs), fill="none", stroke=colour,
        stroke_width=2.6 if line["colour"] == 0 else 2, stroke_linejoin="round",
        stroke_dasharray=DASHES[line["colour"]],
    )  # fmt: skip
    for run in runs:
        if len(run) == 1:
            paper.add("circle", cx=run[0][0], cy=run[0][1], r=3.3, fill=colour)


def _dates(paper: Paper, x: Scale, y: Scale, found: list[Data]) -> None:
    """Draw dated lines with their labels above the plot, in rows so that none touches another."""
    theme = paper.theme
    free = [-1e9, -1e9, -1e9]
    labels = []
    for mark in sorted(found, key=lambda m: float(m["x"])):
        centre = x.at(float(mark["x"]))
        text = fit([str(mark["label"])], 0.5 * (x.end - x.start), TICK)
        half = text_width(text, TICK) / 2
        middle = min(max(centre, half + 1), paper.width - half - 1)
        row = next((n for n in range(3) if middle - half >= free[n] + 6), None)
        up = y.end - 12 - _PITCH * (row or 0)
        paper.line((centre, up + 7), (centre, y.start), theme.soft, 1.2, stroke_dasharray="3 3")
        if row is not None:
            free[row] = middle + half
            labels.append((middle, up, text, str(mark["label"])))
    for middle, up, text, whole in labels:
        style: Data = {"align": "middle", "size": TICK, "halo": True}
        paper.text(middle, up, text, fill=theme.soft, whole=whole, **style)


def _ends(paper: Paper, own: list[Data], x: Scale, y: Scale) -> None:
    """Write the last value and name of each line beside the plot, with a thread to its end."""
    wanted = [y.at(line["points"][-1]["y"]) for line in own]
    tall = 1 + max((line["end"].count("\n") for line in own), default=0)
    tops = separate(wanted, _PITCH * tall, y.end, y.start)
    for line, was, top in zip(own, wanted, tops, strict=True):
        colour = paper.theme.colours[line["colour"]]
        last = x.at(line["points"][-1]["x"])
        if abs(top - was) > 3 or x.end - last > 3:
            style: Data = {"stroke_opacity": 0.6, "stroke_dasharray": "1 2"}
            paper.line((last, was), (x.end + 10, top), colour, 0.8, **style)
        whole = f"{line['end'].split(' ')[0]} {line['label']}"
        paper.text(x.end + 12, top, line["end"], fill=colour, bold=True, whole=whole)


def scatter(data: Data, width: float, theme: Theme, order: dict[str, int]) -> Paper:
    """Return points with their intervals, each named beside it where there is room."""
    unit = data["unit"]
    points = [p for p in data["points"] if p["x"] is not None and p["y"] is not None]
    paper = Paper(theme, width)
    xs = [float(p["x"]) for p in points] or [0.0, 1.0]
    pad = max((max(xs) - min(xs)) * 0.04, 0.5 if data.get("x_unit", "year") == "year" else 0.0)
    x, y = _plot(paper, {**data, "from": min(xs) - pad, "to": max(xs) + pad}, points, 14.0, 1)
    for p in points:
        colour = theme.colours[int(p.get("colour", order.get(p.get("group", ""), 1))) % 8]
        across, down, low, high = x.at(p["x"]), y.at(p["y"]), p.get("low"), p.get("high")
        text = f"{p['label']} ({p['x']:g}): {written(p['y'], unit)}"
        if low is not None and high is not None:
            paper.line((across, y.at(low)), (across, y.at(high)), colour, 1.4)
            text += f" ({written(low, unit)} – {written(high, unit)})"
        kept = {"key": str(p["key"]), "x": p["x"], "value": p["y"], "low": low, "high": high}
        paper.add(
            "circle", Point(str(p["label"]), text, kept), cx=across, cy=down, r=3.7, fill=colour
        )
    _beside(paper, points, x, y)
    return paper


def _beside(paper: Paper, points: list[Data], x: Scale, y: Scale) -> None:
    """Write the names of points that can be written without touching a point or a name."""
    spots = [(x.at(p["x"]), y.at(p["y"])) for p in points]
    boxes: list[Box] = [(a - 5, b - 5, a + 5, b + 5) for a, b in spots]
    for point, (a, b) in zip(points, spots, strict=True):
        label = str(point["label"])
        wide = text_width(label, TICK)
        for left, top in ((a + 7, b), (a - 7 - wide, b), (a + 4, b - 12), (a + 4, b + 12)):
            box = (left, top - 7, left + wide, top + 7)
            inside = left >= x.start and left + wide <= paper.width
            if inside and not any(overlap(box, other) for other in boxes):
                boxes.append(box)
                paper.text(left, top, label, size=TICK, fill=paper.theme.ink)
                break


def overlap(a: Box, b: Box) -> bool:
    """Return whether two boxes share a point inside them.

    >>> overlap((0, 0, 2, 2), (1, 1, 3, 3)), overlap((0, 0, 1, 1), (1, 0, 2, 1))
    (True, False)
    """
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]

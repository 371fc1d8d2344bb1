"""Lines: values by year with their intervals, and estimates against dates."""

from __future__ import annotations

from typing import Any

from multivector.charts.canvas import Canvas, Margin, Span, apart, value_ticks, year_ticks
from multivector.charts.look import DASHES, LABEL, TICK, Theme, fit, short, text_width, written

__all__ = ["lines", "scatter"]

Data = dict[str, Any]
_APART = 15.0


def lines(data: Data, width: float, theme: Theme, order: dict[str, int]) -> Canvas:
    """Return lines with their bands, each named at its end; breaks where years are missing."""
    own = [{**line, "colour": _colour(line, at, order)} for at, line in enumerate(data["lines"])]
    ends = [_end(line, data["unit"], width) for line in own]
    right = (
        max((text_width(t, bold=True) for end in ends for t in end.split("\n")), default=0.0) + 18
    )
    canvas = _plot(data, [p for line in own for p in line["points"]], width, right, theme, len(own))
    _uprights(canvas, data.get("marks", []))
    rows = [row for line in own for row in _rows(line, theme)]
    banded = [row for row in rows if row["low"] is not None and row["high"] is not None]
    style = {"opacity": 0.16, "line": False}
    runs = {"detail": "run", "color": "color"}
    canvas.add("area", banded, style, x="x", y="low", y2="high", **runs)
    _alone(canvas, rows, banded)
    for line in own:
        drawn = [row for row in rows if row["key"] == line["key"]]
        wide = 2.6 if line["colour"] == 0 else 2.0
        dash = {"strokeDash": list(DASHES[line["colour"]])} if DASHES[line["colour"]] else {}
        canvas.add("line", drawn, {"strokeWidth": wide, **dash}, x="x", y="y", **runs)
    _names(canvas, own, ends)
    return canvas


def _colour(line: Data, at: int, order: dict[str, int]) -> int:
    return int(line.get("colour", order.get(line["key"], at + 1))) % 8


def _end(line: Data, unit: str, width: float) -> str:
    points = [p for p in line["points"] if p["y"] is not None]
    value = written(points[-1]["y"], unit) if points else "–"
    room = max(0.24 * width, 60.0)
    return f"{value} {short(str(line['label']), str(line['key']), room)}"


def _plot(
    data: Data, points: list[Data], width: float, right: float, theme: Theme, number: int
) -> Canvas:
    found = [p.get(k) for p in points for k in ("y", "low", "high")]
    values = [v for v in found if v is not None] or [0.0, 1.0]
    if "reference" in data and data["reference"] is not None:
        values.append(data["reference"])
    height = max(300.0 if width >= 480 else 240.0, number * (_APART + 1))
    marks, labels = value_ticks(min(values), max(values), data["unit"])
    left = max(text_width(label, TICK) for label in labels) + 10
    plot = max(width - left - right, 60.0)
    ends = float(data["from"]), float(data["to"])
    span = Span(ends[0], ends[1] if ends[1] > ends[0] else ends[0] + 1, plot)
    top = 12.0 + 15.0 * min(len(data.get("marks", ())), 3)
    canvas = Canvas(plot, height, Margin(left, right, top, 24.0), theme, x=span, upward=True)
    low, high = min(marks[0], *values), max(marks[-1], *values)
    canvas.y = Span(low, high if high > low else low + 1, height)
    canvas.grid_y(marks, labels)
    years = year_ticks(span.low, span.high, plot)
    canvas.grid_x(years, [written(year, "year") for year in years])
    if data.get("reference") is not None:
        level = [{"x": span.low, "x2": span.high, "y": data["reference"]}]
        style = {"stroke": theme.soft, "strokeWidth": 1.4, "strokeDash": [5, 3]}
        canvas.add("rule", level, style, x="x", x2="x2", y="y")
    return canvas


def _rows(line: Data, theme: Theme) -> list[Data]:
    """Return the points of a line, numbered by unbroken runs."""
    rows: list[Data] = []
    before: float | None = None
    run = 0
    gap = float(line.get("gap", 2.0))
    for point in line["points"]:
        if point["y"] is None:
            continue
        run += before is not None and point["x"] - before > gap
        before = point["x"]
        kept = {key: point.get(key) for key in ("x", "y", "low", "high")}
        colour = theme.colours[line["colour"]]
        rows.append({**kept, "key": line["key"], "run": f"{line['key']} {run}", "color": colour})
    return rows


def _alone(canvas: Canvas, rows: list[Data], banded: list[Data]) -> None:
    """Draw what a line cannot: points without a neighbour, with their whiskers."""
    sizes: dict[str, int] = {}
    for row in rows:
        sizes[row["run"]] = sizes.get(row["run"], 0) + 1
    lonely = [row for row in rows if sizes[row["run"]] == 1]
    whiskers = [row for row in banded if sizes[row["run"]] == 1]
    canvas.add("rule", whiskers, {"strokeWidth": 1.6}, x="x", y="low", y2="high", color="color")
    canvas.add("point", lonely, {"filled": True, "size": 34}, x="x", y="y", color="color")


def _uprights(canvas: Canvas, marks: list[Data]) -> None:
    """Draw dated lines with their labels above the plot, in rows so that they stay apart."""
    if not marks:
        return
    style = {"stroke": canvas.theme.soft, "strokeWidth": 1.2, "strokeDash": [3, 3]}
    rows: list[Data] = []
    labels: list[Data] = []
    free = [-1e9, -1e9, -1e9]
    for mark in sorted(marks, key=lambda m: float(m["x"])):
        centre = canvas.across.at(float(mark["x"]))
        text = fit([mark["label"]], 0.5 * canvas.width, TICK)
        half = text_width(text, TICK) / 2
        kept = min(
            max(centre, half - canvas.margin.left), canvas.width + canvas.margin.right - half
        )
        row = next((n for n in range(3) if kept - half >= free[n] + 6), None)
        top = -12.0 - 15.0 * (row or 0)
        rows.append(
            {"x": mark["x"], "y": canvas.from_top(top + 7), "y2": canvas.from_top(canvas.height)}
        )
        if row is not None:
            free[row] = kept + half
            place = {"x": canvas.across.back(kept), "y": canvas.from_top(top)}
            labels.append({**place, "text": text})
    canvas.add("rule", rows, style, x="x", y="y", y2="y2")
    canvas.write(labels, align="center", size=TICK, colour=canvas.theme.soft, halo=True)


def _names(canvas: Canvas, own: list[Data], ends: list[str]) -> None:
    """Write the last value and name of each line beside the plot, with a thread to its end."""
    wanted, kept = [], []
    for line, text in zip(own, ends, strict=True):
        points = [p for p in line["points"] if p["y"] is not None]
        if points:
            wanted.append(canvas.height - canvas.down.at(points[-1]["y"]))
            kept.append((line, text, points[-1]))
    tall = 1 + max((text.count("\n") for _, text, _ in kept), default=0)
    tops = apart(wanted, _APART * tall, 0.0, canvas.height)
    texts, threads = [], []
    for (line, text, point), was, top in zip(kept, wanted, tops, strict=True):
        colour = canvas.theme.colours[line["colour"]]
        x = canvas.across.back(canvas.width + 12)
        first = canvas.from_top(top - _APART / 2 * text.count("\n"))
        texts.append({"x": x, "y": first, "text": text, "color": colour})
        far = canvas.width - canvas.across.at(point["x"])
        if abs(top - was) > 3 or far > 3:
            threads.append(
                {
                    "x": point["x"],
                    "y": point["y"],
                    "x2": canvas.across.back(canvas.width + 10),
                    "y2": canvas.from_top(top),
                    "color": colour,
                }
            )
    style = {"strokeWidth": 0.8, "opacity": 0.6, "strokeDash": [1, 2]}
    canvas.add("rule", threads, style, x="x", y="y", x2="x2", y2="y2", color="color")
    canvas.write(texts, size=LABEL, bold=True)


def scatter(data: Data, width: float, theme: Theme, order: dict[str, int]) -> Canvas:
    """Return points with their intervals, each named beside it where there is room."""
    points = [p for p in data["points"] if p["x"] is not None and p["y"] is not None]
    xs = [float(p["x"]) for p in points] or [0.0, 1.0]
    pad = max((max(xs) - min(xs)) * 0.04, 0.5 if data.get("x_unit", "year") == "year" else 0.0)
    framed = {**data, "from": min(xs) - pad, "to": max(xs) + pad}
    canvas = _plot(framed, points, width, 14.0, theme, 1)
    rows = []
    for at, point in enumerate(points):
        colour = theme.colours[int(point.get("colour", order.get(point.get("group", ""), 1))) % 8]
        kept = {key: point.get(key) for key in ("x", "y", "low", "high")}
        rows.append({**kept, "color": colour, "at": at})
    whiskers = [row for row in rows if row["low"] is not None and row["high"] is not None]
    canvas.add("rule", whiskers, {"strokeWidth": 1.4}, x="x", y="low", y2="high", color="color")
    style = {"filled": True, "size": 42, "opacity": 1}
    canvas.add("point", rows, style, x="x", y="y", color="color")
    _beside(canvas, points)
    return canvas


def _beside(canvas: Canvas, points: list[Data]) -> None:
    """Write the names of points that can be written without touching a point or a name."""
    boxes = []
    for point in points:
        x, y = canvas.across.at(point["x"]), canvas.height - canvas.down.at(point["y"])
        boxes.append((x - 5, y - 5, x + 5, y + 5))
    texts = []
    for point in points:
        x, y = canvas.across.at(point["x"]), canvas.height - canvas.down.at(point["y"])
        wide = text_width(point["label"], TICK)
        for left, top in ((x + 7, y), (x - 7 - wide, y), (x + 4, y - 12), (x + 4, y + 12)):
            box = (left, top - 7, left + wide, top + 7)
            inside = left >= 0 and left + wide <= canvas.width + canvas.margin.right
            if inside and not any(_overlap(box, other) for other in boxes):
                boxes.append(box)
                at = {"x": canvas.across.back(left), "y": canvas.from_top(top)}
                texts.append({**at, "text": point["label"]})
                break
    canvas.write(texts, size=TICK, colour=canvas.theme.ink)


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]

"""Rows: pictures with a name a row: shares then and now, rankings, spells of membership."""

from __future__ import annotations

from typing import Any

from multivector.charts.canvas import Canvas, Margin, Span, legend, value_ticks, year_ticks
from multivector.charts.dated import extent
from multivector.charts.look import LABEL, Theme, blend, text_width, wrap, written
from multivector.words import say

__all__ = ["bars", "dumbbell", "timeline"]

Data = dict[str, Any]
_ROW = 24.0


def _names(rows: list[Data], width: float, most: float = 0.34) -> tuple[list[str], float]:
    """Return how the rows are named, in one or two lines, and the room this takes."""
    room = most * width
    named = [wrap(str(row["label"]), room) for row in rows]
    widest = max((text_width(line) for name in named for line in name.split("\n")), default=0.0)
    return named, min(widest, room) + 12


def _written(canvas: Canvas, named: list[str], tops: list[float], *, bold: set[int]) -> None:
    """Write the names of the rows at the left of the plot, each in the middle of its row."""
    for heavy in (False, True):
        texts = []
        for at, (name, top) in enumerate(zip(named, tops, strict=True)):
            if (at in bold) == heavy:
                up = (LABEL + 2) / 2 * name.count("\n")
                place = {"x": canvas.across.back(-10), "y": canvas.from_top(top - up)}
                texts.append({**place, "text": name})
        canvas.write(texts, align="right", colour=canvas.theme.ink, bold=heavy)


def _heights(named: list[str]) -> tuple[list[float], float]:
    """Return the middle of each row and the height of all."""
    tops, free = [], 0.0
    for name in named:
        tall = _ROW + 8 * name.count("\n")
        tops.append(free + tall / 2)
        free += tall
    return tops, max(free, _ROW)


def dumbbell(data: Data, width: float, theme: Theme, _: dict[str, int]) -> Canvas:
    """Return a row a partner: where its share was, a hollow point, and where it is, a full one."""
    unit = data.get("unit", "share")
    named, left = _names(data["rows"], width)
    told = [_change(row, unit, two=bool(data.get("from_label"))) for row in data["rows"]]
    right = max((text_width(text) for text in told), default=0.0) + 18
    tops, height = _heights(named)
    ends = [row[k] for row in data["rows"] for k in ("from", "to") if row[k] is not None]
    marks, labels = value_ticks(min([0.0, *ends]), max([*ends, 0.01]), unit, 4)
    plot = max(width - left - right, 60.0)
    key = [(str(data["to_label"]), "now")]
    if data.get("from_label"):
        key.insert(0, (str(data["from_label"]), "was"))
    placed, above = legend(key, width - 16)
    canvas = Canvas(plot, height, Margin(left, right, above + 14, 26.0), theme)
    canvas.x = Span(marks[0], max([marks[-1], *ends]), plot)
    canvas.grid_x(marks, labels)
    rows = [{**row, "y": top} for row, top in zip(data["rows"], tops, strict=True)]
    _tied(canvas, rows)
    drawn = [
        {"x": canvas.across.back(x - left + 16), "y": top - above - 4, "how": how}
        for x, top, _, how in placed
    ]
    _dots(canvas, [p for p in drawn if p["how"] == "was"], [p for p in drawn if p["how"] == "now"])
    texts = [
        {"x": canvas.across.back(x - left + 27), "y": top - above - 4, "text": text}
        for x, top, text, _ in placed
    ]
    canvas.write(texts, colour=theme.soft)
    _written(canvas, named, tops, bold=set())
    edge = canvas.across.back(plot + right - 6)
    values = [{"x": edge, "y": t, "text": text} for t, text in zip(tops, told, strict=True)]
    canvas.write(values, align="right", colour=theme.ink)
    return canvas


def _tied(canvas: Canvas, rows: list[Data]) -> None:
    both = [
        {"x": row["from"], "x2": row["to"], "y": row["y"]}
        for row in rows
        if row["from"] is not None and row["to"] is not None
    ]
    tie = {"stroke": canvas.theme.accent, "strokeWidth": 3, "opacity": 0.45}
    canvas.add("rule", both, tie, x="x", x2="x2", y="y")
    was = [{"x": row["from"], "y": row["y"]} for row in rows if row["from"] is not None]
    now = [{"x": row["to"], "y": row["y"]} for row in rows if row["to"] is not None]
    _dots(canvas, was, now)


def _dots(canvas: Canvas, was: list[Data], now: list[Data]) -> None:
    edge = {"stroke": canvas.theme.accent, "strokeWidth": 2, "opacity": 1}
    canvas.add("point", was, {**edge, "fill": canvas.theme.paper, "size": 80}, x="x", y="y")
    canvas.add("point", now, {**edge, "fill": canvas.theme.accent, "size": 90}, x="x", y="y")


def _change(row: Data, unit: str, *, two: bool) -> str:
    ends = [row[key] for key in (("from", "to") if two else ("to",))]
    told = ["–" if value is None else written(value, unit, 0.001) for value in ends]
    return " → ".join(told)


def bars(data: Data, width: float, theme: Theme, order: dict[str, int]) -> Canvas:
    """Return a ranking: a bar a row with its whisker, its value at the right."""
    unit, rows = data.get("unit", "number"), data["rows"]
    named, left = _names(rows, width)
    told = [_interval(row, unit) for row in rows]
    right = min(max((text_width(t) for t in told), default=0.0) + 18, 0.36 * width)
    tops, height = _heights(named)
    found = [row.get(k) for row in rows for k in ("value", "low", "high")]
    ends = [v for v in [*found, data.get("reference")] if v is not None]
    marks, labels = value_ticks(min([0.0, *ends]), max([0.0, *ends]), unit, 4)
    plot = max(width - left - right, 60.0)
    canvas = Canvas(plot, height, Margin(left, right, 8.0, 26.0), theme)
    low, high = min([marks[0], *ends]), max([marks[-1], *ends])
    canvas.x = Span(low, high if high > low else low + 1, plot)
    canvas.grid_x(marks, labels)
    drawn, bold = [], set()
    for at, (row, top) in enumerate(zip(rows, tops, strict=True)):
        if row.get("own"):
            bold.add(at)
        if row["value"] is not None:
            strong = theme.accent if row.get("own") or not _any_own(rows) else theme.soft
            fill = blend(strong, theme.paper, 0.55)
            edge = {"y": top - 6.5, "y2": top + 6.5, "middle": top}
            kept = {key: row.get(key) for key in ("value", "low", "high")}
            drawn.append({**kept, **edge, "color": fill, "zero": 0})
    canvas.add("rect", drawn, {}, x="zero", x2="value", y="y", y2="y2", color="color")
    _whiskers(canvas, drawn)
    if data.get("reference") is not None:
        line = [{"x": data["reference"], "y": 0, "y2": height}]
        style = {"stroke": theme.soft, "strokeWidth": 1.4, "strokeDash": [5, 3]}
        canvas.add("rule", line, style, x="x", y="y", y2="y2")
    _written(canvas, named, tops, bold=bold)
    edge_x = canvas.across.back(plot + right - 6)
    texts = [{"x": edge_x, "y": t, "text": text} for t, text in zip(tops, told, strict=True)]
    canvas.write(texts, align="right", colour=theme.ink)
    return canvas


def _any_own(rows: list[Data]) -> bool:
    return any(row.get("own") for row in rows)


def _interval(row: Data, unit: str) -> str:
    if row["value"] is None:
        return "–"
    return written(row["value"], unit, 0.001 if unit == "share" else None)


def _whiskers(canvas: Canvas, rows: list[Data]) -> None:
    spans = [row for row in rows if row["low"] is not None and row["high"] is not None]
    style = {"stroke": canvas.theme.ink, "strokeWidth": 1.5}
    canvas.add("rule", spans, style, x="low", x2="high", y="middle")
    caps = [
        {"x": row[end], "y": row["middle"] - 4, "y2": row["middle"] + 4}
        for row in spans
        for end in ("low", "high")
    ]
    canvas.add("rule", caps, style, x="x", y="y", y2="y2")


_FULL = ("member", "founding member")


def timeline(data: Data, width: float, theme: Theme, _: dict[str, int]) -> Canvas:
    """Return a row an organisation: a bar a spell, full for members, pale for other seats."""
    first, last = float(data["from"]), float(data["to"]) + 1
    named, left = _names(data["rows"], width, 0.3)
    tops, height = _heights(named)
    spans = [
        {**_spell(bar, first, last), "y": top - 6, "y2": top + 6}
        for row, top in zip(data["rows"], tops, strict=True)
        for bar in row["bars"]
    ]
    titles = {
        "full": str(data.get("full") or say("member")),
        "other": say("observer, partner, associate, candidate or suspended"),
        "unknown": say("start not in hand"),
    }
    kinds = {span["kind"] for span in spans}
    if text_width(titles["other"]) > width - 60:
        titles["other"] = say("other seat")
    placed, above = legend([(titles[k], k) for k in titles if k in kinds], width - 16)
    plot = max(width - left - 18, 60.0)
    canvas = Canvas(
        plot, height, Margin(left, 18.0, above + 30, 26.0), theme, x=Span(first, last, plot)
    )
    years = year_ticks(first, last, plot)
    labels = [str(int(year)) for year in years]
    canvas.grid_x(years, labels)
    if len(data["rows"]) > 14:
        canvas.grid_x(years, labels, top=True)
    for x, top, text, how in placed:
        start = canvas.across.back(x - left + 8)
        box = {"x": start, "x2": canvas.across.back(x - left + 26), "kind": how}
        spans.append({**box, "y": top - above - 21, "y2": top - above - 10})
        place = {"x": canvas.across.back(x - left + 31), "y": top - above - 15.5}
        canvas.write([{**place, "text": text}], colour=theme.soft)
    _spells(canvas, spans)
    _written(canvas, named, tops, bold=set())
    return canvas


def _spell(bar: Data, first: float, last: float) -> Data:
    """Return where a bar begins and ends, and how it is drawn."""
    start = extent(bar["start"])[0] if bar.get("start") else first
    end = extent(bar["end"])[1] if bar.get("end") else last
    kind = "unknown" if not bar.get("start") else "full" if _is_full(bar) else "other"
    start, end = min(max(start, first), last), min(max(end, first), last)
    return {"x": start, "x2": max(end, start + (last - first) * 0.006), "kind": kind}


def _is_full(bar: Data) -> bool:
    full = bar.get("full")
    return bool(full) if full is not None else bar["status"] in _FULL


def _spells(canvas: Canvas, spans: list[Data]) -> None:
    theme = canvas.theme
    styles: dict[str, dict[str, Any]] = {
        "full": {"fill": theme.accent},
        "other": {"fill": blend(theme.accent, theme.paper, 0.28), "stroke": theme.accent},
        "unknown": {"fill": theme.paper, "stroke": theme.soft, "strokeDash": [4, 3]},
    }
    for kind, style in styles.items():
        own = [span for span in spans if span["kind"] == kind]
        canvas.add("rect", own, {"strokeWidth": 1, **style}, x="x", x2="x2", y="y", y2="y2")

"""Rows: a name a row: rankings, shares then and now, spells of membership, events in lanes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from multivector.charts.canvas import (
    Scale,
    axis_x,
    extent,
    fraction_of_year,
    legend,
    value_ticks,
    wrap,
    written,
    year_ticks,
)
from multivector.charts.paint import LABEL, TICK, Align, Paper, Point, Theme, blend, text_width
from multivector.words import say
from multivector.words.figures import day

__all__ = ["bars", "dumbbell", "events", "timeline"]

Data = dict[str, Any]
Reach = tuple[float, float]
_ROW = 24.0
_FULL = ("member", "founding member")
_VAGUE = 0.03
_PITCH, _DENSE = 16.0, 9.0


def _names(
    rows: Sequence[Data], width: float, most: float, top: float
) -> tuple[list[str], float, list[float], float]:
    """Return the names in one or two lines, their room, the middle of each row, and the end."""
    heavy = any(row.get("own") for row in rows)
    named = [wrap(str(row["label"]), most * width, bold=heavy) for row in rows]
    lines = [line for name in named for line in name.split("\n")]
    left = max((text_width(line, bold=heavy) for line in lines), default=0.0) + 14
    middles, free = [], top
    for name in named:
        tall = _ROW + 8 * name.count("\n")
        middles.append(free + tall / 2)
        free += tall
    return named, left, middles, max(free, top + _ROW)


def _write_names(
    paper: Paper, rows: Sequence[Data], named: list[str], left: float, middles: list[float]
) -> None:
    for row, name, y in zip(rows, named, middles, strict=True):
        style: Data = {"bold": bool(row.get("own")), "whole": str(row.get("name") or row["label"])}
        paper.text(left - 10, y, name, align="end", fill=paper.theme.ink, **style)


def bars(data: Data, width: float, theme: Theme, _: dict[str, int]) -> Paper:
    """Return a ranking: a bar a row from zero, with its whisker, its value at the right."""
    unit, rows = data.get("unit", "number"), data["rows"]
    paper = Paper(theme, width)
    named, left, middles, bottom = _names(rows, width, 0.34, 8.0)
    values = [_value(row["value"], unit) for row in rows]
    right = width - min(max(map(text_width, values), default=0.0) + 18, 0.36 * width)
    found = [row.get(end) for row in rows for end in ("value", "low", "high")]
    ends = [v for v in [*found, data.get("reference"), 0.0] if v is not None]
    marks, labels = value_ticks(min(ends), max(ends), unit, 4)
    scale = Scale(min([marks[0], *ends]), max([marks[-1], *ends]), left, right)
    axis_x(paper, scale, list(zip(marks, labels, strict=True)), 8.0, bottom)
    own = any(row.get("own") for row in rows)
    for row, y, value in zip(rows, middles, values, strict=True):
        paper.text(width - 6, y, value, align="end", fill=theme.ink)
        if row["value"] is None:
            continue
        fill = blend(theme.soft if own and not row.get("own") else theme.accent, theme.paper, 0.55)
        low, high = row.get("low"), row.get("high")
        known = low is not None and high is not None
        text = f"{row['label']}: {value}"
        text += f" ({_value(low, unit)} – {_value(high, unit)})" if known else ""
        kept = {"key": str(row["key"]), "value": row["value"], "low": low, "high": high}
        paper.box(
            scale.at(0.0), y - 6.5, scale.at(row["value"]), y + 6.5, fill,
            Point(str(row["label"]), text, kept),
        )  # fmt: skip
        if known:
            paper.span((scale.at(low), y), (scale.at(high), y))
    if data.get("reference") is not None:
        x = scale.at(data["reference"])
        paper.line((x, 8.0), (x, bottom), theme.soft, 1.4, stroke_dasharray="5 3")
    _write_names(paper, rows, named, left, middles)
    paper.height = bottom + 26
    return paper


def _value(value: float | None, unit: str) -> str:
    return "–" if value is None else written(value, unit, fine=unit == "share")


def dumbbell(data: Data, width: float, theme: Theme, _: dict[str, int]) -> Paper:
    """Return a row a partner: where its share was, a hollow point, and where it is, a full one."""
    unit, rows, two = data.get("unit", "share"), data["rows"], bool(data.get("from_label"))
    paper = Paper(theme, width)
    key = [(str(data["to_label"]), "now")]
    key = [(str(data["from_label"]), "was"), *key] if two else key
    placed, above = legend(key, width - 16)
    top = above + 14
    named, left, middles, bottom = _names(rows, width, 0.34, top)
    kinds = ("from", "to") if two else ("to",)
    values = [" → ".join(_value(row[end], unit) for end in kinds) for row in rows]
    right = width - max(map(text_width, values), default=0.0) - 18
    ends = [row[end] for row in rows for end in ("from", "to") if row[end] is not None]
    marks, labels = value_ticks(min([0.0, *ends]), max([*ends, 0.01]), unit, 4)
    scale = Scale(min([marks[0], *ends]), max([marks[-1], *ends]), left, right)
    axis_x(paper, scale, list(zip(marks, labels, strict=True)), top, bottom)
    for row, y, value in zip(rows, middles, values, strict=True):
        if row["from"] is not None and row["to"] is not None:
            tie = {"stroke_opacity": 0.45}
            start, end = (scale.at(row["from"]), y), (scale.at(row["to"]), y)
            paper.line(start, end, theme.accent, 3, **tie)
        for name, fill, radius in (("from", theme.paper, 5.0), ("to", theme.accent, 5.4)):
            if row[name] is not None:
                when = str(data[f"{name}_label"] or "")
                text = f"{row['label']}, {when}: {_value(row[name], unit)}"
                kept = {"key": str(row["key"]), "value": row[name], "when": when}
                point = Point(str(row["label"]), text, kept)
                _dot(paper, scale.at(row[name]), y, radius, fill, point)
        paper.text(width - 6, y, value, align="end", fill=theme.ink)
    for x, down, text, how in placed:
        _dot(paper, x + 16, down + 10, 5.0, theme.paper if how == "was" else theme.accent)
        paper.text(x + 27, down + 10, text, fill=theme.soft)
    _write_names(paper, rows, named, left, middles)
    paper.height = bottom + 26
    return paper


def _dot(
    paper: Paper, x: float, y: float, radius: float, fill: str, point: Point | None = None
) -> None:
    edge = {"stroke": paper.theme.accent, "stroke_width": 2}
    paper.add("circle", point, cx=x, cy=y, r=radius, fill=fill, **edge)


def timeline(data: Data, width: float, theme: Theme, _: dict[str, int]) -> Paper:
    """Return a row an organisation: a bar a spell, full for members, pale for other seats."""
    first, last, rows = float(data["from"]), float(data["to"]) + 1, data["rows"]
    paper = Paper(theme, width)
    titles = {
        "full": str(data.get("full") or say("member")),
        "other": say("observer, partner, associate, candidate or suspended"),
        "unknown": say("start not in hand"),
    }
    if text_width(titles["other"]) > width - 60:
        titles["other"] = say("other seat")
    kinds = {_kind(bar) for row in rows for bar in row["bars"]}
    placed, above = legend([(titles[k], k) for k in titles if k in kinds], width - 16)
    many = len(rows) > 14
    top = above + (24 if many else 8)
    named, left, middles, bottom = _names(rows, width, 0.3, top)
    scale = Scale(first, last, left, max(width - 18, left + 60))
    years = [(year, str(int(year))) for year in year_ticks(first, last, scale.end - left)]
    axis_x(paper, scale, years, top, bottom)
    if many:
        axis_x(paper, scale, years, top, bottom, above=True)
    for row, y in zip(rows, middles, strict=True):
        for bar in row["bars"]:
            start, end = _reach(bar, first, last)
            ends = [day(bar[e]) if bar.get(e) else s for e, s in (("start", "?"), ("end", ""))]
            text = f"{row['label']}: {bar['status']}, {' – '.join(ends)}".rstrip("– ")
            kept = {"key": str(row["key"]), "value": str(bar["status"]),
                    "start": bar.get("start"), "end": bar.get("end")}  # fmt: skip
            point = Point(str(row["label"]), text, kept)
            x, until = scale.at(start), scale.at(end)
            _spell(paper, x, max(until, x + 2.5), y, _kind(bar), point)
    for x, down, text, how in placed:
        _spell(paper, x + 8, x + 26, down + 9, how)
        paper.text(x + 31, down + 9, text, fill=theme.soft)
    _write_names(paper, rows, named, left, middles)
    paper.height = bottom + 26
    return paper


def _kind(bar: Data) -> str:
    full = bar.get("full")
    full = bar["status"] in _FULL if full is None else full
    return "unknown" if not bar.get("start") else "full" if full else "other"


def _reach(bar: Data, first: float, last: float) -> Reach:
    """Return when a bar begins and ends within the years drawn, a vague end at its latest."""
    start = fraction_of_year(bar["start"].partition("/")[0]) if bar.get("start") else first
    end = extent(bar["end"])[1] if bar.get("end") else last
    return min(max(start, first), last), min(max(end, first), last)


def _spell(
    paper: Paper, x: float, until: float, y: float, kind: str, point: Point | None = None
) -> None:
    theme = paper.theme
    fill = theme.paper
    style: Data = {"stroke": theme.soft, "stroke_dasharray": "4 3"}
    if kind != "unknown":
        fill = theme.accent if kind == "full" else blend(theme.accent, theme.paper, 0.28)
        style = {"stroke": theme.accent}
    paper.box(x, y - 5.5, until, y + 5.5, fill, point, **style)


def events(data: Data, width: float, theme: Theme, _: dict[str, int]) -> Paper:
    """Return events in lanes; where there is little room the name of a lane stands above it."""
    found = [(extent(event["date"]), event) for event in data["events"]]
    first = min([float(data["from"]), *(span[0] for span, _ in found)])
    last = max([float(data["to"]) + 1, *(span[1] for span, _ in found)])
    paper = Paper(theme, width)
    above = width < 480
    room = width - 20 if above else 0.24 * width
    names = [wrap(str(lane["label"]), room, bold=True) for lane in data["lanes"]]
    lines = [line for name in names for line in name.split("\n")]
    widest = max((text_width(line, bold=True) for line in lines), default=0.0)
    scale = Scale(first, last, 10.0 if above else widest + 16, width - 18)
    lanes, free = [], 8.0
    for lane, name in zip(data["lanes"], names, strict=True):
        own = [(span, e) for span, e in found if e["lane"] == lane["key"]]
        laid, tall = _laid(own, scale)
        head = (LABEL + 2) * (1 + name.count("\n")) + 4
        lanes.append((lane, name, free, free + (head if above else 0.0), laid))
        free += (head + tall if above else max(tall, head)) + 10
    bottom = max(free, 32.0)
    years = year_ticks(first, last, scale.end - scale.start)
    axis_x(paper, scale, [(year, str(int(year))) for year in years], 8.0, bottom)
    for at, (lane, name, top, start, laid) in enumerate(lanes):
        if at:
            paper.line((scale.start, top - 4), (scale.end, top - 4), theme.rule)
        x = scale.start - (0 if above else 10)
        style: Data = {"align": "start" if above else "end"}
        style |= {"fill": theme.ink, "bold": True, "whole": str(lane["label"])}
        middle = top + 9 + (LABEL + 2) / 2 * name.count("\n")
        paper.text(x, middle, name, **style)
        for event in laid:
            _event(paper, event, start + 9, at, lane)
    paper.height = bottom + 26
    return paper


def _laid(own: list[tuple[Reach, Data]], scale: Scale) -> tuple[list[Data], float]:
    """Return the events of a lane, each on the first lines where mark and name have room."""
    lines: list[list[Reach]] = []
    laid: list[Data] = []
    pitch = _PITCH if any(event["label"] for _, event in own) else _DENSE
    for (start, end), event in sorted(own, key=lambda item: (item[0], item[1]["label"])):
        left = scale.at(start)
        right = max(scale.at(end), left + 6)
        text, align, reach = _named(str(event["label"]), left, right, scale)
        tall = 1 + text.count("\n")
        at = 0
        while not all(_free(reach, used) for used in lines[at : at + tall]):
            at += 1
        lines += [[] for _ in range(at + tall - len(lines))]
        for used in lines[at : at + tall]:
            used.append(reach)
        name = right + 7 if align == "start" else left - 7
        place = {"left": left, "right": right, "name": name, "top": pitch * at, "align": align}
        laid.append({**event, **place, "text": text, "vague": end - start > _VAGUE})
    return laid, pitch * max(len(lines), 1)


def _free(reach: Reach, used: list[Reach]) -> bool:
    return all(reach[1] <= low or high <= reach[0] for low, high in used)


def _named(text: str, left: float, right: float, scale: Scale) -> tuple[str, Align, Reach]:
    """Return the name as it fits, the side of its mark it stands on, and how far both reach."""
    if not text:
        return "", "start", (left - 4, right + 2)
    after, before = scale.end + 14 - right - 9, left - scale.start - 9
    side = text_width(text, TICK) <= after or after >= before
    shown = wrap(text, after if side else before, TICK)
    widest = max(text_width(line, TICK) for line in shown.split("\n"))
    if side:
        return shown, "start", (left - 6, right + 12 + widest)
    return shown, "end", (left - 12 - widest, right + 6)


def _event(paper: Paper, event: Data, first: float, lane: int, named: Data) -> None:
    """Draw an exact day as a point and a vague date as a bar as long as its doubt."""
    colour = paper.theme.colours[lane % 7 + 1]
    y = first + event["top"]
    when = " – ".join(day(part) for part in str(event["date"]).split("/"))
    text = ", ".join(part for part in (str(named["label"]), event["label"], when) if part)
    kept = {"key": str(event["lane"]), "value": str(event["date"])}
    point = Point(str(event["label"] or named["label"]), text, kept)
    if event["vague"]:
        ends = (event["left"], y - 3, event["right"], y + 3)
        paper.box(*ends, colour, point, fill_opacity=0.55)
    else:
        size = 4.0 if event["text"] else 2.9
        paper.add("path", point, d=_symbol(lane, event["left"], y, size), fill=colour)
    if event["text"]:
        middle = y + (TICK + 2) / 2 * event["text"].count("\n")
        style: Data = {"align": event["align"], "size": TICK, "whole": str(event["label"])}
        paper.text(event["name"], middle, event["text"], fill=paper.theme.ink, **style)


def _symbol(lane: int, x: float, y: float, r: float) -> str:
    """Return the outline of a lane's mark: round, square, diamond, or a triangle up or down."""
    if lane % 5 == 0:
        return f"M{x - r:.2f},{y:.2f}a{r},{r} 0 1 0 {2 * r},0a{r},{r} 0 1 0 {-2 * r},0Z"
    corners = (
        ((-1, -1), (1, -1), (1, 1), (-1, 1)),
        ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
        ((0, -1.2), (1.2, 1), (-1.2, 1)),
        ((0, 1.2), (1.2, -1), (-1.2, -1)),
    )[lane % 5 - 1]
    return "M" + "L".join(f"{x + r * a:.2f},{y + r * b:.2f}" for a, b in corners) + "Z"

"""Grids: who sits where as dots, and values of rows by columns as shades."""

from __future__ import annotations

from typing import Any

from multivector.charts.canvas import Canvas, Margin
from multivector.charts.look import (
    FONT_KAZAKH,
    LABEL,
    TICK,
    Theme,
    blend,
    fit,
    in_kazakh,
    text_width,
    wrap,
    written,
)

__all__ = ["heat", "matrix"]

Data = dict[str, Any]
Rows = list[Data]


def matrix(data: Data, width: float, theme: Theme, _: dict[str, int]) -> Canvas:
    """Return a row an organisation and a column a pole: full where the pole sits, hollow if not.

    The own status stands beside the organisation, or below it where there is little room.
    """
    rows, poles = data["rows"], data["poles"]
    keys = max((text_width(str(row["key"]), bold=True) for row in rows), default=40.0) + 14
    seats = max((text_width(str(row["status"]), TICK) for row in rows), default=0.0) + 14
    room = max((text_width(str(pole), bold=True) for pole in poles), default=20.0)
    needed = max(room + 5, 26.0) * max(len(poles), 1) + 8
    stacked = keys + seats + needed > width
    left = min(max(keys, seats), width - needed) if stacked else keys + seats
    tall = 36.0 if stacked else 22.0
    plot = max(width - left - 8, 60.0)
    step = min(plot / max(len(poles), 1), max(room + 14, 56.0))
    canvas = Canvas(plot, tall * max(len(rows), 1), Margin(left, 8.0, 26.0, 6.0), theme)
    _dots(canvas, rows, step, tall)
    edge = -8.0 if stacked else -seats
    middles = [tall * (at + 0.5) for at in range(len(rows))]
    up = 7.0 if stacked else 0.0
    names = [
        {"x": edge, "y": y - up, "text": str(row["key"])}
        for row, y in zip(rows, middles, strict=True)
    ]
    canvas.write(names, align="right", colour=theme.ink, bold=True)
    texts = [
        {"x": -8.0, "y": y + up, "text": fit([str(row["status"])], left - 10, TICK)}
        for row, y in zip(rows, middles, strict=True)
    ]
    canvas.write(texts, align="right", size=TICK, colour=theme.soft)
    heads = [
        {"x": step * (at + 0.5), "y": -12, "text": fit([str(pole)], step - 2)}
        for at, pole in enumerate(poles)
    ]
    canvas.write(heads, align="center", colour=theme.soft, bold=True)
    return canvas


def _dots(canvas: Canvas, rows: Rows, step: float, tall: float) -> None:
    theme = canvas.theme
    full: Rows = []
    hollow: Rows = []
    lines: Rows = []
    for at, row in enumerate(rows):
        y = tall * (at + 0.5)
        end = step * len(row["there"])
        lines.append({"x": 6 - canvas.margin.left, "x2": end, "y": y + tall / 2})
        for place, there in enumerate(row["there"]):
            (full if there else hollow).append({"x": step * (place + 0.5), "y": y})
    canvas.add("rule", lines, {"stroke": theme.faint, "strokeWidth": 1}, x="x", x2="x2", y="y")
    ring = {"stroke": theme.rule, "fill": theme.paper, "strokeWidth": 1.5, "size": 90, "opacity": 1}
    canvas.add("point", hollow, ring, x="x", y="y")
    dot = {**ring, "stroke": theme.accent, "fill": theme.accent, "size": 110}
    canvas.add("point", full, dot, x="x", y="y")


def heat(data: Data, width: float, theme: Theme, _: dict[str, int]) -> Canvas:
    """Return cells shaded by value with the value written in each; empty ones say so."""
    rows, columns, unit = data["rows"], data["columns"], data.get("unit", "number")
    named = [wrap(str(row["label"]), 0.3 * width) for row in rows]
    left = max((text_width(t) for name in named for t in name.split("\n")), default=0.0) + 12
    plot = max(width - left - 8, 60.0)
    step = min(plot / max(len(columns), 1), 110.0)
    tall = 30.0
    heads, upright = _heads(columns, step)
    longest = max((text_width(head, TICK) for head in heads), default=0.0)
    lines = 1 + max((head.count("\n") for head in heads), default=0)
    above = longest + 14 if upright else 12 + (TICK + 2) * lines
    canvas = Canvas(plot, tall * max(len(rows), 1), Margin(left, 8.0, above, 8.0), theme)
    _cells(canvas, data, step, tall, unit)
    texts = [
        {"x": -10, "y": tall * (at + 0.5) - 7 * name.count("\n"), "text": name}
        for at, name in enumerate(named)
    ]
    canvas.write(texts, align="right", colour=theme.ink)
    _headed(canvas, heads, step, upright=upright)
    return canvas


def _heads(columns: Rows, step: float) -> tuple[list[str], bool]:
    """Return how the columns are named: in two lines, by their codes, or upright."""
    level = [wrap(str(column["label"]), step - 6, 1.07 * TICK) for column in columns]
    if not any("…" in head for head in level):
        return level, False
    keys = [str(column["key"]) for column in columns]
    if all(key.isupper() and text_width(key, TICK, bold=True) <= step - 4 for key in keys):
        return keys, False
    return [fit([str(column["label"])], 110.0, TICK) for column in columns], True


def _headed(canvas: Canvas, heads: list[str], step: float, *, upright: bool) -> None:
    rows: Rows = [
        {"x": step * (at + 0.5), "y": -10.0 - (TICK + 2) * head.count("\n"), "text": head}
        for at, head in enumerate(heads)
    ]
    if not upright:
        canvas.write(rows, align="center", size=TICK, colour=canvas.theme.soft, bold=True)
        return
    style = {"angle": 270, "align": "left", "baseline": "middle", "fontSize": TICK}
    style |= {"fill": canvas.theme.soft}
    font = {"font": FONT_KAZAKH} if any(in_kazakh(head) for head in heads) else {}
    canvas.add("text", rows, {**style, **font}, x="x", y="y", text="text")


def _cells(canvas: Canvas, data: Data, step: float, tall: float, unit: str) -> None:
    """Draw the cells: deeper is more; below the middle of a diverging scale another colour."""
    theme = canvas.theme
    middle = data.get("middle")
    known = [v for row in data["rows"] for v in row["cells"] if v is not None]
    base = middle if middle is not None else min([0.0, *known])
    most = max((abs(v - base) for v in known), default=0.0) or 1.0
    warm = theme.colours[2]
    roomy = all(text_width(written(v, unit), LABEL, bold=True) <= step - 4 for v in known)
    boxes: Rows = []
    dark: Rows = []
    pale: Rows = []
    empty: Rows = []
    for at, row in enumerate(data["rows"]):
        texts = row.get("texts") or [None] * len(row["cells"])
        for place, (value, own) in enumerate(zip(row["cells"], texts, strict=True)):
            x, y = step * place, tall * at
            centre = {"x": x + step / 2, "y": y + tall / 2}
            if value is None:
                empty.append({**centre, "text": own or "·"})
                continue
            strength = min(abs(value - base) / most, 1.0)
            hue = theme.accent if (value >= base) != bool(data.get("worse_above")) else warm
            box = {"x": x + 1, "x2": x + step - 1, "y": y + 1, "y2": y + tall - 1}
            boxes.append({**box, "color": blend(hue, theme.paper, 0.06 + 0.84 * strength)})
            text = own or (written(value, unit) if roomy else _bare(value, unit))
            (pale if strength > 0.5 else dark).append({**centre, "text": text})
    canvas.add("rect", boxes, {}, x="x", x2="x2", y="y", y2="y2", color="color")
    size = LABEL if step >= 40 else TICK
    canvas.write(dark, align="center", colour=theme.ink, size=size)
    canvas.write(pale, align="center", colour=theme.paper, size=size, bold=True)
    canvas.write(empty, align="center", colour=theme.soft, size=size)


def _bare(value: float, unit: str) -> str:
    """Return a value without its sign of percent or its decimals, for narrow cells."""
    if unit in ("share", "percent"):
        return f"{100 * value if unit == 'share' else value:.0f}"
    return written(round(value), "integer")

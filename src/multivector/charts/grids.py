"""Grids: who sits where as dots, and values of rows by columns as shades."""

from __future__ import annotations

from typing import Any

from multivector.charts.canvas import fit, wrap, written
from multivector.charts.paint import LABEL, TICK, Paper, Point, Theme, blend, text_width
from multivector.words import say

__all__ = ["heat", "matrix"]

Data = dict[str, Any]
_TALL = 30.0


def matrix(data: Data, width: float, theme: Theme, _: dict[str, int]) -> Paper:
    """Return a row an organisation and a column a pole: full where the pole sits, hollow if not.

    The own status stands beside the organisation, or below it where there is little room.
    """
    rows, poles = data["rows"], [str(pole) for pole in data["poles"]]
    names = [str(row.get("label") or row["key"]) for row in rows]
    keys = max((text_width(name, bold=True) for name in names), default=40.0) + 14
    seats = max((text_width(str(row["status"]), TICK) for row in rows), default=0.0) + 14
    room = max((text_width(pole, bold=True) for pole in poles), default=20.0)
    needed = max(room + 5, 26.0) * max(len(poles), 1) + 8
    stacked = keys + seats + needed > width
    left = min(max(keys, seats), width - needed) if stacked else keys + seats
    tall = 36.0 if stacked else 22.0
    step = min((width - left - 8) / max(len(poles), 1), max(room + 14, 56.0))
    paper = Paper(theme, width, 26.0 + tall * max(len(rows), 1) + 6.0)
    for at, pole in enumerate(poles):
        style: Data = {"align": "middle", "bold": True, "fill": theme.soft, "whole": pole}
        text = fit([pole], step - 2, bold=True)
        paper.text(left + step * (at + 0.5), 14, text, **style)
    for at, (row, name) in enumerate(zip(rows, names, strict=True)):
        y = 26.0 + tall * (at + 0.5)
        up = 7.0 if stacked else 0.0
        whole = str(row.get("name") or name)
        shown = fit([name, str(row["key"])], left - 10, bold=True)
        edge = left - (8 if stacked else seats)
        paper.text(edge, y - up, shown, align="end", bold=True, fill=theme.ink, whole=whole)
        status = str(row["status"])
        text = fit([status], left - 10, TICK)
        paper.text(left - 8, y + up, text, align="end", size=TICK, fill=theme.soft, whole=status)
        end = left + step * len(poles)
        paper.line((6, y + tall / 2), (end, y + tall / 2), theme.faint)
        with paper.group(data_label=name, data_key=str(row["key"]), stroke_width=1.5):
            for place, (pole, there) in enumerate(zip(poles, row["there"], strict=True)):
                said = say("yes") if there else say("no")
                point = Point("", f"{name}, {pole}: {said}", {"pole": pole, "value": int(there)})
                x, radius = left + step * (place + 0.5), 5.9 if there else 5.3
                fill, stroke = (theme.accent,) * 2 if there else (theme.paper, theme.rule)
                paper.add("circle", point, cx=x, cy=y, r=radius, fill=fill, stroke=stroke)
    return paper


def heat(data: Data, width: float, theme: Theme, _: dict[str, int]) -> Paper:
    """Return cells shaded by value with the value written in each; empty ones say so."""
    rows, columns = data["rows"], data["columns"]
    named = [wrap(str(row["label"]), 0.3 * width) for row in rows]
    left = max((text_width(t) for name in named for t in name.split("\n")), default=0.0) + 14
    step = min((width - left - 8) / max(len(columns), 1), 110.0)
    heads, upright = _heads(columns, step)
    longest = max((text_width(head, TICK) for head in heads), default=0.0)
    lines = 1 + max((head.count("\n") for head in heads), default=0)
    above = longest + 14 if upright else 12 + (TICK + 2) * lines
    paper = Paper(theme, width, above + _TALL * max(len(rows), 1) + 8)
    for at, (head, column) in enumerate(zip(heads, columns, strict=True)):
        x, whole = left + step * (at + 0.5), str(column["label"])
        if upright:
            paper.text(x, above - 6, head, size=TICK, fill=theme.soft, turned=True, whole=whole)
        else:
            y = above - 10 - (TICK + 2) / 2 * head.count("\n")
            style: Data = {"align": "middle", "size": TICK, "bold": True, "fill": theme.soft}
            paper.text(x, y, head, whole=whole, **style)
    _cells(paper, data, left, above, step)
    for at, (row, name) in enumerate(zip(rows, named, strict=True)):
        y = above + _TALL * (at + 0.5)
        paper.text(left - 10, y, name, align="end", fill=theme.ink, whole=str(row["label"]))
    return paper


def _heads(columns: list[Data], step: float) -> tuple[list[str], bool]:
    """Return how the columns are named: in two lines, by their codes, or upright."""
    level = [wrap(str(column["label"]), step - 6, TICK, bold=True) for column in columns]
    if not any("…" in head for head in level):
        return level, False
    keys = [str(column["key"]) for column in columns]
    if all(key.isupper() and text_width(key, TICK, bold=True) <= step - 4 for key in keys):
        return keys, False
    return [fit([str(column["label"])], 130.0, TICK) for column in columns], True


def _cells(paper: Paper, data: Data, left: float, top: float, step: float) -> None:
    """Draw the cells: deeper is more; below the middle of a diverging scale another colour."""
    theme, unit, middle = paper.theme, data.get("unit", "number"), data.get("middle")
    known = [v for row in data["rows"] for v in row["cells"] if v is not None]
    base = middle if middle is not None else min([0.0, *known])
    most = max((abs(v - base) for v in known), default=0.0) or 1.0
    roomy = all(text_width(written(v, unit), bold=True) <= step - 4 for v in known)
    size = LABEL if step >= 40 else TICK
    for at, row in enumerate(data["rows"]):
        texts = row.get("texts") or [None] * len(row["cells"])
        cells = zip(data["columns"], row["cells"], texts, strict=True)
        for place, (column, value, own) in enumerate(cells):
            x, y = left + step * place, top + _TALL * at
            middle_of = (x + step / 2, y + _TALL / 2)
            if value is None:
                paper.text(*middle_of, own or "·", align="middle", fill=theme.soft, size=size)
                continue
            strength = min(abs(value - base) / most, 1.0)
            above = (value >= base) != bool(data.get("worse_above"))
            fill = blend(
                theme.accent if above else theme.colours[2], theme.paper, 0.06 + 0.84 * strength
            )
            text = own or (written(value, unit) if roomy else _bare(value, unit))
            label = f"{row['label']}, {column['label']}"
            kept = {"key": str(row["key"]), "column": str(column["key"]), "value": value}
            point = Point(label, f"{label}: {own or written(value, unit)}", kept)
            paper.box(x + 1, y + 1, x + step - 1, y + _TALL - 1, fill, point)
            dark = strength > 0.5
            style: Data = {"align": "middle", "size": size, "bold": dark}
            paper.text(*middle_of, text, fill=theme.paper if dark else theme.ink, **style)


def _bare(value: float, unit: str) -> str:
    """Return a value without its sign of percent or its decimals, for narrow cells."""
    if unit in ("share", "percent"):
        return f"{100 * value if unit == 'share' else value:.0f}".replace("-", "−")
    return written(round(value), "integer")

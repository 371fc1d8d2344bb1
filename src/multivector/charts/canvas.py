"""Canvas: a Vega-Lite specification of layers over two linear scales of known size.

Every picture is drawn on one. The sizes are fixed beforehand, so that labels can be placed without
touching, and what stands beside the plot is reached through ``Span.back``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from multivector.charts.look import (
    FONT,
    FONT_KAZAKH,
    LABEL,
    TICK,
    Theme,
    in_kazakh,
    text_width,
    written,
)
from multivector.svg import spread, ticks

__all__ = ["Canvas", "Margin", "Span", "apart", "legend", "year_ticks"]

Rows = list[dict[str, Any]]
_LITERAL = {"color": "nominal", "size": "quantitative", "strokeDash": "nominal"}
_LITERAL |= {"opacity": "quantitative", "shape": "nominal"}
_LITERAL |= {"theta": "quantitative", "radius": "quantitative"}
_BARE = frozenset({"x2", "y2", "theta2", "radius2", "latitude2", "longitude2"})


@dataclass(frozen=True, slots=True)
class Span:
    """A linear scale: the value at its start, at its end, and its length in pixels."""

    low: float
    high: float
    size: float

    def at(self, value: float) -> float:
        """Return how many pixels from the start a value lies.

        >>> Span(2000, 2010, 100).at(2005)
        50.0
        """
        return (value - self.low) / (self.high - self.low or 1.0) * self.size

    def back(self, pixels: float) -> float:
        """Return the value so many pixels from the start.

        >>> Span(2000, 2010, 100).back(-10)
        1999.0
        """
        return self.low + pixels / self.size * (self.high - self.low)


@dataclass(frozen=True, slots=True)
class Margin:
    """Pixels kept free around the plot."""

    left: float = 8.0
    right: float = 8.0
    top: float = 8.0
    bottom: float = 8.0


@dataclass(slots=True)
class Canvas:
    """Layers on a plot of ``width`` by ``height`` pixels; ``x`` runs right, ``y`` down in pixels.

    A scale that is not given counts pixels. One for ``y`` of values runs up, as ``upward`` says.
    """

    width: float
    height: float
    margin: Margin
    theme: Theme
    x: Span | None = None
    y: Span | None = None
    upward: bool = False
    layers: Rows = field(default_factory=list)

    @property
    def across(self) -> Span:
        """Return the scale of ``x``."""
        return self.x or Span(0.0, self.width, self.width)

    @property
    def down(self) -> Span:
        """Return the scale of ``y``."""
        return self.y or Span(0.0, self.height, self.height)

    def from_top(self, pixels: float) -> float:
        """Return the value of ``y`` so many pixels below the top of the plot."""
        return self.down.back(self.height - pixels if self.upward else pixels)

    def add(self, mark: str, rows: Rows, /, style: dict[str, Any], **fields: str) -> None:
        """Lay marks over what is there: one a row, its channels read from the fields named."""
        if not rows:
            return
        encoding = {channel: self._channel(channel, name) for channel, name in fields.items()}
        self.layers.append(
            {
                "data": {"values": rows},
                "mark": {"type": mark, "clip": False, **style},
                "encoding": encoding,
            }
        )

    def _channel(self, channel: str, name: str) -> dict[str, Any]:
        if channel in _BARE:
            return {"field": name}
        if channel in ("x", "y"):
            span = self.across if channel == "x" else self.down
            ends = [0, span.size] if channel == "x" or not self.upward else [span.size, 0]
            scale = {"domain": [span.low, span.high], "range": ends, "zero": False, "nice": False}
            return {"field": name, "type": "quantitative", "scale": scale, "axis": None}
        if channel in _LITERAL:
            return {"field": name, "type": _LITERAL[channel], "scale": None, "legend": None}
        return {"field": name, "type": "quantitative" if channel == "order" else "nominal"}

    def write(
        self,
        rows: Rows,
        *,
        align: str = "left",
        size: float = LABEL,
        colour: str | None = None,
        bold: bool = False,
        baseline: str = "middle",
        halo: bool = False,
    ) -> None:
        """Write texts: ``x``, ``y``, ``text``, and ``color`` unless one is given for all."""
        style = {
            "align": align,
            "baseline": baseline,
            "fontSize": size,
            "fontWeight": "bold" if bold else "normal",
            "lineBreak": "\n",
            "lineHeight": size + 2,
        }
        kazakh = [row for row in rows if in_kazakh(row["text"])]
        self._write([row for row in rows if row not in kazakh], style, colour, halo=halo)
        self._write(kazakh, {**style, "font": FONT_KAZAKH}, colour, halo=halo)

    def _write(self, rows: Rows, style: dict[str, Any], colour: str | None, *, halo: bool) -> None:
        fields = {"x": "x", "y": "y", "text": "text"}
        if halo:
            around = {**style, "fill": self.theme.paper, "stroke": self.theme.paper}
            self.add("text", rows, {**around, "strokeWidth": 3}, **fields)
        if colour is None:
            self.add("text", rows, style, **fields, color="color")
        else:
            self.add("text", rows, {**style, "fill": colour}, **fields)

    def grid_x(self, marks: list[float], labels: list[str], *, top: bool = False) -> None:
        """Draw upright lines at values of ``x``, each with its label below, or above, the plot."""
        ends = {"y": self.from_top(0), "y2": self.from_top(self.height)}
        lines = [{"x": mark, **ends} for mark in marks]
        style = {"stroke": self.theme.rule, "strokeWidth": 1}
        self.add("rule", lines, style, x="x", y="y", y2="y2")
        line = self.from_top(-9 if top else self.height + 10)
        shown = []
        for mark, label in zip(marks, labels, strict=True):
            half = text_width(label, TICK) / 2
            centre = self.across.at(mark)
            kept = min(
                max(centre, half - self.margin.left), self.width + min(self.margin.right, 8) - half
            )
            shown.append({"x": self.across.back(kept), "y": line, "text": label})
        self.write(shown, align="center", size=TICK, colour=self.theme.soft)

    def grid_y(self, marks: list[float], labels: list[str]) -> None:
        """Draw level lines at values of ``y``, each with its label at the left."""
        low, high = self.across.low, self.across.high
        style = {"stroke": self.theme.rule, "strokeWidth": 1}
        lines = [{"y": mark, "x": low, "x2": high} for mark in marks]
        self.add("rule", lines, style, y="y", x="x", x2="x2")
        line = self.across.back(-6)
        pairs = zip(marks, labels, strict=True)
        shown = [{"x": line, "y": mark, "text": label} for mark, label in pairs]
        self.write(shown, align="right", size=TICK, colour=self.theme.soft)

    def geography(self, rows: Rows, style: dict[str, Any], projection: dict[str, Any]) -> None:
        """Lay outlines over what is there: one a row, of its ``color`` unless it is not filled."""
        if not rows:
            return
        filled = "fill" not in style
        colour = {"color": self._channel("color", "color")} if filled else {}
        self.layers.append(
            {
                "data": {"values": rows, "format": {"type": "json"}},
                "projection": projection,
                "mark": {"type": "geoshape", "clip": False, **style},
                "encoding": colour,
            }
        )

    def places(self, rows: Rows, projection: dict[str, Any]) -> None:
        """Lay points on places of the earth over what is there, of their own colour and size."""
        if not rows:
            return
        degrees = {k: {"field": k, "type": "quantitative"} for k in ("longitude", "latitude")}
        literal = {"size": self._channel("size", "size"), "fill": self._channel("color", "color")}
        edge = {"field": "stroke", "type": "nominal", "scale": None, "legend": None}
        self.layers.append(
            {
                "data": {"values": rows},
                "projection": projection,
                "mark": {"type": "point", "strokeWidth": 0.7, "opacity": 1, "clip": False},
                "encoding": {**degrees, **literal, "stroke": edge},
            }
        )

    def to_dict(self, description: str) -> dict[str, Any]:
        """Return the specification; ``description`` says in words what it shows."""
        quiet: dict[str, Any] = {"aria": False}
        return {
            "description": description,
            "width": round(self.width, 2),
            "height": round(self.height, 2),
            "autosize": "none",
            "padding": {
                "left": self.margin.left,
                "right": self.margin.right,
                "top": self.margin.top,
                "bottom": self.margin.bottom,
            },
            "background": self.theme.paper,
            "layer": self.layers,
            "config": {
                "font": FONT,
                "view": {"stroke": None},
                "mark": quiet,
                **dict.fromkeys(("text", "rule", "rect", "arc", "geoshape", "point"), quiet),
            },
        }


def year_ticks(first: float, last: float, room: float) -> list[float]:
    """Return round years between two, as many as have room for their labels.

    >>> year_ticks(1991, 2026, 300)
    [1995.0, 2000.0, 2005.0, 2010.0, 2015.0, 2020.0, 2025.0]
    """
    most = max(room / 40.0, 2.0)
    span = max(last - first, 1.0)
    step = next((s for s in (1, 2, 5, 10, 20, 50, 100) if span / s <= most), 200)
    start = int(-(-first // step) * step)
    found = [float(year) for year in range(start, int(last) + 1, step)]
    return found or [float(round(first))]


def value_ticks(
    low: float, high: float, unit: str, count: int = 5
) -> tuple[list[float], list[str]]:
    """Return round values between two, or just outside them, and how they are written."""
    if high - low < 1e-9:
        low, high = min(low, 0.0), max(high, 0.0)
        high = high if high > low else low + 1
    marks = ticks(low, high, count)
    step = marks[1] - marks[0] if len(marks) > 1 else None
    if step and len(marks) > 2 and marks[-1] - high > 0.4 * step:
        marks = marks[:-1]
    if step and len(marks) > 2 and low - marks[0] > 0.4 * step:
        marks = marks[1:]
    return marks, [written(mark, unit, step) for mark in marks]


def apart(wanted: list[float], least: float, low: float, high: float) -> list[float]:
    """Return positions near those wanted and ``least`` apart, around the middle of each cluster.

    >>> apart([50, 52], 10, 0, 100), apart([99, 99], 10, 0, 100)
    ([46.0, 56.0], [90.0, 100.0])
    """
    order = sorted(range(len(wanted)), key=lambda index: (wanted[index], index))
    clusters: list[list[float]] = []
    for index in order:
        clusters.append([wanted[index], 1.0])
        while len(clusters) > 1 and _touch(clusters[-2], clusters[-1], least):
            second, first = clusters.pop(), clusters.pop()
            total = first[1] + second[1]
            clusters.append([(first[0] * first[1] + second[0] * second[1]) / total, total])
    centred: list[float] = []
    for middle, number in clusters:
        centred += [middle + (at - (number - 1) / 2) * least for at in range(int(number))]
    placed = [0.0] * len(wanted)
    for index, position in zip(order, spread(centred, least, low, high), strict=True):
        placed[index] = float(position)
    return placed


def _touch(first: list[float], second: list[float], least: float) -> bool:
    return second[0] - first[0] < least * (first[1] + second[1]) / 2


def legend(
    items: list[tuple[str, str]], room: float, size: float = LABEL
) -> tuple[list[tuple[float, float, str, str]], float]:
    """Return where the entries of a legend stand, in rows of at most ``room``, and their height.

    An entry is a name and anything that tells how it is drawn; so is an entry of the answer,
    after its place from the left and from the top.
    """
    placed: list[tuple[float, float, str, str]] = []
    left, top = 0.0, 0.0
    for text, how in items:
        wide = 22.0 + text_width(text, size) + 14.0
        if left and left + wide - 14.0 > room:
            left, top = 0.0, top + size + 6
        placed.append((left, top, text, how))
        left += wide
    return placed, top + size + 6 if items else 0.0

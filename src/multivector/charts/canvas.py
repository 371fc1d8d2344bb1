"""Canvas: scales, the marks of their axes, and labels that fit and keep from one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any

from multivector.charts.paint import LABEL, TICK, Paper, text_width
from multivector.words import figures as wording
from multivector.words import localised, say

__all__ = [
    *("Scale", "axis_x", "axis_y", "extent", "fit", "fraction_of_year", "legend", "separate"),
    *("short", "spread", "ticks", "value_ticks", "wrap", "written", "year_ticks"),
]

_STEPS = (1, 2, 2.5, 5, 10)
_AMOUNTS = ((1e12, "{n} trillion"), (1e9, "{n} billion"), (1e6, "{n} million"))


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear scale: the values at its ends, and where these lie in pixels."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return where a value lies.

        >>> Scale(2000, 2010, 50, 150).at(2005), Scale(0, 1, 300, 0).at(0.25)
        (100.0, 225.0)
        """
        return self.start + (value - self.low) / (self.high - self.low or 1.0) * (
            self.end - self.start
        )


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Return about ``count`` round values from at most ``low`` to at least ``high``.

    >>> ticks(0, 0.29)
    [0.0, 0.1, 0.2, 0.3]
    >>> ticks(1991, 2026)
    [1990.0, 2000.0, 2010.0, 2020.0, 2030.0]
    """
    raw = max(high - low, 1e-9) / max(count - 1, 1)
    size = 10.0 ** floor(log10(raw))
    step = next(s * size for s in _STEPS if s * size >= raw * 0.999)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(index * step, 10) for index in range(first, last + 1)]


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
    """Return round values between two, or just outside them, each written without rounding it.

    >>> value_ticks(0, 0.1, "share")
    ([0.0, 0.025, 0.05, 0.075, 0.1], ['0.0%', '2.5%', '5.0%', '7.5%', '10.0%'])
    """
    if high - low < 1e-9:
        low, high = min(low, 0.0), max(high, 0.0)
        high = high if high > low else low + 1
    found = ticks(low, high, count)
    step = found[1] - found[0] if len(found) > 1 else 1.0
    if len(found) > 2 and found[-1] - high > 0.4 * step:
        found = found[:-1]
    if len(found) > 2 and low - found[0] > 0.4 * step:
        found = found[1:]
    largest = max(map(abs, found))
    return found, [_on_axis(mark, unit, step, largest) for mark in found]


def _on_axis(value: float, unit: str, step: float, largest: float) -> str:
    """Return a mark of an axis with the decimals that its distance to the next needs."""
    if unit == "year":
        return str(round(value))
    if unit == "amount":
        size, words = next(((s, w) for s, w in _AMOUNTS if largest >= s), (1.0, "{n}"))
        shown = localised(f"{value / size:,.{_decimals(step / size)}f}").replace("-", "−")
        return say(words, n=shown) if size > 1 and value else shown
    if unit in ("share", "percent"):
        size = 100 if unit == "share" else 1
        return wording.percentage(size * value, _decimals(size * step)).replace("-", "−")
    return localised(f"{value:,.{_decimals(step)}f}").replace("-", "−")


def _decimals(step: float) -> int:
    """Return how many decimals a step of 1, 2, 2.5 or 5 times a power of ten has.

    >>> _decimals(0.25), _decimals(0.2), _decimals(50)
    (2, 1, 0)
    """
    return next((n for n in range(12) if abs(round(step, n) - step) < 1e-6 * step), 12)


def written(value: float, unit: str, *, fine: bool = False) -> str:
    """Return a value of a chart as its label says it; ``fine`` keeps the decimal of a share.

    >>> written(0.25, "share"), written(0.25, "number"), written(12e9, "amount")
    ('25%', '0.25', '12 billion')
    """
    if unit in ("share", "percent"):
        share = value if unit == "share" else value / 100
        small = fine or 0 < abs(share) < 0.0095
        return wording.percent(share, 1 if small else 0).replace("-", "−")
    if unit == "amount":
        return wording.amount(value).replace("-", "−")
    if unit == "year":
        return str(round(value))
    if unit == "integer":
        return wording.number(round(value), 9) if value else "0"
    return wording.number(value, max(2, len(str(int(abs(value))))))


def fraction_of_year(date: str) -> float:
    """Return a partial ISO date as a number of years; a year or month counts from its first day.

    >>> fraction_of_year("1991"), round(fraction_of_year("1991-12-21"), 2)
    (1991.0, 1991.97)
    """
    parts = [int(part) for part in date.split("-")[:3]]
    month = parts[1] - 1 if len(parts) > 1 else 0
    days = parts[2] - 1 if len(parts) > 2 else 0
    return parts[0] + month / 12 + days / 372


def extent(date: str) -> tuple[float, float]:
    """Return the first and last moment, in years, that a partial ISO date may mean.

    >>> extent("1991"), extent("1991-12"), extent("1991/1993")
    ((1991.0, 1992.0), (1991.9166666666667, 1992.0), (1991.0, 1994.0))
    """
    first, _, last = date.partition("/")
    finish = last or first
    long = (1.0, 1 / 12, 1 / 372)[min(finish.count("-"), 2)]
    return fraction_of_year(first), fraction_of_year(finish) + long


def axis_x(
    paper: Paper, scale: Scale, labels: Sequence[tuple[float, str]], top: float, bottom: float,
    *, above: bool = False,
) -> None:  # fmt: skip
    """Draw upright lines at values, each labelled below, or above, the plot if it has room."""
    line = top - 9 if above else bottom + 10
    free = -1e9
    for value, label in labels:
        x = scale.at(value)
        paper.line((x, top), (x, bottom), paper.theme.rule)
        half = text_width(label, TICK) / 2
        middle = min(max(x, half + 1), paper.width - half - 1)
        if middle - half >= free:
            style: dict[str, Any] = {"size": TICK, "fill": paper.theme.soft}
            paper.text(middle, line, label, align="middle", **style)
            free = middle + half + 4


def axis_y(
    paper: Paper, scale: Scale, labels: Sequence[tuple[float, str]], left: float, right: float
) -> None:
    """Draw level lines at values, each labelled at the left."""
    for value, label in labels:
        y = scale.at(value)
        paper.line((left, y), (right, y), paper.theme.rule)
        paper.text(left - 6, y, label, align="end", size=TICK, fill=paper.theme.soft)


def spread(wanted: Sequence[float], least: float, low: float, high: float) -> list[float]:
    """Return positions near those wanted, in the same order, at least ``least`` from one another.

    >>> spread([50, 52, 90], 10, 0, 100), spread([95, 99], 10, 0, 100)
    ([50, 60, 90], [90, 100])
    """
    order = sorted(range(len(wanted)), key=lambda index: (wanted[index], index))
    placed = list(wanted)
    free = low
    for index in order:
        placed[index] = max(wanted[index], free)
        free = placed[index] + least
    free = high
    for index in reversed(order):
        placed[index] = min(placed[index], free)
        free = placed[index] - least
    return placed


def separate(wanted: Sequence[float], least: float, low: float, high: float) -> list[float]:
    """Return positions ``least`` from one another, around the middle of each cluster of wishes.

    >>> separate([50, 52], 10, 0, 100), separate([99, 99], 10, 0, 100)
    ([46.0, 56.0], [90.0, 100.0])
    """
    order = sorted(range(len(wanted)), key=lambda index: (wanted[index], index))
    clusters: list[tuple[float, int]] = []
    for index in order:
        clusters.append((wanted[index], 1))
        while len(clusters) > 1:
            (first, many), (second, more) = clusters[-2:]
            if second - first >= least * (many + more) / 2:
                break
            number = many + more
            clusters[-2:] = [((first * many + second * more) / number, number)]
    centred = [
        middle + (at - (number - 1) / 2) * least
        for middle, number in clusters
        for at in range(number)
    ]
    placed = [0.0] * len(wanted)
    for index, position in zip(order, spread(centred, least, low, high), strict=True):
        placed[index] = float(position)
    return placed


def legend(
    items: Sequence[tuple[str, str]], room: float
) -> tuple[list[tuple[float, float, str, str]], float]:
    """Return where the entries of a legend stand, in rows of at most ``room``, and their height.

    An entry is a name and anything that tells how it is drawn; so is an entry of the answer,
    after its place from the left and from the top.
    """
    placed: list[tuple[float, float, str, str]] = []
    left, top, row = 0.0, 0.0, LABEL + 6
    for text, how in items:
        wide = 22.0 + text_width(text) + 14.0
        if left and left + wide - 14.0 > room:
            left, top = 0.0, top + row
        placed.append((left, top, text, how))
        left += wide
    return placed, top + row if items else 0.0


def wrap(text: str, room: float, size: float = LABEL, *, bold: bool = False) -> str:
    r"""Return a text in at most two lines of at most ``room`` pixels, cut with … at need.

    >>> wrap("Russia", 80), wrap("United Arab Emirates", 85)
    ('Russia', 'United Arab\nEmirates')
    """
    rows: list[str] = [""]
    for word in text.split():
        longer = f"{rows[-1]} {word}".strip()
        if rows[-1] and len(rows) < 2 and text_width(longer, size, bold=bold) > room:
            rows.append(word)
        else:
            rows[-1] = longer
    return "\n".join(_cut(row, room, size, bold=bold) for row in rows)


def _cut(text: str, room: float, size: float, *, bold: bool = False) -> str:
    if text_width(text, size, bold=bold) <= room:
        return text
    kept = text
    while kept and text_width(f"{kept}…", size, bold=bold) > room:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def fit(labels: Sequence[str], room: float, size: float = LABEL, *, bold: bool = False) -> str:
    """Return the first of the labels that fits, else the last, cut.

    >>> fit(["United Kingdom", "GBR"], 40)
    'GBR'
    """
    found = (text for text in labels if text_width(text, size, bold=bold) <= room)
    return next(found, _cut(labels[-1], room, size, bold=bold))


def short(label: str, key: str, room: float, *, bold: bool = False) -> str:
    r"""Return a name in one line if it fits, else its code if it has one, else in two lines.

    >>> short("United Kingdom", "GBR", 40), short("All the members", "all", 70)
    ('GBR', 'All the\nmembers')
    """
    if text_width(label, bold=bold) <= room:
        return label
    coded = key.isupper() and text_width(key, bold=bold) <= room
    return key if coded else wrap(label, room, bold=bold)

"""Positions for the brief's small charts: scales, ticks, lines with gaps, labels kept apart.

Horizontal positions are percentages, so that a chart fits any width while its text keeps its
size; heights are the caller's units.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, cos, floor, log10, radians, sin

__all__ = [
    *("band", "fraction_of_year", "place", "polar", "polylines", "spread", "ticks", "wedge"),
    "whisker",
]

_STEPS = (1, 2, 2.5, 5, 10)


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Return about ``count`` round values from at most ``low`` to at least ``high``.

    >>> ticks(0, 0.29)
    [0.0, 0.1, 0.2, 0.3]
    >>> ticks(1991, 2026)
    [1990.0, 2000.0, 2010.0, 2020.0, 2030.0]
    """
    span = max(high - low, 1e-9)
    raw = span / max(count - 1, 1)
    size = 10.0 ** floor(log10(raw))
    step = next(s * size for s in _STEPS if s * size >= raw * 0.999)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(index * step, 10) for index in range(first, last + 1)]


def place(value: float, low: float, high: float, size: float = 100.0) -> float:
    """Return where a value lies between ``low`` (0) and ``high`` (``size``), kept inside.

    >>> place(5, 0, 10), place(20, 0, 10)
    (50.0, 100.0)
    """
    span = high - low
    share = 0.0 if span <= 0 else (value - low) / span
    return round(min(max(share, 0.0), 1.0) * size, 3)


def fraction_of_year(date: str) -> float:
    """Return a partial ISO date as a number of years; a year or month counts from its first day.

    >>> fraction_of_year("1991"), round(fraction_of_year("1991-12-21"), 2)
    (1991.0, 1991.97)
    """
    parts = [int(part) for part in date.split("-")[:3]]
    month = parts[1] - 1 if len(parts) > 1 else 0
    days = parts[2] - 1 if len(parts) > 2 else 0
    return parts[0] + month / 12 + days / 372


def polylines(
    points: Sequence[tuple[float, float]],
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    *,
    gap: float = 2.0,
) -> list[str]:
    """Return the ``points`` attributes of a line in a box of 100 by 100, broken at gaps.

    >>> polylines([(0, 0), (1, 1), (5, 1)], (0, 5), (0, 1))
    ['0.0,100.0 20.0,0.0', '100.0,0.0']
    """
    runs: list[list[str]] = []
    before: float | None = None
    for x, y in points:
        if before is None or x - before > gap:
            runs.append([])
        runs[-1].append(f"{place(x, *x_range)},{round(100 - place(y, *y_range), 3)}")
        before = x
    return [" ".join(run) for run in runs]


def band(
    points: Sequence[tuple[float, float, float]],
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    *,
    gap: float = 2.0,
) -> list[str]:
    """Return the ``points`` attributes of the areas between low and high, broken at gaps.

    >>> band([(0, 0, 1), (1, 0, 1)], (0, 1), (0, 1))
    ['0.0,100.0 100.0,100.0 100.0,0.0 0.0,0.0']
    """
    runs: list[list[tuple[float, float, float]]] = []
    for point in points:
        if not runs or point[0] - runs[-1][-1][0] > gap:
            runs.append([])
        runs[-1].append(point)
    areas = []
    for run in runs:
        low = polylines([(x, y) for x, y, _ in run], x_range, y_range, gap=float("inf"))
        high = polylines([(x, y) for x, _, y in run], x_range, y_range, gap=float("inf"))
        areas.append(" ".join([low[0], *reversed(high[0].split(" "))]))
    return areas


def polar(angle: float, radius: float) -> tuple[float, float]:
    """Return the point at an angle in degrees, clockwise from the top, and a distance.

    >>> polar(90, 2), polar(180, 1)
    ((2.0, 0.0), (0.0, 1.0))
    """
    turned = radians(angle)
    return round(radius * sin(turned), 2) + 0.0, round(-radius * cos(turned), 2) + 0.0


def wedge(first: float, last: float, inner: float, outer: float) -> str:
    """Return the path of a piece of a ring between two angles, less than half a turn apart.

    >>> wedge(0, 90, 0, 2)
    'M0.0,0.0 L0.0,-2.0 A2.00,2.00 0 0 1 2.0,0.0 L0.0,0.0 A0.00,0.00 0 0 0 0.0,0.0 Z'
    """
    points = [polar(a, r) for a, r in ((first, inner), (first, outer), (last, outer))]
    end = polar(last, inner)
    start, rise, across = (f"{x},{y}" for x, y in points)
    return (
        f"M{start} L{rise} A{outer:.2f},{outer:.2f} 0 0 1 {across} "
        f"L{end[0]},{end[1]} A{inner:.2f},{inner:.2f} 0 0 0 {start} Z"
    )


def whisker(angle: float, low: float, high: float, cap: float = 1.1) -> str:
    """Return the path of an interval along a direction, with a cap at both ends.

    >>> whisker(0, 1, 2, cap=1)
    'M0,-1 L0,-2 M-1,-1 L1,-1 M-1,-2 L1,-2'
    """
    aside = polar(angle + 90, cap)
    ends = [polar(angle, radius) for radius in (low, high)]
    lines = [(ends[0], ends[1])] + [
        ((x - aside[0], y - aside[1]), (x + aside[0], y + aside[1])) for x, y in ends
    ]
    return " ".join(f"M{a[0]:.4g},{a[1]:.4g} L{b[0]:.4g},{b[1]:.4g}" for a, b in lines)


def spread(wanted: Sequence[float], least: float, low: float, high: float) -> list[float]:
    """Return positions near those wanted, in the same order, at least ``least`` apart.

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

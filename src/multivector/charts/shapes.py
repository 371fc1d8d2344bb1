"""Shapes: which function draws each shape of a brief's charts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from multivector.charts.canvas import Canvas
from multivector.charts.dated import events
from multivector.charts.grids import heat, matrix
from multivector.charts.lines import lines, scatter
from multivector.charts.look import Theme
from multivector.charts.network import network
from multivector.charts.rose import compass, steps
from multivector.charts.rows import bars, dumbbell, timeline
from multivector.charts.world_map import world_map

__all__ = ["SHAPES"]

Draw = Callable[[dict[str, Any], float, Theme, dict[str, int]], Canvas]

SHAPES: dict[str, Draw] = {
    "bars": bars,
    "compass": compass,
    "dumbbell": dumbbell,
    "events": events,
    "heat": heat,
    "lines": lines,
    "map": world_map,
    "matrix": matrix,
    "network": network,
    "scatter": scatter,
    "steps": steps,
    "timeline": timeline,
}

"""Pictures: the figures of a report drawn for paper, on white."""

from __future__ import annotations

from multivector import charts
from multivector.report.document import Figure

__all__ = ["png", "svg"]

_WIDTH = 600


def svg(figure: Figure) -> str:
    """Return a figure as SVG."""
    return charts.svg(charts.of_content(figure.chart, width=_WIDTH))


def png(figure: Figure) -> bytes:
    """Return a figure as PNG, two dots a point."""
    return charts.png(charts.of_content(figure.chart, width=_WIDTH), scale=2)

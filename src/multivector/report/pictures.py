"""Pictures: the figures of a report drawn for paper, on white."""

from __future__ import annotations

from multivector import charts
from multivector.report.document import Document, Figure

__all__ = ["png", "svg"]

_WIDTH = 600


def svg(figure: Figure, document: Document) -> str:
    """Return a figure of a document as SVG."""
    return charts.svg(charts.of_content(figure.chart, width=_WIDTH, order=document.order))


def png(figure: Figure, document: Document) -> bytes:
    """Return a figure of a document as PNG, two dots a point."""
    drawn = charts.of_content(figure.chart, width=_WIDTH, order=document.order)
    return charts.png(drawn, scale=2)

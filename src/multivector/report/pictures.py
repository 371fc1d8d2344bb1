"""Pictures: the figures of a report drawn for paper, on white."""

from __future__ import annotations

from typing import Any

from multivector import charts
from multivector.report.document import Document, Figure

__all__ = ["png", "svg"]

_WIDTH = 600
_WIDER = 780
_MANY = 24


def svg(figure: Figure, document: Document) -> str:
    """Return a figure of a document as SVG."""
    return charts.svg(_drawn(figure, document))


def png(figure: Figure, document: Document) -> bytes:
    """Return a figure of a document as PNG, two dots a point."""
    return charts.png(_drawn(figure, document), scale=2)


def _drawn(figure: Figure, document: Document) -> Any:
    """Draw a figure; one of many rows wider, and so smaller on the page."""
    rows = max(
        (len(item) for item in figure.chart.data.values() if isinstance(item, list)), default=0
    )
    width = _WIDER if rows > _MANY else _WIDTH
    return charts.of_content(figure.chart, width=width, order=document.order)

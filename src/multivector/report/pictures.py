"""Pictures: the charts of a brief drawn for its page, and for paper, on white."""

from __future__ import annotations

from multivector import charts
from multivector.content.model import Chart
from multivector.report.document import Document, Figure

__all__ = ["inline", "on_paper"]

_PAPER, _PAPER_WIDE = 600, 780
_PAGE, _PHONE = 640, 340
_MANY = 24


def inline(chart: Chart, order: tuple[str, ...]) -> tuple[str, str]:
    """Return a chart for a wide page and for a narrow one, in the colours of the page."""
    wide, narrow = (
        charts.of_content(chart, width=width, theme="page", order=order).svg
        for width in (_PAGE, _PHONE)
    )
    return wide, narrow


def on_paper(figure: Figure, document: Document) -> charts.Drawing:
    """Return a figure of a report; one of many rows wider, and so smaller on the page."""
    rows = max(
        (len(item) for item in figure.chart.data.values() if isinstance(item, list)), default=0
    )
    width = _PAPER_WIDE if rows > _MANY else _PAPER
    return charts.of_content(figure.chart, width=width, order=document.order)

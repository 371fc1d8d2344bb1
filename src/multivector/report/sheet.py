"""The sheet: a report as one HTML file to read or print, without scripts or requests."""

from __future__ import annotations

from base64 import b64encode

from multivector.report.document import Document, Figure
from multivector.report.page import environment
from multivector.report.pictures import svg

__all__ = ["sheet"]


def sheet(document: Document) -> str:
    """Return the report as one self-contained HTML page that prints on A4."""
    template = environment().get_template("report.html.j2")
    return template.render(doc=document, picture=lambda figure: _picture(figure, document))


def _picture(figure: Figure, document: Document) -> str:
    """Return a figure as an address that holds the picture itself."""
    return f"data:image/svg+xml;base64,{b64encode(svg(figure, document).encode()).decode()}"

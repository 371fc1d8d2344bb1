"""Reports: a brief as one HTML page, as text for the terminal, and as JSON.

All three show the same content; nothing is computed here but places on the page.
"""

from __future__ import annotations

from multivector import export
from multivector.brief.content import Brief
from multivector.report.marks import cell, written
from multivector.report.page import html
from multivector.report.summary import text

__all__ = ["cell", "html", "json", "text", "written"]


def json(brief: Brief) -> str:
    """Return the brief as JSON, the same bytes each time."""
    return export.dump(brief.to_dict())

"""Reports: a brief as one HTML page, text for the terminal or JSON; a report as HTML, PDF or DOCX.

All show the same content; nothing is computed here but places on the page.
"""

from __future__ import annotations

from multivector import export
from multivector.content.model import Brief
from multivector.errors import BadValue, choices
from multivector.report import page
from multivector.report.page import html
from multivector.report.references import cell, written
from multivector.report.summary import text

__all__ = ["FORMATS", "cell", "check_format", "html", "json", "render", "text", "written"]

FORMATS = ("html", "pdf", "docx")


def json(brief: Brief) -> str:
    """Return the brief as JSON, the same bytes each time."""
    return export.dump(brief.to_dict())


def check_format(to: str) -> str:
    """Return the format of a report if it is one of those there are.

    Raises
    ------
    BadValue
        If it is not.
    """
    if to not in FORMATS:
        raise BadValue(
            f"no report is written as {to!r}; expected one of {choices(FORMATS)}; correct --to"
        )
    return to


def render(brief: Brief, to: str) -> bytes:
    """Return the brief as a report to be sent, the same bytes each time.

    Parameters
    ----------
    brief : Brief
        The content, in the language it was assembled in.
    to : {'html', 'pdf', 'docx'}
        The format.

    Raises
    ------
    BadValue
        If the format is none there is.
    MissingExtra
        If a package the format needs is not installed.
    """
    check_format(to)
    if to == "html":
        return page.report(brief).encode()
    from multivector.report import docx, pdf
    from multivector.report.document import compose

    return (pdf.pdf if to == "pdf" else docx.docx)(compose(brief))

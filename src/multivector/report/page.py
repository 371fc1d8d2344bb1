"""Pages: a brief, and a report to be printed, as one HTML page without scripts or requests."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from typing import TYPE_CHECKING

from multivector.content.model import Brief
from multivector.report.document import Document, Figure, compose
from multivector.report.pictures import inline, on_paper
from multivector.report.references import Numbering, cell
from multivector.words import language, many, say
from multivector.words.figures import day, listing

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["html", "report"]


def html(brief: Brief) -> str:
    """Return the brief as one self-contained HTML page, without scripts or requests."""
    own = brief.subject.split("-") if brief.kind == "pair" else [brief.subject]
    order = (*own, *(pole.pole for pole in brief.poles))
    pictures = {chart.id: inline(chart, order) for s in brief.sections for chart in s.charts}
    page = _environment().get_template("brief.html.j2")
    return page.render(
        brief=brief, numbering=Numbering(brief), pictures=pictures, cell=cell, day=day
    )


def report(brief: Brief) -> str:
    """Return the report as one self-contained HTML page that prints on A4."""
    document = compose(brief)
    template = _environment().get_template("report.html.j2")
    return template.render(doc=document, picture=lambda figure: _address(figure, document))


def _address(figure: Figure, document: Document) -> str:
    """Return a figure as an address that holds the picture itself."""
    picture = on_paper(figure, document).svg
    return f"data:image/svg+xml;base64,{b64encode(picture.encode()).decode()}"


@cache
def _environment() -> Environment:
    """Return the environment of the templates; everything is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("multivector", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    made.globals |= {"say": say, "many": many, "language": language, "listing": listing}
    return made

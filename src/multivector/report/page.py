"""The page: a brief as one HTML page, without scripts or requests."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from multivector.content.model import Brief
from multivector.report.marks import Marks, cell
from multivector.report.places import view
from multivector.words import language, many, say
from multivector.words.figures import day, listing

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["environment", "html"]


def html(brief: Brief) -> str:
    """Return the brief as one self-contained HTML page, without scripts or requests."""
    marks = Marks(brief)
    own = brief.subject.split("-") if brief.kind == "pair" else [brief.subject]
    order = {code: n for n, code in enumerate((*own, *(p.pole for p in brief.poles)))}
    views = {chart.id: view(chart, order) for s in brief.sections for chart in s.charts}
    page = environment().get_template("brief.html.j2")
    return page.render(brief=brief, marks=marks, views=views, cell=cell, day=day)


@cache
def environment() -> Environment:
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

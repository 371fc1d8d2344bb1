"""Home: the world by one measure in one year, and the ways in."""

from __future__ import annotations

from collections.abc import Mapping

from multivector.brief import atlas
from multivector.content.inquiry import Inquiry
from multivector.content.model import Gap, Section
from multivector.errors import BadValue, MissingData, choices
from multivector.names import organisations
from multivector.study import options
from multivector.web.page import Field, Link, Page, Query, Route, of_inquiry
from multivector.web.pages.listings import names
from multivector.web.repeat import command, python
from multivector.words import say

__all__ = ["ROUTES"]

_FIRST = "agreement"
_POLE = "RUS"


def home(query: Query) -> Page:
    """Return the map and ranking of a measure, and the ways in."""
    name, year = str(query.get("measure")), query.get("year")
    if name not in atlas.VIEWS:
        raise BadValue(
            f"measure is {name!r}; expected one of {choices(atlas.VIEWS)}; for any other measure "
            "see /measures"
        )
    view = atlas.VIEWS[name]
    pole = _pole(str(query.get("pole")), view)
    inquiry = Inquiry(query.workspace, "", None if year is None else options.check_year(year))
    section = _section(inquiry, name, pole)
    asked: dict[str, object] = {**view.options, **({view.pole: pole} if view.pole else {})}
    if year is not None:
        asked["years"] = year
    return of_inquiry(
        inquiry,
        say("Whom the world leans to"),
        *(() if section is None else (section,)),
        lead=say(
            "One measure of every state in one year; each state, each figure and each source "
            "is one click away."
        ),
        links=_ways(),
        template="home.html.j2",
        shown={"names": names()},
        command=command("measure", view.measure, options=asked),
        python=python("compute", view.measure, asked),
    )


def _pole(asked: str, view: atlas.View) -> str:
    (pole,) = options.poles(asked)[:1] or (_POLE,)
    if view.pole and not view.blocs and pole in organisations.codes():
        raise BadValue(
            f"pole is {pole}, an organisation; this measure is of two states; expected a state, "
            "such as RUS or USA; name one of its members"
        )
    return pole


def _section(inquiry: Inquiry, name: str, pole: str) -> Section | None:
    try:
        return atlas.drawn(inquiry, name, pole=pole)
    except MissingData as error:
        inquiry.gaps.append(Gap(say("No data set answers this"), str(error)))
        return None


def _ways() -> tuple[Link, ...]:
    return (
        Link("/states", say("All states, A to Z")),
        Link("/pairs", say("Two states")),
        Link("/organisations", say("Organisations")),
        Link("/votes", say("Split votes")),
        Link("/compare", say("Compare states")),
        Link("/measures", say("Every measure")),
    )


def _fields(path: Mapping[str, str]) -> tuple[Field, ...]:
    dots = "…"
    views = ((name, say(view.title, pole=dots)) for name, view in atlas.VIEWS.items())
    return (
        Field("measure", say("Measure"), "choice", _FIRST, tuple(views)),
        Field("pole", say("Pole"), "poles", _POLE, note=say("A state; for trade also the EU")),
        Field("year", say("Year"), "year", note=say("Empty: the newest with figures")),
    )


ROUTES = (Route("/", "The world by one measure", home, (), _fields),)

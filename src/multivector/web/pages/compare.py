"""Compare: states beside each other, ranked with intervals, measure by measure and through time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from multivector import vectors
from multivector.brief import atlas, comparison
from multivector.content.inquiry import Inquiry, label
from multivector.content.model import Section
from multivector.errors import BadValue, choices
from multivector.names import states
from multivector.study import options
from multivector.web.page import Field, Page, Query, Route, of_inquiry
from multivector.web.pages.listings import names
from multivector.web.repeat import command, python
from multivector.words import say
from multivector.words.figures import listing

__all__ = ["ROUTES"]

_MOST = 12
_DRAWS = 300
_DEFAULT = "KAZ,UZB,TKM"
_POLES = "USA,EU,RUS,CHN"
_MEASURES = "ideal_distance,exports_to,imports_from"
_SPAN = 5
_BACK = 34


def compare(query: Query) -> Page:
    """Return the page of states beside each other."""
    codes = _states(query)
    chosen = _measures(query)
    pole = options.poles(str(query.get("pole")))[0]
    line = str(query.get("line"))
    if line not in atlas.VIEWS:
        raise BadValue(f"line is {line!r}; expected one of {choices(atlas.VIEWS)}; correct it")
    _fits(pole, [*chosen, line])
    inquiry = Inquiry(query.workspace, "", None)
    asked = _index(query, codes)
    last = options.last_year()
    sections: list[Section | None] = [
        comparison.ranked(inquiry, asked),
        comparison.dominance(inquiry, asked),
        comparison.by_measure(inquiry, codes, chosen, pole=pole),
        comparison.through_time(inquiry, codes, line, pole=pole, years=(last - _BACK, last)),
    ]
    first, end = asked["years"]
    given = {"poles": asked["poles"], "years": f"{first}:{end}", "draws": _DRAWS}
    return of_inquiry(
        inquiry,
        say("Compare states"),
        *(section for section in sections if section is not None),
        kicker=listing([label(code) for code in codes]),
        lead=say(
            "Over how many powers they spread their foreign policy, and how they stand in single "
            "measures; each rank comes with how sure it is."
        ),
        template="compare.html.j2",
        shown={"names": names(), "measures": _offered(chosen)},
        colours=codes,
        command=command("compare", *codes, options=given),
        python=python("compute", "multivector_ranks", asked),
    )


def _states(query: Query) -> tuple[str, ...]:
    given = [part.strip() for part in str(query.get("states")).split(",") if part.strip()]
    codes = tuple(dict.fromkeys(states.identify(name) for name in given))
    if not 2 <= len(codes) <= _MOST:
        raise BadValue(
            f"{len(codes)} states are given; expected 2 to {_MOST}; write them with commas, as in "
            "states=KAZ,UZB,TKM"
        )
    return codes


def _measures(query: Query) -> tuple[str, ...]:
    given = [part.strip() for part in str(query.get("measures")).split(",") if part.strip()]
    wrong = [name for name in given if name not in (*atlas.VIEWS, "none")]
    if wrong:
        raise BadValue(
            f"measures holds {choices(wrong)}; expected some of {choices(atlas.VIEWS)}, or none; "
            "correct it"
        )
    return tuple(name for name in dict.fromkeys(given) if name != "none")


def _fits(pole: str, wanted: list[str]) -> None:
    from multivector.names import organisations

    alone = [n for n in wanted if atlas.VIEWS[n].pole and not atlas.VIEWS[n].blocs]
    if pole in organisations.codes() and alone:
        raise BadValue(
            f"pole is {pole}, an organisation; expected a state for {choices(alone)}; name one of "
            "its members, or choose measures of trade alone"
        )


def _index(query: Query, codes: tuple[str, ...]) -> dict[str, Any]:
    years = query.get("years")
    span = options.year_range(years) if years is not None else None
    if span is None:
        newest = query.workspace.table("flows", flow="exports", state=codes[0]).frame["year"].max()
        end = int(str(newest))
        span = (end - _SPAN, end)
    poles = vectors.chosen_poles(query.workspace, list(codes), str(query.get("poles")))
    kept = tuple(pole for pole in poles if pole not in codes)
    return {"states": codes, "poles": kept, "years": span, "draws": _DRAWS}


def _offered(chosen: tuple[str, ...]) -> list[tuple[str, str, bool]]:
    return [(name, say(v.title, pole="…"), name in chosen) for name, v in atlas.VIEWS.items()]


def _fields(path: Mapping[str, str]) -> tuple[Field, ...]:
    views = tuple((name, say(view.title, pole="…")) for name, view in atlas.VIEWS.items())
    return (
        Field("states", say("States"), "states", _DEFAULT, note=say("Two to twelve, with commas")),
        Field("poles", say("Poles of the index"), "poles", _POLES),
        Field(
            "years",
            say("Years of the index"),
            "years",
            note=say("Empty: the newest six with trade"),
        ),
        Field("pole", say("Pole of the measures"), "poles", "RUS"),
        Field("line", say("Through the years"), "choice", "ideal_distance", views),
        Field("measures", say("Measures"), default=_MEASURES),
    )


ROUTES = (Route("/compare", "Compare states", compare, (), _fields),)

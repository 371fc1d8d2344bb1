"""Votes: the split explorer, whose number changes as the definition does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from multivector.brief import split_votes
from multivector.content.inquiry import Inquiry
from multivector.content.model import Gap
from multivector.errors import BadValue, MissingData, choices
from multivector.names import states
from multivector.study import options, poles
from multivector.web.page import Field, Link, Page, Query, Route, of_inquiry
from multivector.web.pages.listings import names
from multivector.web.repeat import address, command, python
from multivector.words import say
from multivector.words.figures import listing

__all__ = ["ROUTES"]

_ROWS = 100
_MOST_POLES = 5
_DEFAULTS = {"state": "KAZ", "poles": "RUS,CHN"}
_OWN = ("strict", "absent", "side", "kinds", "duplicates", "issue", "by")
_KINDS = (
    "final,unknown",
    "final",
    "final,unknown,paragraph,amendment,motion",
    "paragraph,amendment",
)
_ISSUES = ("me", "nu", "di", "hr", "co", "ec")
_SIDES = ("pole_a", "pole_b", "abstain", "absent", "other")


def explorer(query: Query) -> Page:
    """Return the page of a state where poles split, under one definition."""
    definition = _definition(query)
    inquiry = Inquiry(query.workspace, definition["state"], None)
    try:
        query.workspace.compute("splits", **definition)
    except MissingData as error:
        return _missing(inquiry, definition, str(error))
    wanted = _listing(query)
    sections, facts, calls = split_votes.explored(inquiry, definition, wanted)
    return of_inquiry(
        inquiry,
        say("Split votes"),
        *sections,
        kicker=_kicker(definition),
        lead=say(
            "Roll calls of the UN General Assembly on which powers were on opposite sides: "
            "whom a state joined, and how far the answer depends on what counts as a split."
        ),
        facts=facts,
        frames={"rollcalls": calls},
        links=_pages(query, calls.height, wanted),
        template="votes.html.j2",
        shown={"names": names(), "filtered": ("rollcalls",)},
        colours=(definition["state"], *definition["poles"]),
        command=command("splits", definition["state"], options=_given(definition)),
        python=python("compute", "splits", definition),
    )


def _definition(query: Query) -> dict[str, Any]:
    asked = str(query.get("poles")).split(",")
    chosen = options.poles(
        poles.expand(
            [part.strip() for part in asked if part.strip()], poles.table(query.workspace.path)
        )
    )
    if not 2 <= len(chosen) <= _MOST_POLES:
        raise BadValue(
            f"{len(chosen)} poles are given ({choices(chosen) or 'none'}); expected 2 to "
            f"{_MOST_POLES}; write them with commas, as in poles=RUS,CHN"
        )
    given: dict[str, Any] = {
        "state": states.identify(str(query.get("state"))),
        "poles": chosen,
        "years": options.year_range(query.get("years")),
    }
    for name in _OWN:
        value = query.get(name)
        if value is not None and value != "any":
            given[name] = value
    return given


def _listing(query: Query) -> split_votes.Listing:
    side, page = query.get("joined"), query.whole("page")
    if side not in (None, "any", *_SIDES):
        raise BadValue(f"joined is {side!r}; expected any, {choices(_SIDES)}; correct it")
    if page is None or page < 1:
        raise BadValue(f"page is {page}; expected 1 or more; correct it")
    return split_votes.Listing(None if side == "any" else side, None, (page - 1) * _ROWS, _ROWS)


def _kicker(definition: Mapping[str, Any]) -> str:
    from multivector.content.inquiry import label

    named = [label(code) for code in definition["poles"]]
    return f"{label(definition['state'])} · {listing(named)}"


def _missing(inquiry: Inquiry, definition: Mapping[str, Any], why: str) -> Page:
    gap = Gap(
        say("This question needs more than the package carries"),
        why,
        "multivector --study DIR data add UNVotes.csv",
    )
    return of_inquiry(
        inquiry,
        say("Split votes"),
        kicker=_kicker(definition),
        gaps=(gap,),
        template="votes.html.j2",
        shown={"names": names()},
    )


def _pages(query: Query, total: int, wanted: split_votes.Listing) -> tuple[Link, ...]:
    own = dict(query.options)
    links = []
    if wanted.first > 0:
        before = wanted.first // _ROWS
        links.append(Link(address("/votes", own, page=before) + "#calls", say("Newer votes")))
    if wanted.side is None and wanted.first + _ROWS < total:
        after = wanted.first // _ROWS + 2
        links.append(Link(address("/votes", own, page=after) + "#calls", say("Older votes")))
    return tuple(links)


def _given(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return the definition's options as the command line takes them."""
    written = {name: value for name, value in definition.items() if name != "state"}
    if definition["years"] is not None:
        first, last = definition["years"]
        written["years"] = f"{first}:{last}"
    return written


def _fields(path: Mapping[str, str]) -> tuple[Field, ...]:
    kinds = (
        say("resolutions as a whole, or of unknown kind"),
        say("only those known to be resolutions as a whole"),
        say("every roll call"),
        say("paragraphs and amendments"),
    )
    issues = {code: split_votes.issue_name(code) for code in _ISSUES}
    splits = {"yes": say("yes against no"), "no": say("any difference")}
    joins = {"same": say("the same choice"), "nearer": say("the nearer choice")}
    repeats = {"merge": say("counted once"), "keep": say("counted each time")}
    points = {"period": say("by year"), "session": say("by session")}
    return (
        Field("state", say("State"), "state", _DEFAULTS["state"]),
        Field("poles", say("Poles"), "poles", _DEFAULTS["poles"], note=say("Two to five states")),
        Field("years", say("Years"), "years", note=say("One year or first:last")),
        _choice("strict", say("A split is"), splits),
        _choice("absent", say("Absence is a position"), {"no": say("no"), "yes": say("yes")}),
        _choice("side", say("Joining a pole is"), joins),
        _choice("kinds", say("Roll calls"), dict(zip(_KINDS, kinds, strict=True))),
        _choice("duplicates", say("Repeated resolutions"), repeats),
        _choice("issue", say("Issue"), {"any": say("every issue"), **issues}),
        _choice("by", say("Points through time"), points),
        _choice("joined", say("List only"), _sides()),
        Field("page", say("Page"), "whole", "1"),
    )


def _choice(name: str, title: str, known: Mapping[str, str]) -> Field:
    """Return a field of choices; the first is the default."""
    return Field(name, title, "choice", next(iter(known)), tuple(known.items()))


def _sides() -> dict[str, str]:
    return {
        "any": say("every roll call"),
        "pole_a": say("with the first pole"),
        "pole_b": say("with the second pole"),
        "abstain": say("abstained"),
        "absent": say("absent"),
        "other": say("neither"),
    }


ROUTES = (Route("/votes", "Split votes", explorer, (), _fields),)

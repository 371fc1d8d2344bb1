"""Search: from what a person types, in any language, to the page that answers."""

from __future__ import annotations

from multivector import brief, measures
from multivector.content.model import Sentence
from multivector.content.tables import Heads
from multivector.errors import AmbiguousState, MultivectorError, nearest
from multivector.names import organisations, states
from multivector.web.page import Field, Page, Query, Route, listed, section
from multivector.words import language, say

__all__ = ["ROUTES"]

_MOST = 12
_HOMES = {"state": "/states/", "pair": "/pairs/", "organisation": "/organisations/"}


def search(query: Query) -> Page:
    """Return the page of what was typed, or what is nearest to it."""
    text = (query.get("q") or "")[:200]
    if text in measures.catalogue():
        return Page(text, elsewhere=f"/measures/{text}")
    try:
        found = brief.subject(text)
        return Page(text, elsewhere=f"{_HOMES[found.kind]}{found.address}")
    except AmbiguousState as error:
        answer = str(error)
    except MultivectorError:
        answer = say("Nothing is called {text}.", text=repr(text))
    rows = [{"name": name, "kind": kind, "href": href} for name, kind, href in _near(text)]
    columns: Heads = {"name": say("Name"), "kind": say("Kind")}
    table = listed("nearest", say("Nearest to it"), columns, rows) if rows else None
    return Page(say("Search"), sections=(section("found", say("Search"), Sentence(answer), table),))


def _near(text: str) -> list[tuple[str, str, str]]:
    """Return states, organisations and measures whose name is like the text or holds it."""
    named = {states.name(code, language()): ("state", code) for code in states.today()}
    for code in sorted(organisations.codes()):
        named[f"{organisations.name(code, language())} ({code})"] = ("organisation", code)
    for measure in measures.catalogue():
        named[measure] = ("measure", measure)
    folded = text.casefold()
    holding = [name for name in named if folded and folded in name.casefold()]
    near = list(dict.fromkeys([*holding, *nearest(text, named)]))[:_MOST]
    kinds = {
        "state": say("State"),
        "organisation": say("Organisation"),
        "measure": say("Measure"),
    }
    return [(name, kinds[named[name][0]], f"/{named[name][0]}s/{named[name][1]}") for name in near]


ROUTES = (
    Route(
        "/search",
        "Find a state, a pair, an organisation or a measure",
        search,
        (Field("q", "Words"),),
    ),
)

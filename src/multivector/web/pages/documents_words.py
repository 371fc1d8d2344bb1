"""Words of the pages on documents: kinds, fields, coders, decisions; links between the pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import quote, urlencode

from multivector.web.page import Link, Page, Query
from multivector.words import mark, say

RESERVED = frozenset({"agreement", "contradictions", "export", "review", "search", "timeline"})
"""Names under ``/documents`` that are pages; a document so called is found by its hash."""

KINDS = {
    "event": mark("event"),
    "membership": mark("membership"),
    "quantity": mark("quantity"),
    "vote": mark("vote"),
}
FIELDS = {
    "kind": mark("kind"),
    "type": mark("type"),
    "date": mark("date"),
    "date_note": mark("date taken from"),
    "actors": mark("actors"),
    "dimension": mark("dimension"),
    "power": mark("means of power"),
    "title": mark("title"),
    "org": mark("organisation"),
    "actor": mark("actor"),
    "status": mark("status"),
    "start_date": mark("from"),
    "end_date": mark("until"),
    "subject": mark("what is counted"),
    "value": mark("value"),
    "unit": mark("unit"),
    "comparison": mark("comparison"),
    "value_max": mark("at most"),
    "other_reading": mark("other reading"),
    "body": mark("body"),
    "resolution": mark("resolution"),
    "sides_with": mark("sides with"),
    "against": mark("against"),
    "issue": mark("issue"),
    "period": mark("period"),
}
BLOCKS = {
    "abstract": mark("Abstract"),
    "back": mark("Back matter"),
    "bibliography": mark("Bibliography"),
    "caption": mark("Caption"),
    "footnote": mark("Footnote"),
    "front": mark("Front matter"),
    "table": mark("Table"),
}
_DECISIONS = {
    "accept": mark("accepted by {coder}"),
    "correct": mark("corrected by {coder}"),
    "reject": mark("rejected by {coder}"),
}


def tabs(here: str) -> tuple[Link, ...]:
    """Return the pages on documents, the one that is shown marked."""
    names = {
        "": say("Documents"),
        "/review": say("Review"),
        "/contradictions": say("Contradictions"),
        "/agreement": say("Coders' agreement"),
        "/search": say("Search"),
        "/timeline": say("Timeline"),
        "/export": say("Export"),
    }
    return tuple(Link(f"/documents{at}", text, at == here) for at, text in names.items())


def in_study(title: str) -> Callable[[Callable[[Query], Page]], Callable[[Query], Page]]:
    """Make a page of a study; without one it says, under its title, how to start one."""

    def guarded(answer: Callable[[Query], Page]) -> Callable[[Query], Page]:
        @wraps(answer)
        def page(query: Query) -> Page:
            return answer(query) if query.workspace.path is not None else _no_study(say(title))

        return page

    return guarded


def _no_study(title: str) -> Page:
    return Page(
        title,
        lead=say("Documents are kept in a study, a folder of your own. This server has none."),
        template="no_study.html.j2",
        command="multivector --study DIR serve",
    )


def kind(name: str) -> str:
    """Return the name of a kind of statement."""
    return say(KINDS[name])


def field(name: str) -> str:
    """Return the name of a field of statements."""
    return say(FIELDS[name]) if name in FIELDS else name


def coder(name: str) -> str:
    """Return who coded: a rule, a model by its name, or a person by theirs."""
    if name == "rule":
        return say("rule")
    what, _, called = name.partition(":")
    return say("model {name}", name=called) if what == "model" else say("person {name}", name=name)


def decision(word: str, by: str) -> str:
    """Return what somebody decided, and who."""
    return say(_DECISIONS[word], coder=by)


def value(given: Any) -> str:
    """Return the value of a field as text."""
    if isinstance(given, list):
        return ", ".join(map(str, given))
    if isinstance(given, float):
        return f"{given:,.15g}"
    return str(given).replace("_", " ")


def category(given: str, variable: str) -> str:
    """Return a category; ``none`` under ``kind`` is what a reviewer gives who rejects."""
    return say("rejected") if (given, variable) == ("none", "kind") else value(given)


def home(doc: str, digest: str) -> str:
    """Return the address of a document."""
    name = digest[:24] if doc in RESERVED else doc
    return f"/documents/{quote(name, safe='')}"


def passage(meta: Mapping[str, Any], start: int, end: int) -> str:
    """Return the address of a passage of a document."""
    at = urlencode({"at": f"{start}-{end}"})
    return f"{home(str(meta['doc']), str(meta['sha256']))}?{at}#passage"

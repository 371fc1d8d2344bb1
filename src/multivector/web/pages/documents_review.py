"""Review: the statements that wait, one at a time, to accept, correct or reject."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from multivector.documents.coding import reviewing
from multivector.documents.rules.statements import FIELDS
from multivector.errors import BadValue, UnknownName, choices
from multivector.web.page import Field, Page, Query, Route
from multivector.web.pages import documents_words as words
from multivector.web.passages import Piece, Span, around, pieces
from multivector.web.repeat import address
from multivector.words import mark, say

if TYPE_CHECKING:
    from multivector.documents.coding.reviewing import Queue
    from multivector.documents.library.archive import Library
    from multivector.documents.rules.statements import Statement
    from multivector.workspace import Workspace

__all__ = ["ACTIONS", "ROUTES"]

_FILTERS = ("doc", "kind", "coder")
_DRAFT = 4000
_HERE = "/documents/review"
_ANYONE = ("rule", "model")


@words.in_study(mark("Review"))
def review(query: Query) -> Page:
    """Return one statement with its passage and a form to decide on it."""
    library = query.workspace.archive
    asked = {name: query.get(name) for name in (*_FILTERS, "by")}
    queue = reviewing.queue(library, doc=asked["doc"], kind=asked["kind"], coder=asked["coder"])
    at, after = query.get("at"), query.get("after")
    statement = queue.at(at) if at is not None else queue.waiting(after)
    waiting = len(queue.statements) - queue.done
    shown = {
        "asked": asked,
        "metas": [(str(m["doc"]), str(m["doc"])) for m in library.documents()],
        "kinds": [(name, words.kind(name)) for name in FIELDS],
        "coders": [(name, words.coder(name)) for name in _coders(queue)],
        "done": queue.done,
        "waiting": waiting,
        "total": len(queue.statements),
        "statement": statement,
    }
    extra: dict[str, Any] = {"waiting": waiting, "done": queue.done, "statement": None}
    if statement is not None:
        shown |= _one(library, queue, statement, query, asked)
        extra["statement"] = statement.record()
        extra["decisions"] = shown["decisions"]
    return Page(
        say("Review"),
        lead=say(
            "One statement at a time, with its passage. What you decide is added to the record; "
            "nothing is overwritten."
        ),
        tabs=words.tabs("/review"),
        command="multivector --study DIR documents review",
        template="review.html.j2",
        shown=shown,
        extra=extra,
        kept=False,
    )


def _coders(queue: Queue) -> list[str]:
    """Return the coders that can be asked for: rules, models, and each model by its name."""
    named = sorted({s.coder for s in queue.statements} - set(_ANYONE))
    return ["rule", *named]


def _one(
    library: Library,
    queue: Queue,
    statement: Statement,
    query: Query,
    asked: Mapping[str, str | None],
) -> dict[str, Any]:
    decisions = library.decisions_on(statement.id)
    draft, wrong = _drafted(statement, query.get("draft"))
    before = queue.before(statement.id)
    following = queue.waiting(statement.id)
    meta = library.meta(statement.doc)
    latest = decisions[-1] if decisions else None
    return {
        "pieces": _context(library, statement),
        "entries": reviewing.entries(statement, draft or _corrected(latest)),
        "was": {entry.name: entry.value for entry in reviewing.entries(statement)},
        "field": words.field,
        "coder": words.coder(statement.coder),
        "kind": words.kind(statement.kind),
        "decisions": decisions,
        "decision": words.decision,
        "seen": latest["judgement"] if latest else 0,
        "meanwhile": query.flag("meanwhile"),
        "wrong": wrong,
        "note": (draft or {}).get("note", ""),
        "place": words.passage(meta, statement.start, statement.end),
        "previous": None if before is None else address(_HERE, asked, at=before.id),
        "skip": None
        if following is None or following.id == statement.id
        else address(_HERE, asked, after=statement.id),
    }


def _corrected(latest: Mapping[str, Any] | None) -> dict[str, str] | None:
    """Return the fields as the newest decision left them, for the form."""
    if latest is None or not latest.get("fields"):
        return None
    return {name: reviewing.text_of(value) for name, value in latest["fields"].items()}


def _drafted(statement: Statement, draft: str | None) -> tuple[dict[str, str] | None, str]:
    """Return what was typed and not kept, and why it cannot be kept, if it cannot."""
    if draft is None:
        return None, ""
    try:
        found = json.loads(draft)
        typed = {str(name): str(value) for name, value in found.items()}
    except (ValueError, AttributeError) as error:
        raise BadValue(
            "draft is no set of fields; expected what the form sends; leave it out"
        ) from error
    try:
        if "by" in typed:
            reviewing.check_coder(typed["by"])
        changed = reviewing.corrections(statement, typed)
        if typed.get("decision") == "correct" and not changed:
            return typed, reviewing.NOTHING
    except BadValue as error:
        return typed, str(error)
    return typed, ""


def _context(library: Library, statement: Statement) -> list[Piece]:
    text = library.text(statement.doc)
    low, high = around(text, statement.start, statement.end)
    span = Span(statement.start, statement.end, (statement.kind,), "passage")
    return pieces(text, low, high, [span])


def decide(workspace: Workspace, path: Mapping[str, str], form: Any) -> str:
    """Keep what the form decides, and lead on to the next that waits, or back with a warning."""
    given = {str(name): str(value) for name, value in form.items()}
    asked = {name: given.get(name, "") for name in (*_FILTERS, "by")}
    library = workspace.archive
    statement = reviewing.queue(library).at(given.get("id", ""))
    typed = {n: given[f"f-{n}"] for n in FIELDS[statement.kind] if f"f-{n}" in given}
    decision, seen = given.get("decision", ""), given.get("seen", "0")
    if decision not in ("accept", "correct", "reject") or not seen.isdecimal():
        raise UnknownName(
            f"there is no decision {decision[:40]!r}; expected one of "
            f"{choices(('accept', 'correct', 'reject'))}; use the form of the page"
        )
    more = {"at": statement.id}
    draft = {**typed, "note": given.get("note", ""), "decision": decision, "by": asked["by"]}
    try:
        kept = reviewing.decide(
            library,
            statement,
            decision,
            coder=asked["by"],
            given=typed,
            seen=int(seen),
            note=given.get("note", "").strip()[:_DRAFT],
        )
    except BadValue:
        return address(_HERE, asked, **more, draft=json.dumps(draft, ensure_ascii=False)[:_DRAFT])
    if not kept:
        text = json.dumps(draft, ensure_ascii=False)[:_DRAFT]
        return address(_HERE, asked, **more, meanwhile="yes", draft=text)
    return address(_HERE, asked, after=statement.id)


ROUTES: tuple[Route, ...] = (
    Route(
        _HERE,
        "Review the coded statements",
        review,
        (
            Field("doc", mark("Document")),
            Field("kind", mark("Kind")),
            Field("coder", mark("Coded by")),
            Field("by", mark("Your name")),
            Field("at", mark("Statement")),
            Field("after", mark("After the statement")),
            Field("draft", mark("Typed")),
            Field("meanwhile", mark("Decided meanwhile"), "bool"),
        ),
    ),
)
ACTIONS = {_HERE: decide}

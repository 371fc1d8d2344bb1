"""Documents: what a study holds, adding to it, and each text with its coded passages."""

from __future__ import annotations

import re
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from multivector.cache import Memory
from multivector.content.model import Fact, Section, Sentence, Table
from multivector.content.tables import heads
from multivector.errors import BadValue, MultivectorError
from multivector.web.page import Field, Page, Query, Route, listed, section
from multivector.web.pages import documents_words as words
from multivector.web.passages import Piece, Span, anchor, pieces, shown
from multivector.web.repeat import address, command
from multivector.words import language, many, mark, say
from multivector.words.figures import whole

if TYPE_CHECKING:
    from multivector.documents.contradictions.findings import Conflict
    from multivector.documents.library.archive import Library
    from multivector.documents.rules.statements import Statement
    from multivector.workspace import Workspace

__all__ = ["ACTIONS", "DOCUMENT", "ROUTES"]

_PAGE_CHARACTERS = 12_000
_REPAIRS_SHOWN = 200
_TITLES = ("title", "heading")
_BATCHES = Memory(200)
_HELD = Memory(20)
_CONFLICTS = Memory(20)
_PLACE = re.compile(r"(\d{1,9})-(\d{1,9})")


@dataclass(frozen=True)
class Note:
    """A statement as it stands beside its passage."""

    id: str
    anchor: str
    kind: str
    coder: str
    coder_kind: str
    fields: tuple[tuple[str, str], ...]
    attributed_to: str | None
    decision: str
    rejected: bool
    rule: str
    same: str | None


@dataclass(frozen=True)
class Part:
    """A block of a text: its kind, language, pieces, what is coded in it, a name at its head."""

    kind: str
    lang: str
    pieces: tuple[Piece, ...]
    notes: tuple[Note, ...]
    head: str


# --- the documents of the study


@words.in_study(mark("Documents"))
def documents(query: Query) -> Page:
    """Return what the study holds, and the form to add to it."""
    library = query.workspace.archive
    metas = library.documents()
    key = (str(query.workspace.path), query.workspace.stamp(), language())
    sent = _BATCHES.peek(query.get("batch")) or ()
    held = (
        _HELD.keep(key, lambda: _held(metas, library))
        if metas
        else Sentence(say("There are no documents in this study yet."))
    )
    return Page(
        say("Documents"),
        lead=say(
            "Each text is read as printed and coded by rules: events, memberships, quantities and "
            "votes, with the exact quote. People accept, correct or reject."
        ),
        sections=(section("held", say("In this study"), held),),
        tabs=words.tabs(""),
        command="multivector --study DIR documents list",
        template="documents.html.j2",
        shown={"outcomes": sent, "outcome": _outcome},
        extra={"outcomes": list(sent)},
        kept=False,
    )


def _held(metas: Sequence[Mapping[str, Any]], library: Library) -> Table:
    decided = library.decided()
    coded = library.statements(reviewed=False)
    waiting = Counter(s.doc for s in coded if s.duplicate_of is None and s.id not in decided)
    rows = (
        {
            "name": shown(str(meta["name"])),
            "doc": meta["doc"],
            "languages": ", ".join(meta["languages"]),
            "characters": meta["characters"],
            "statements": meta["statements"],
            "waiting": waiting[str(meta["doc"])],
            "added": str(meta["added_at"])[:10],
            "href": words.home(str(meta["doc"]), str(meta["sha256"])),
        }
        for meta in metas
    )
    columns = heads(
        name=say("Document"),
        doc=say("Short name"),
        languages=say("Languages"),
        characters=(say("Characters"), "integer"),
        statements=(say("Statements"), "integer"),
        waiting=(say("To review"), "integer"),
        added=(say("Added"), "date"),
    )
    return listed("documents", say("Documents"), columns, rows)


def _outcome(outcome: Mapping[str, Any]) -> str:
    """Return in a line what became of a file that was sent."""
    if outcome["status"] == "failed":
        return str(outcome["message"])
    if outcome["status"] == "known":
        return say("already in the study as {doc}", doc=outcome["doc"])
    counted = many(outcome["statements"], "{n} statement", "{n} statements")
    against = many(outcome["conflicts"], "{n} contradiction", "{n} contradictions")
    line = say("{statements}, {conflicts} within it", statements=counted, conflicts=against)
    return f"{line} ({outcome['message']})" if outcome["message"] else line


def upload(workspace: Workspace, path: Mapping[str, str], form: Any) -> Any:
    """Read each file that was sent apart from the server, and lead on to what became of it."""
    files = [f for f in form.getlist("files") if hasattr(f, "filename") and f.filename]
    if not files:
        raise BadValue("no file was sent; expected one or more; choose files and send again")
    done = tuple(_received(workspace, file) for file in files)
    if form.get("answer") == "json":
        return {"outcomes": [{**each, "told": _outcome(each)} for each in done]}
    name = secrets.token_urlsafe(12)
    _BATCHES.keep(name, lambda: done)
    return f"/documents?batch={name}"


def _received(workspace: Workspace, file: Any) -> dict[str, Any]:
    from multivector.documents.library import isolation

    name = isolation.file_name(file.filename)
    library = workspace.archive
    try:
        outcome = asdict(isolation.receive(library, name, file.file))
    except MultivectorError as error:
        outcome = {"file": name, "status": "failed", "doc": "", "message": str(error)}
    href = ""
    if outcome["status"] != "failed":
        meta = library.meta(outcome["doc"])
        href = words.home(str(meta["doc"]), str(meta["sha256"]))
    return {"statements": 0, "conflicts": 0, **outcome, "href": href}


# --- one document


@words.in_study(mark("Documents"))
def document(query: Query) -> Page:
    """Return a stretch of a text as printed, with what is coded in it beside it."""
    library = query.workspace.archive
    meta = library.meta(query.path["doc"])
    doc = str(meta["doc"])
    blocks = library.blocks(doc)
    stretches = _stretches(blocks)
    at = _place(query.get("at"))
    number = _number(query, blocks, stretches, at)
    low, high = stretches[number - 1] if stretches else (0, 0)
    here = blocks[low:high]
    text = library.text(doc)
    notes = _notes(library, doc, here)
    repairs = [r for r in library.repairs(doc) if here and _inside(r, here)]
    parts = _parts(text, here, notes, repairs, at)
    home = words.home(doc, str(meta["sha256"]))
    return Page(
        shown(str(meta["name"])),
        kicker=say("Document {doc}", doc=doc),
        lead=_lead(meta),
        facts=_facts(query.workspace, meta),
        sections=_repaired(repairs),
        tabs=words.tabs(""),
        command=command("--study", "DIR", "documents", "export", "--doc", doc, "--to", "jsonl"),
        template="document.html.j2",
        shown={
            "parts": parts,
            "number": number,
            "total": len(stretches),
            "pages": [(n, f"{home}?page={n}") for n in range(1, len(stretches) + 1)],
            "kinds": {name: words.kind(name) for name in words.KINDS},
            "review": address("/documents/review", doc=doc),
        },
        extra={
            "document": {k: v for k, v in meta.items() if k != "folder"},
            "page": number,
            "pages": len(stretches),
            "statements": [asdict(note) for part in parts for note in part.notes],
        },
    )


def _lead(meta: Mapping[str, Any]) -> str:
    return say(
        "Shown as printed, character by character. A mark is a coded statement; what it says "
        "stands beside it, and who coded it."
    ) + (f" {'; '.join(meta['remarks'])}." if meta["remarks"] else "")


def conflicts_of(workspace: Workspace) -> list[Conflict]:
    """Return the contradictions of a study, found once for a state of it."""
    key = (str(workspace.path), workspace.stamp())
    return _CONFLICTS.keep(key, workspace.archive.conflicts)


def _facts(workspace: Workspace, meta: Mapping[str, Any]) -> tuple[Fact, ...]:
    doc = str(meta["doc"])
    against = [c for c in conflicts_of(workspace) if any(side.doc == doc for side in c.sides)]
    repairs = many(meta["repairs"], "{n} repair in reading", "{n} repairs in reading")
    return (
        Fact(say("Characters"), whole(meta["characters"]), str(meta["media"])),
        Fact(say("Statements"), whole(meta["statements"]), say("by rules")),
        Fact(say("Contradictions"), whole(len(against)), say("within it or with another text")),
        Fact(say("Languages"), ", ".join(meta["languages"]) or "–", repairs),
    )


def _stretches(blocks: Sequence[Mapping[str, Any]]) -> list[tuple[int, int]]:
    """Return the blocks of each page: whole blocks, up to so many characters."""
    found: list[tuple[int, int]] = []
    first, taken = 0, 0
    for place, block in enumerate(blocks):
        size = block["end"] - block["start"]
        if taken and taken + size > _PAGE_CHARACTERS:
            found.append((first, place))
            first, taken = place, 0
        taken += size
    return [*found, (first, len(blocks))] if blocks else []


def _place(given: str | None) -> tuple[int, int] | None:
    if given is None:
        return None
    found = _PLACE.fullmatch(given)
    if not found or int(found[1]) >= int(found[2]):
        raise BadValue(f"at is {given[:40]!r}; expected START-END in characters; correct it")
    return int(found[1]), int(found[2])


def _number(
    query: Query,
    blocks: Sequence[Mapping[str, Any]],
    stretches: Sequence[tuple[int, int]],
    at: tuple[int, int] | None,
) -> int:
    if at is not None:
        for number, (_, high) in enumerate(stretches, start=1):
            if at[0] < blocks[high - 1]["end"]:
                return number
        return max(len(stretches), 1)
    return query.page(len(stretches))


def _inside(row: Mapping[str, Any], here: Sequence[Mapping[str, Any]]) -> bool:
    return bool(here[0]["start"] <= row["start"] and row["end"] <= here[-1]["end"])


def _notes(
    library: Library, doc: str, here: Sequence[Mapping[str, Any]]
) -> list[tuple[Statement, Note]]:
    """Return the statements that begin or go on in some blocks, each with what stands beside."""
    reviews = library.reviews()
    low, high = (here[0]["start"], here[-1]["end"]) if here else (0, 0)
    coded = library.statements(reviewed=False, doc=doc)
    proposed = [s for s in library.proposals() if s.doc == doc]
    found = []
    for s in (s for s in (*coded, *proposed) if s.start < high and low < s.end):
        decided, by = reviews.get(f"document:{s.id}", ({}, ""))
        holds = decided.get("quote") == s.quote
        fields = s.fields | (decided.get("fields", {}) if holds else {})
        listed = tuple(
            (words.field(name), words.value(value))
            for name, value in fields.items()
            if value not in (None, [], "")
        )
        note = Note(
            s.id,
            anchor(s.id),
            s.kind,
            words.coder(s.coder),
            s.coder.partition(":")[0],
            listed,
            s.attributed_to,
            words.decision(decided["decision"], by) if holds else "",
            holds and decided["decision"] == "reject",
            s.rule if s.coder == "rule" else "",
            s.duplicate_of,
        )
        found.append((s, note))
    return found


def _parts(
    text: str,
    blocks: Sequence[Mapping[str, Any]],
    notes: Sequence[tuple[Statement, Note]],
    repairs: Sequence[Mapping[str, Any]],
    at: tuple[int, int] | None,
) -> list[Part]:
    spans = [Span(s.start, s.end, (note.kind, *_manner(note)), note.anchor) for s, note in notes]
    spans += [
        Span(r["start"], r["end"], ("repair",), "", shown(r["after"]))
        for r in repairs
        if r["start"] < r["end"] and r["before"].strip()
    ]
    spans += [Span(at[0], at[1], ("passage",), "passage")] if at else []
    placed: set[str] = set()
    parts: list[Part] = []
    for kind, run in groupby(blocks, key=lambda block: str(block["kind"])):
        for order, block in enumerate(run):
            start, end = block["start"], block["end"]
            own = [s for s in spans if s.start < end and start < s.end]
            begun = [_once(s, placed) for s in own]
            cut = tuple(pieces(text, start, end, begun))
            placed |= {s.anchor for s in own}
            beside = tuple(n for s, n in notes if start <= s.start < end)
            head = say(words.BLOCKS[kind]) if not order and kind in words.BLOCKS else ""
            lang = "" if block["lang"] == "und" else block["lang"]
            parts.append(Part(kind, lang, cut, beside, head))
    return parts


def _once(span: Span, placed: set[str]) -> Span:
    """Return the span without its anchor where that stands on the page already."""
    if span.anchor not in placed:
        return span
    return Span(span.start, span.end, span.names, "", span.read)


def _manner(note: Note) -> tuple[str, ...]:
    if note.rejected:
        return ("rejected",)
    return ("proposed",) if note.coder_kind == "model" and not note.decision else ()


def _repaired(repairs: Sequence[Mapping[str, Any]]) -> tuple[Section, ...]:
    if not repairs:
        return ()
    rows = (
        {
            "rule": r["rule"],
            "place": r["start"],
            "before": _plain(r["before"]),
            "after": _plain(r["after"]),
        }
        for r in repairs[:_REPAIRS_SHOWN]
    )
    columns = heads(
        rule=say("Repair"),
        place=(say("Character"), "integer"),
        before=say("As printed"),
        after=say("Read as"),
    )
    table = listed("repairs", say("Repairs on this page"), columns, rows, folded=True)
    text = many(
        len(repairs),
        "{n} repair was made in reading this page; the text above is as printed.",
        "{n} repairs were made in reading this page; the text above is as printed.",
    )
    return (section("repairs", say("How it was read"), Sentence(text), table),)


def _plain(text: str) -> str:
    return shown(text).replace("\n", "⏎").replace("\t", "⇥") or "∅"


ROUTES: tuple[Route, ...] = (
    Route("/documents", "Documents of the study", documents, (Field("batch", mark("Sent")),)),
)
DOCUMENT: tuple[Route, ...] = (
    Route(
        "/documents/{doc}",
        "A document with its coded passages",
        document,
        (Field("page", mark("Page"), "whole"), Field("at", mark("Characters"))),
    ),
)
ACTIONS = {"/documents": upload}

"""A study's library as record tables: documents, passages, and what rules and reviewers coded.

The rules' statements and what people decided on them become codings of the same units, the
statements, by different coders: so their agreement can be measured like that of any two coders.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import polars as pl

from multivector.documents.coding.codebooks import VARIABLES
from multivector.documents.library.archive import Library
from multivector.documents.library.proposed import asked_at
from multivector.documents.rules.statements import FIELDS, Statement
from multivector.tables import CODINGS, DOCUMENTS, PASSAGES

SOURCE = "study@documents"

HALF = 0.5
"""The share of the shorter quote that a proposal and a unit have in common, at the least."""

REJECTED = "none"
"""The value under ``kind`` that a reviewer gives to a statement he rejects."""


def document_table(library: Library) -> pl.DataFrame:
    """Return the documents of a library as a record table."""
    rows = [
        {
            "document": meta["sha256"],
            "doc": meta["doc"],
            "name": meta["name"],
            "media": meta["media"],
            "language": (meta["languages"] or [None])[0] if len(meta["languages"]) == 1 else None,
            "characters": meta["characters"],
            "source": SOURCE,
        }
        for meta in library.documents()
    ]
    return DOCUMENTS.check(pl.DataFrame(rows, schema=DOCUMENTS.schema))


def passage_table(library: Library) -> pl.DataFrame:
    """Return the blocks of a library's documents as a table of passages."""
    rows = [
        {
            "document": meta["sha256"],
            "start": block["start"],
            "end": block["end"],
            "kind": block["kind"],
            "language": block["lang"],
            "text": block["text"],
            "source": SOURCE,
        }
        for meta in library.documents()
        for block in _lines(Path(meta["folder"]) / "blocks.jsonl")
    ]
    frame = pl.DataFrame(rows, schema=PASSAGES.schema)
    return PASSAGES.check(frame.unique(PASSAGES.key, keep="first", maintain_order=True))


def coding_table(library: Library, *, first: int = 1) -> pl.DataFrame:
    """Return what rules, models and reviewers coded, numbered from ``first``.

    A unit is a statement of the rules, or one that only models proposed. A model coded the unit of
    a rule where its proposal covers half of the shorter of the two quotes: the kind may differ, and
    then they disagree. ``kind`` and the fields that are categories are variables. A reviewer who
    accepts codes what stood there, one who corrects what he changed it to; one who rejects gives
    ``kind`` the value ``none``. Rejecting a proposal says nothing of the rule's coding of the unit.
    """
    coded = library.statements(reviewed=False)
    proposed = library.proposals()
    hashes = {str(meta["doc"]): str(meta["sha256"]) for meta in library.documents()}
    when = {str(meta["doc"]): str(meta["added_at"]) for meta in library.documents()}
    asked = asked_at(library.study, library.documents()) if proposed else {}
    units = {s.id: s for s in coded} | units_of(coded, proposed)
    rows: list[dict[str, Any]] = []
    for s in (*coded, *proposed):
        kind, given = s.coder.partition(":")[0], asked.get(s.id, when[s.doc])
        place = _place(units[s.id], s, hashes)
        rows += _coded(place, s.kind, s.fields, s.coder, kind, given, s.rule)
    rows += _reviewed(library, {f"document:{s.id}": s for s in (*coded, *proposed)}, units, hashes)
    numbered = [{**row, "coding": first + at} for at, row in enumerate(rows)]
    return CODINGS.check(pl.DataFrame(numbered, schema=CODINGS.schema))


def units_of(coded: list[Statement], proposed: list[Statement]) -> dict[str, Statement]:
    """Return the unit of each proposal: what it is another coding of, or itself.

    Of one model each unit is coded once: pairs of the same kind first, then those that share most.

    >>> def made(name, kind, start, end, coder):
    ...     return Statement("d", kind, start, end, "", "en", coder, coder=coder, id=name)
    >>> rule = made("d-1", "event", 0, 20, "rule")
    >>> model = [made("m-1", "event", 5, 20, "model:a"), made("m-2", "vote", 40, 50, "model:a")]
    >>> {name: unit.id for name, unit in units_of([rule], model).items()}
    {'m-1': 'd-1', 'm-2': 'm-2'}
    """
    units: dict[str, list[Statement]] = {}
    for statement in coded:
        units.setdefault(statement.doc, []).append(statement)
    found: dict[str, Statement] = {}
    for coder in sorted({s.coder for s in proposed}):
        own = [s for s in proposed if s.coder == coder]
        for doc in sorted({s.doc for s in own}):
            here = units.setdefault(doc, [])
            mine = [s for s in own if s.doc == doc]
            paired = _paired(here, mine)
            found |= {s.id: paired.get(s.id, s) for s in mine}
            here += [s for s in mine if s.id not in paired]
    return found


def _paired(units: list[Statement], own: list[Statement]) -> dict[str, Statement]:
    pairs = []
    for unit in units:
        for each in own:
            shared = min(unit.end, each.end) - max(unit.start, each.start)
            share = shared / min(unit.end - unit.start, each.end - each.start)
            if share >= HALF:
                pairs.append((unit.kind != each.kind, -share, unit.id, each.id, unit))
    taken: set[str] = set()
    found: dict[str, Statement] = {}
    for _, _, name, each_id, unit in sorted(pairs, key=lambda pair: pair[:4]):
        if name not in taken and each_id not in found:
            taken.add(name)
            found[each_id] = unit
    return found


def statement_places(library: Library) -> pl.DataFrame:
    """Return the statements in force as search filters them: place, actors, date, dimension."""
    hashes = {str(meta["doc"]): str(meta["sha256"]) for meta in library.documents()}
    rows = [
        {
            "document": hashes[s.doc],
            "start": s.start,
            "end": s.end,
            "actors": ";".join(_actors(s.fields)),
            "date": s.fields.get("date") or s.fields.get("start_date"),
            "dimension": s.fields.get("dimension"),
        }
        for s in library.statements()
    ]
    names = ("document", "start", "end", "actors", "date", "dimension")
    kinds = {name: pl.Int64() if name in ("start", "end") else pl.String() for name in names}
    return pl.DataFrame(rows, schema=kinds)


def found(library: Library, words: str, **options: Any) -> pl.DataFrame:
    """Return the passages that hold the words, from the study's index, brought up to date.

    Parameters
    ----------
    library : Library
        The documents of the study.
    words : str
        As for ``Index.search``.
    **options
        ``doc``, a document by its short name, and the options of ``Index.search``.

    Returns
    -------
    DataFrame
        ``doc``, ``start``, ``end``, ``language``, ``kind``, ``hits``, ``snippet``, best first.
    """
    from multivector.documents.library.search import Index

    doc = options.pop("doc", None)
    names = document_table(library).select("document", "doc")
    chosen = None if doc is None else [str(library.meta(doc)["sha256"])]
    index = Index(library.study / "search.sqlite") if names.height else Index()
    known = index.documents()
    index.remove(known - set(names["document"]))
    if not set(names["document"]) <= known:
        index.add(passage_table(library))
    filtered = any(options.get(name) for name in ("actor", "dimension", "since", "until"))
    places = statement_places(library) if filtered else None
    rows = index.search(words, documents=chosen, statements=places, **options)
    columns = ("doc", "start", "end", "language", "kind", "hits", "snippet")
    return rows.join(names, on="document", maintain_order="left").select(columns)


def project(
    library: Library, codings: pl.DataFrame, path: Path, *, doc: str | None = None
) -> tuple[int, int, tuple[str, ...]]:
    """Write a REFI-QDA project with the codings in force of every coder.

    Returns
    -------
    tuple
        Documents and codings written, and a line for each coding left out.
    """
    from multivector.documents.coding.codebooks import codebooks_of, descriptions
    from multivector.documents.exchange.refi import export_project

    known = document_table(library)
    known = known if doc is None else known.filter(pl.col("doc") == library.meta(doc)["doc"])
    hashes = dict(known.select("document", "doc").iter_rows())
    codings = codings.filter(pl.col("document").is_in(list(hashes)))
    texts = {document: library.text(name) for document, name in hashes.items()}
    names = dict(known.select("document", "name").iter_rows())
    said = descriptions(codebooks_of(library.study))
    decided = export_project(
        path, codings, texts, names=names, title=library.study.name, described=said
    )
    return len(texts), codings.height - len(decided), decided


def statement_table(
    library: Library, *, doc: str | None = None, kind: str | None = None
) -> pl.DataFrame:
    """Return the statements in force, one a row; lists are written with semicolons."""
    fields = dict.fromkeys(name for names in FIELDS.values() for name in names)
    shared = ("id", "doc", "lang", "start", "end", "quote", "kind", "attributed_to")
    columns = (*shared, "duplicate_of", "coder", "rule", *fields)
    rows = [s.record() for s in library.statements(doc=doc) if kind in (None, s.kind)]

    def plain(value: Any) -> Any:
        return ";".join(map(str, value)) if isinstance(value, list) else value

    return pl.DataFrame(
        [pl.Series(c, [plain(row.get(c)) for row in rows], strict=False) for c in columns]
    )


def records(library: Library) -> list[dict[str, Any]]:
    """Return the statements in force in the exchange format, with name and hash of the document."""
    known = {str(meta["doc"]): meta for meta in library.documents()}
    return [
        {**s.record(), "sha256": known[s.doc]["sha256"], "name": known[s.doc]["name"]}
        for s in library.statements()
    ]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _actors(fields: dict[str, Any]) -> Iterable[str]:
    listed = fields.get("actors") or ()
    single = (fields.get(name) for name in ("actor", "org", "sides_with", "against"))
    return dict.fromkeys(str(name) for name in (*listed, *single) if name)


def _coded(
    place: dict[str, Any],
    what: str,
    fields: dict[str, Any],
    coder: str,
    kind: str,
    given: str,
    note: str | None,
) -> Iterator[dict[str, Any]]:
    values = {"kind": what, **{name: fields.get(name) for name in VARIABLES}}
    for variable, value in values.items():
        if value is not None and not isinstance(value, list | dict):
            yield {
                **place,
                "variable": variable,
                "value": str(value),
                "coder": coder,
                "coder_kind": kind,
                "decided_at": given,
                "note": None if kind == "model" else note,
            }


def _place(unit: Statement, statement: Statement, hashes: dict[str, str]) -> dict[str, Any]:
    return {
        "unit": unit.id,
        "document": hashes[statement.doc],
        "start": statement.start,
        "end": statement.end,
        "quote": statement.quote,
        "source": SOURCE,
    }


def _reviewed(
    library: Library,
    statements: dict[str, Statement],
    units: dict[str, Statement],
    hashes: dict[str, str],
) -> list[dict[str, Any]]:
    """Return what people coded: of several decisions on a unit, that on the unit itself, or last.

    A decision counts while the quote is the one that was decided on.
    """
    if library.decisions is None:
        return []
    latest: dict[tuple[str, str], tuple[bool, dict[str, Any], dict[str, Any]]] = {}
    for row in library.decisions.frame().sort("judgement").iter_rows(named=True):
        if row["kind"] != "review" or row["subject"] not in statements:
            continue
        statement, decided = statements[row["subject"]], json.loads(row["value"])
        unit = units[statement.id]
        own = unit.id == statement.id
        if decided.get("quote") != statement.quote or (not own and decided["decision"] == "reject"):
            continue
        key = unit.id, row["coder"]
        if own or not latest.get(key, (False,))[0]:
            latest[key] = own, row, decided
    rows: list[dict[str, Any]] = []
    for (_, coder), (_, row, decided) in latest.items():
        statement = statements[row["subject"]]
        place = _place(units[statement.id], statement, hashes)
        given, note = row["decided_at"], row["note"]
        if decided["decision"] == "reject":
            rows += _coded(place, REJECTED, {}, coder, "person", given, note)
        else:
            fields = statement.fields | decided.get("fields", {})
            rows += _coded(place, statement.kind, fields, coder, "person", given, note)
    return rows

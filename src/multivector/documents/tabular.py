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

from multivector.documents.library import Library
from multivector.documents.statements import Statement
from multivector.tables import CODINGS, DOCUMENTS, PASSAGES

SOURCE = "study@documents"
VARIABLES = ("type", "dimension", "power", "mode", "status", "comparison", "unit", "sides_with")
"""The fields of statements that are categories, each a variable beside ``kind``."""

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
    """Return what rules and reviewers coded, numbered from ``first``.

    A statement is a unit; ``kind`` and its fields that are categories are variables. A reviewer
    who accepts codes what the rule coded, one who corrects what he changed it to; one who rejects
    gives ``kind`` the value ``none``.
    """
    statements = library.statements(reviewed=False)
    hashes = {str(meta["doc"]): str(meta["sha256"]) for meta in library.documents()}
    when = {str(meta["doc"]): str(meta["added_at"]) for meta in library.documents()}
    rows = [
        row
        for statement in statements
        for row in _coded(statement, statement.fields, statement.coder, "rule", when, hashes)
    ]
    rows += _reviewed(library, {f"document:{s.id}": s for s in statements}, hashes)
    numbered = [{**row, "coding": first + at} for at, row in enumerate(rows)]
    return CODINGS.check(pl.DataFrame(numbered, schema=CODINGS.schema))


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
    statement: Statement,
    fields: dict[str, Any],
    coder: str,
    kind: str,
    when: dict[str, str],
    hashes: dict[str, str],
) -> Iterator[dict[str, Any]]:
    values = {"kind": statement.kind, **{name: fields.get(name) for name in VARIABLES}}
    for variable, value in values.items():
        if value is not None and not isinstance(value, list | dict):
            yield {
                **_place(statement, hashes),
                "variable": variable,
                "value": str(value),
                "coder": coder,
                "coder_kind": kind,
                "decided_at": when[statement.doc],
                "note": statement.rule if kind == "rule" else None,
            }


def _place(statement: Statement, hashes: dict[str, str]) -> dict[str, Any]:
    return {
        "unit": statement.id,
        "document": hashes[statement.doc],
        "start": statement.start,
        "end": statement.end,
        "quote": statement.quote,
        "source": SOURCE,
    }


def _reviewed(
    library: Library, statements: dict[str, Statement], hashes: dict[str, str]
) -> list[dict[str, Any]]:
    if library.decisions is None:
        return []
    latest: dict[tuple[str, str], dict[str, Any]] = {}
    for row in library.decisions.frame().sort("judgement").iter_rows(named=True):
        if row["kind"] == "review" and row["subject"] in statements:
            latest[row["subject"], row["coder"]] = row
    rows: list[dict[str, Any]] = []
    for (subject, coder), row in latest.items():
        statement, told = statements[subject], json.loads(row["value"])
        if told.get("quote") != statement.quote:
            continue
        when = {statement.doc: row["decided_at"]}
        if told["decision"] == "reject":
            given = {"variable": "kind", "value": REJECTED, "coder": coder, "coder_kind": "person"}
            decided = {"decided_at": row["decided_at"], "note": row["note"]}
            rows.append({**_place(statement, hashes), **given, **decided})
        else:
            fields = statement.fields | told.get("fields", {})
            rows += _coded(statement, fields, coder, "person", when, hashes)
    return rows

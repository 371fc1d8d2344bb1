"""The commands ``documents search`` and ``timeline``, and exports for other programs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from multivector.cli.output import TEXT, Doc, Out, Rows, grouped, note, open_workspace, show, write

if TYPE_CHECKING:
    from multivector.documents.library.archive import Library

FORMATS = ("qdpx", "ftm")


def _opened() -> tuple[Path, Library]:
    from multivector.documents.library.archive import Library
    from multivector.study.judgements import Judgements

    folder = open_workspace().store.folder
    return folder, Library(folder, Judgements.of(folder))


@dataclass(frozen=True)
class Narrowed:
    """Which passages are looked through: of a language, a document, beside a statement."""

    language: Annotated[str | None, typer.Option(help="tr, en, ru or kk.")] = None
    doc: Doc = None
    actor: Annotated[str | None, typer.Option(help="A statement there names it: KAZ, SCO.")] = None
    dimension: Annotated[str | None, typer.Option(help="A statement there has it.")] = None
    since: Annotated[str | None, typer.Option(help="A statement there is of this day on.")] = None
    until: Annotated[
        str | None, typer.Option(help="A statement there is of this day or before.")
    ] = None
    limit: Annotated[int, typer.Option(help="At most so many passages.")] = 50


@grouped
def search(
    query: Annotated[str, typer.Argument(help='Words, "a phrase", -word.')],
    which: Narrowed,
    to: Rows = "table",
    out: Out = None,
) -> None:
    """Find passages by words in any form: Kazakistan finds Kazakistan'ın and its look-alikes."""
    from multivector import export
    from multivector.documents.exchange import tabular

    export.check_format(to, out, TEXT)
    found = tabular.found(_opened()[1], query, **asdict(which))
    show(found, to, out, query)


def timeline(to: Rows = "table", out: Out = None) -> None:
    """Count the coded statements of each year and dimension."""
    from multivector import export
    from multivector.documents.exchange import tabular
    from multivector.documents.library.search import timeline as counted

    export.check_format(to, out, TEXT)
    show(counted(tabular.statement_places(_opened()[1])), to, out, "statements by year")


def send(to: str, out: Path | None, kind: str | None, doc: str | None) -> None:
    """Write a REFI-QDA project or followthemoney's rows."""
    from multivector.documents.exchange import ftm, tabular
    from multivector.errors import BadValue

    _, library = _opened()
    if doc is not None:
        library.text(doc)
    if to == "ftm":
        rows = [
            record
            for record in tabular.records(library)
            if kind in (None, record["kind"]) and doc in (None, record["doc"])
        ]
        write(ftm.as_csv(ftm.statement_rows(rows)), out, f"{len(rows)} statements")
        return
    if out is None:
        raise BadValue("a project is not text; expected a file for it; add --out FILE.qdpx")
    if kind is not None:
        raise BadValue(
            "--kind cannot narrow a project; expected all codings, so that coders can be compared; "
            "leave --kind out"
        )
    _project(out, doc)


def _project(out: Path, doc: str | None) -> None:
    from multivector.documents.exchange import tabular
    from multivector.measures.reliability import in_force

    codings = in_force(open_workspace().table("codings").frame)
    documents, written, left = tabular.project(_opened()[1], codings, out, doc=doc)
    for line in left:
        note(f"left out: {line}")
    note(f"wrote {out}: {documents} documents, {written} codings")

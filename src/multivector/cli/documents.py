"""The commands ``documents``: add, list, export, conflicts, try, review, propose."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from multivector.cli import codings, exchange
from multivector.cli.output import Doc, Out, note, open_workspace, say, show, write

if TYPE_CHECKING:
    from multivector.documents.coding.proposing import Step, Tally
    from multivector.documents.library.adding import Outcome
    from multivector.documents.library.archive import Library

documents_app = typer.Typer(
    no_args_is_help=True,
    help="Documents: turn them into coded statements, find what contradicts what.",
)
documents_app.command("search")(exchange.search)
documents_app.command("timeline")(exchange.timeline)
documents_app.add_typer(codings.codebook_app, name="codebook")
documents_app.command("code")(codings.code)
documents_app.command("train")(codings.train)
documents_app.command("similar")(codings.similar)

To = Annotated[str, typer.Option("--to", help="Format: jsonl, table, csv, json or parquet.")]


def _library() -> Library:
    return open_workspace().archive


@documents_app.command("add")
def add(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders: PDF, DOCX, HTML, text.")],
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes at once.")] = None,
) -> None:
    """Read documents, code what they state, and keep both in the study.

    A file that cannot be read is named with the reason and the rest goes on; what was added before
    is not read again.
    """
    from multivector.errors import UnreadableFile

    library = _library()
    done = 0

    def tell(outcome: Outcome) -> None:
        nonlocal done
        done += 1
        name = Path(outcome.file).name
        if outcome.status == "failed":
            note(f"{done} failed: {outcome.message}")
        elif outcome.status == "known":
            note(f"{done} {name}: already added as {outcome.doc}")
        else:
            remark = f" ({outcome.message})" if outcome.message else ""
            note(
                f"{done} {name}: {outcome.statements} statements, {outcome.conflicts} "
                f"contradictions, as {outcome.doc}{remark}"
            )

    outcomes = library.add(paths, jobs=jobs, progress=tell)
    failed = [outcome for outcome in outcomes if outcome.status == "failed"]
    note(f"{len(outcomes) - len(failed)} documents in the study, {len(failed)} not read")
    if failed:
        raise UnreadableFile(
            f"{len(failed)} of {len(outcomes)} files were not read; expected documents with text; "
            "the reasons are above, the others are stored"
        )


@documents_app.command("list")
def list_documents(to: To = "table", out: Out = None) -> None:
    """List the documents of the study."""
    columns = [
        "doc",
        "name",
        "media",
        "characters",
        "pages",
        "statements",
        "conflicts",
        "coding",
        "added_at",
    ]
    metas = [{key: meta[key] for key in columns} for meta in _library().documents()]
    _write(metas, columns, to, out)


@documents_app.command("export")
def export_statements(
    kind: Annotated[str | None, typer.Option(help="event, membership, quantity or vote.")] = None,
    doc: Doc = None,
    to: To = "jsonl",
    out: Out = None,
) -> None:
    """Write the coded statements, as people decided on them, with quote and position.

    --to qdpx writes a REFI-QDA project with every coder's codings, --to ftm followthemoney's rows.
    """
    from multivector.documents.rules.statements import FIELDS

    if to in exchange.FORMATS:
        exchange.send(to, out, kind, doc)
        return
    from multivector.errors import UnknownName, choices

    if kind is not None and kind not in FIELDS:
        raise UnknownName(
            f"there is no kind {kind!r} of statement; expected {choices(FIELDS)}; "
            "leave --kind out for all"
        )
    library = _library()
    if doc is not None:
        library.text(doc)
    rows = [
        statement.record()
        for statement in library.statements()
        if kind in (None, statement.kind) and doc in (None, statement.doc)
    ]
    shared = [
        "id",
        "doc",
        "lang",
        "start",
        "end",
        "quote",
        "kind",
        "attributed_to",
        "duplicate_of",
        "coder",
        "rule",
    ]
    fields = [name for names in FIELDS.values() for name in names]
    _write(rows, list(dict.fromkeys([*shared, *fields])), to, out)


@documents_app.command("conflicts")
def conflicts(
    confidence: Annotated[
        str | None, typer.Option(help="Least sureness: high, medium or low.")
    ] = None,
    to: To = "table",
    out: Out = None,
) -> None:
    """Show what contradicts what, within and between the documents, and why."""
    from multivector.errors import BadValue, choices

    levels = ("high", "medium", "low")
    if confidence not in (None, *levels):
        raise BadValue(
            f"{confidence!r} is no degree of sureness; expected {choices(levels)}; "
            "leave --confidence out for all"
        )
    shown = levels[: levels.index(confidence) + 1] if confidence else levels
    rows = [c.record() for c in _library().conflicts() if c.confidence in shown]
    columns = ["id", "type", "nature", "scope", "confidence", "why", "explained_by", "sides"]
    _write(rows, columns, to, out)


@documents_app.command("try")
def try_command(
    sentence: Annotated[str, typer.Argument(help="A sentence in quotation marks.")],
    lang: Annotated[str | None, typer.Option(help="tr, en, ru or kk.")] = None,
    to: To = "table",
    out: Out = None,
) -> None:
    """Show which rules fire on a sentence, on which words, and what is coded."""
    from multivector.documents.rules.tracing import try_sentence

    _write(try_sentence(sentence, language=lang), ["what", "value", "words", "rule"], to, out)


@documents_app.command("review")
def review(
    statement: Annotated[
        str | None, typer.Argument(help="A statement, as in 001-0007; none: one after another.")
    ] = None,
    decision: Annotated[str | None, typer.Argument(help="accept, correct or reject.")] = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", help="field=value, with correct.")
    ] = None,
    coder: Annotated[str, typer.Option(help="Who decides.")] = "person",
    why: Annotated[str | None, typer.Option("--note", help="The reason.")] = None,
) -> None:
    """Decide on coded statements: one that is named, or all that wait, with the passage shown."""
    library = _library()
    if statement is not None and decision is not None:
        library.review(statement, decision, coder=coder, fields=_fields(changes), note=why)
        note(f"{statement}: {decision} by {coder}")
        return
    _queue(library, statement, coder)


def _fields(changes: list[str] | None) -> dict[str, Any]:
    from multivector.errors import BadValue

    fields: dict[str, Any] = {}
    for change in changes or []:
        name, separator, value = change.partition("=")
        if not separator:
            raise BadValue(
                f"{change!r} corrects nothing; expected field=value; as in --set date=1996-04-26"
            )
        try:
            fields[name] = json.loads(value)
        except ValueError:
            fields[name] = value
    return fields


def _queue(library: Library, only: str | None, coder: str) -> None:
    """Ask for a decision on each statement that waits."""
    decided = library.decided()
    waiting = [
        s
        for s in [*library.statements(reviewed=False), *library.proposals()]
        if s.id not in decided and s.duplicate_of is None and only in (None, s.id)
    ]
    note(f"{len(waiting)} statements wait; a accept, r reject, s skip, q quit; correct by command")
    for statement in waiting:
        coded = {k: v for k, v in statement.fields.items() if v not in (None, [], "")}
        text = library.text(statement.doc)
        low, high = max(0, statement.start - 160), statement.end + 160
        passage = f"{text[low : statement.start]}[{statement.quote}]{text[statement.end : high]}"
        by = "" if statement.coder == "rule" else f" by {statement.coder}"
        say(f"\n{statement.id} {statement.kind}{by} {json.dumps(coded, ensure_ascii=False)}")
        say("  … " + " ".join(passage.split()) + " …")
        answer = _asked()
        if answer == "q":
            return
        if answer in ("a", "r"):
            word = {"a": "accept", "r": "reject"}[answer]
            library.review(statement.id, word, coder=coder)


def _asked() -> str:
    try:
        sys.stderr.write("a/r/s/q? ")
        sys.stderr.flush()
        return (sys.stdin.readline() or "q").strip().lower()[:1]
    except (EOFError, UnicodeDecodeError):
        return "q"


@documents_app.command("propose")
def propose(
    docs: Annotated[
        list[str] | None, typer.Argument(help="Documents by their short names; none: all.")
    ] = None,
    by: Annotated[
        str | None,
        typer.Option("--with", help="A classifier's file, or nearest: propose classes, no model."),
    ] = None,
    variable: Annotated[str | None, typer.Option(help="The variable, with nearest.")] = None,
    least: Annotated[float, typer.Option(min=0, max=1, help="Leave out what is less sure.")] = 0,
    price: Annotated[
        float | None, typer.Option(min=0, max=1e6, help="Price of 1,000 tokens sent.")
    ] = None,
    price_out: Annotated[
        float | None, typer.Option(min=0, max=1e6, help="Of 1,000 received; else the same.")
    ] = None,
    max_cost: Annotated[
        float | None, typer.Option(min=0, help="End before this is exceeded; needs --price.")
    ] = None,
    timeout: Annotated[float, typer.Option(min=0.1, max=3600, help="Seconds an answer has.")] = 60,
) -> None:
    """Let a program propose, for people to decide: classes by a classifier, statements by a model.

    --with FILE proposes classes of a variable by a classifier (documents train), --with nearest
    by the coded passages nearest in meaning (extra 'embeddings'). Without it, a language model is
    asked for statements; that is off unless the environment names one:
    MULTIVECTOR_MODEL_URL, MULTIVECTOR_MODEL_KEY and MULTIVECTOR_MODEL name a chat-completions
    endpoint. The passages are sent there. What is answered once is not asked again.
    """
    if by is not None:
        codings.propose_classes(by, variable, docs, least)
        return
    _ask_model(docs, price, price_out, max_cost, timeout)


def _ask_model(
    docs: list[str] | None,
    price: float | None,
    price_out: float | None,
    max_cost: float | None,
    timeout: float,
) -> None:
    """Ask the model of the environment about documents of the study."""
    from multivector.documents.coding.endpoint import Endpoint
    from multivector.documents.coding.proposing import Price, Tally, propose
    from multivector.documents.library.archive import Library
    from multivector.errors import BadValue
    from multivector.study.judgements import Judgements

    endpoint = Endpoint.from_environment(timeout=timeout)
    if price is None and price_out is not None:
        raise BadValue(
            f"--price-out {price_out:g} stands alone; expected the price of what is sent too; "
            "add --price"
        )
    folder = open_workspace().store.folder
    library = Library(folder, Judgements.of(folder))
    paid = None if price is None else Price(price, price if price_out is None else price_out)
    tally = Tally()
    note(f"passages go to {endpoint.address}, model {endpoint.model}")
    try:
        propose(
            library, endpoint, docs=docs, price=paid, max_cost=max_cost, progress=_tell, tally=tally
        )
    finally:
        _sum_up(tally)
    if tally.failed:
        from multivector.documents.coding.endpoint import ModelError

        raise ModelError(
            f"{tally.failed} questions had no usable answer; expected one for each; the reasons "
            "are above, what was answered is stored: run the command again for the rest"
        )


def _tell(answer: Step) -> None:
    if answer.status == "failed":
        note(f"failed: {answer.message}")
    for line in answer.refused:
        note(line)


def _sum_up(tally: Tally) -> None:
    if tally.stopped:
        note(f"ended early: {tally.stopped}")
    say(
        f"blocks: {tally.asked} asked, {tally.stored} answered before, {tally.failed} failed\n"
        f"proposals: {tally.proposed} wait for review, {tally.refused} refused"
    )
    cost = "unknown (no --price)" if tally.cost is None else f"{tally.cost:.6g}"
    guessed = f", not counted by the endpoint for {tally.uncounted}" if tally.uncounted else ""
    say(f"tokens: {tally.sent:,} sent, {tally.received:,} received{guessed}; cost: {cost}")


def _write(rows: list[dict[str, Any]], columns: list[str], to: str, out: Path | None) -> None:
    from multivector import export

    to = export.check_format(to, out, ("table", "jsonl", "csv", "json", "parquet"))
    if to == "jsonl":
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        if text or out is not None:
            write(text, out, f"{len(rows)} rows")
        return
    show(_frame(rows, columns), to, out)


def _frame(rows: list[dict[str, Any]], columns: list[str]) -> Any:
    import polars as pl

    def plain(value: Any) -> Any:
        return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value

    data = {name: [plain(row.get(name)) for row in rows] for name in columns}
    return pl.DataFrame(
        {name: pl.Series(name, values, strict=False) for name, values in data.items()}
    )

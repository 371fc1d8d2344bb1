"""The command line: parse, call the workspace, render. No calculation lives here."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from multivector import (
    cli_claims,
    cli_codings,
    cli_documents,
    cli_exchange,
    cli_report,
    cli_serve,
    cli_vectors,
)
from multivector.errors import BadValue, MultivectorError, choices

if TYPE_CHECKING:
    import polars as pl

    from multivector.brief import Brief
    from multivector.workspace import Workspace

app = typer.Typer(
    name="multivector",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Measure a country's foreign policy: whom it leans to, how deeply, by which means. "
    "Everywhere: --study DIR (or MULTIVECTOR_STUDY) names the folder of your own data sets.",
)
data_app = typer.Typer(no_args_is_help=True, help="Data sets: add, list, verify, remove.")
states_app = typer.Typer(no_args_is_help=True, help="States: names and codes in any scheme.")
app.add_typer(data_app, name="data")
app.add_typer(states_app, name="states")
app.add_typer(cli_documents.documents_app, name="documents")
cli_documents.documents_app.command("search")(cli_exchange.search)
cli_documents.documents_app.command("timeline")(cli_exchange.timeline)
cli_documents.documents_app.add_typer(cli_codings.codebook_app, name="codebook")
cli_documents.documents_app.command("code")(cli_codings.code)
cli_documents.documents_app.command("train")(cli_codings.train)
cli_documents.documents_app.command("similar")(cli_codings.similar)
app.command("vectors")(cli_vectors.vectors)
app.command("compare")(cli_vectors.compare)
app.command("check")(cli_claims.check)
app.command("report")(cli_report.report)
app.command("serve")(cli_serve.serve)

_study: str | None = None

To = Annotated[str, typer.Option("--to", help="Format: table, csv, json, parquet or dta.")]
Out = Annotated[Path | None, typer.Option("--out", help="File to write instead of the terminal.")]


def open_workspace() -> Workspace:
    """Return the workspace of the study named, or the embedded world."""
    from multivector.workspace import Workspace

    return Workspace(_study)


def say(text: str) -> None:
    """Write an answer."""
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")


def note(text: str) -> None:
    """Write what is not the answer, beside it."""
    sys.stderr.write(f"{text}\n")


def show(frame: pl.DataFrame, to: str, out: Path | None, title: str = "") -> None:
    """Write a frame in a format, to the terminal or a file."""
    from multivector import export
    from multivector.terminal import table

    to = export.check_format("csv" if to == "table" and out else to, out)
    if out is not None:
        export.write_frame(out, frame, to)
        note(f"wrote {out}: {frame.height} rows")
    elif to == "table":
        table(frame, title)
    else:
        say(export.as_text(frame, to))


@app.command()
def brief(
    state: Annotated[str, typer.Argument(help="A state, two states (KAZ-TUR) or an organisation.")],
    poles: Annotated[
        str | None, typer.Option(help="Poles, as in USA,EU,RUS,CHN; states or organisations.")
    ] = None,
    year: Annotated[str | None, typer.Option(help="Show the picture as of this year.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="html, json or text.")] = None,
    lang: Annotated[str, typer.Option("--lang", help="Its language: en, tr, ru or kk.")] = "en",
    out: Out = None,
) -> None:
    """Write a sourced picture of a state's foreign policy, of a pair's or an organisation's ties.

    Without --to: a summary in the terminal, and brief-KAZ.html in this folder.
    """
    from multivector.words import using

    with using(lang):
        made = open_workspace().brief(state, poles=poles, year=year)
        _write_brief(made, to, out)


def _write_brief(made: Brief, to: str | None, out: Path | None) -> None:
    from multivector import export, report

    if to is None:
        out = out or Path(f"brief-{made.subject}.html")
        export.write_text(out, report.html(made))
        say(report.text(made))
        say(f"The whole brief: {out.resolve()}")
        return
    export.check_format(to, out, ("html", "json", "text"))
    render = {"html": report.html, "text": report.text, "json": report.json}[to]
    if out is None:
        say(render(made))
    else:
        export.write_text(out, render(made))
        note(f"wrote {out}")


@states_app.command("identify")
def identify(
    names: Annotated[list[str], typer.Argument(help="Names or codes.")],
    year: Annotated[str | None, typer.Option(help="The year in which they are meant.")] = None,
    scheme: Annotated[str | None, typer.Option(help="Code scheme, as in cow or gw.")] = None,
    to: To = "table",
    out: Out = None,
) -> None:
    """Say which state each name or code means."""
    show(open_workspace().identify(names, year=year, scheme=scheme), to, out)


@states_app.command("list")
def list_states(
    year: Annotated[str | None, typer.Option(help="States existing in this year.")] = None,
    to: To = "table",
    out: Out = None,
) -> None:
    """List the states of a year, or of today."""
    show(open_workspace().states(year=year), to, out)


@app.command("organisations")
def organisations_command(
    organisation: Annotated[str | None, typer.Argument(help="Code or name; none: all.")] = None,
    on: Annotated[str | None, typer.Option(help="Day, month or year, as in 2016-01-01.")] = None,
    to: To = "table",
    out: Out = None,
) -> None:
    """List the organisations, or the members of one through time or on a day."""
    show(open_workspace().organisation(organisation, on=on), to, out)


@data_app.command("add")
def data_add(
    files: Annotated[list[Path], typer.Argument(help="Producers' files or folders.")],
    source: Annotated[str | None, typer.Option(help="Source, if it is to be told.")] = None,
    extract: Annotated[
        bool, typer.Option("--extract", help="Accept a part of a data set, with fewer rows.")
    ] = False,
) -> None:
    """Import producers' files, recognised by their content."""
    from multivector.terminal import working

    workspace = open_workspace()
    failures = 0
    for file in files:
        try:
            with working(f"reading {file.name}"):
                release = workspace.load(file, source=source, extract=extract)
        except MultivectorError as error:
            if len(files) == 1:
                raise
            failures += 1
            note(f"error: {error}")
            continue
        rows = ", ".join(f"{name} {entry['rows']:,}" for name, entry in release.files.items())
        say(f"{release.id}: {rows}")
        for line in release.report:
            say(f"  {line['what']}: {line['n']:,} {line['note']}".rstrip())
    if failures:
        raise BadValue(
            f"{failures} of {len(files)} files were not added; expected files as their producers "
            "publish them; see the lines above; the others are stored"
        )


@data_app.command("list")
def data_list(
    every: Annotated[
        bool, typer.Option("--all", help="Every source that can be added, installed or not.")
    ] = False,
    to: To = "table",
    out: Out = None,
) -> None:
    """List embedded and installed tables, or with --all every known source."""
    workspace = open_workspace()
    show(workspace.sources() if every else workspace.inventory(), to, out)


@data_app.command("verify")
def data_verify(to: To = "table", out: Out = None) -> None:
    """Check that every stored table is as it was imported."""
    found = open_workspace().verify()
    show(found, to, out)
    damaged = found.filter(~found["whole"])["release"].unique().sort().to_list()
    if damaged:
        raise MultivectorError(
            f"{choices(damaged)} damaged; expected the files as imported; run 'multivector data "
            "remove NAME' for each and add the data set again"
        )


@data_app.command("remove")
def data_remove(
    names: Annotated[list[str], typer.Argument(help="source or source@version")],
) -> None:
    """Remove installed data sets; everything else stays."""
    workspace = open_workspace()
    for name in names:
        for release in workspace.remove(name):
            say(f"removed {release}")


_OPEN = {"allow_extra_args": True, "ignore_unknown_options": True}


@app.command("measure", context_settings=_OPEN, add_help_option=False)
def measure(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="A measure; none: all.")] = None,
    to: To = "table",
    out: Out = None,
) -> None:
    """Compute a measure: NAME [--years 1992:2019] [--state KAZ] [--option value …]."""
    from multivector import measures
    from multivector.terminal import measure_help

    extra = list(context.args)
    if name is None or name == "--help":
        show(open_workspace().measures(), to, out)
        return
    if "--help" in extra:
        say(measure_help(measures.find(name)))
        return
    _compute(name, extra, to, out)


@app.command("splits", context_settings=_OPEN, add_help_option=False)
def splits(
    context: typer.Context,
    state: Annotated[str | None, typer.Argument(help="A state by name or code.")] = None,
    to: To = "table",
    out: Out = None,
) -> None:
    """Say whom a state joined where poles split: STATE --poles RUS,CHN [--years 2007:2013] …."""
    _named("splits", context, {"state": state}, to, out)


@app.command("ideal-points", context_settings=_OPEN, add_help_option=False)
def ideal_points(context: typer.Context, to: To = "table", out: Out = None) -> None:
    """Estimate ideal points from the votes installed: [--variant joint] [--sweeps 1200] …."""
    _named("ideal_points", context, {}, to, out)


@app.command("binds", context_settings=_OPEN, add_help_option=False)
def binds(
    context: typer.Context,
    organisation: Annotated[str | None, typer.Argument(help="Code or name.")] = None,
    to: To = "table",
    out: Out = None,
) -> None:
    """Say whether an organisation binds: ORG [--outcome votes] [--status member] …."""
    from multivector import export

    if to != "json" or organisation is None or "--help" in context.args:
        _named("binds", context, {"organisation": organisation}, to, out)
        return
    options = {**_pairs(list(context.args)), "organisation": organisation}
    told = export.dump(export.verdict(open_workspace().compute("binds", **options)))
    if out is None:
        say(told)
    else:
        export.write_text(out, told)


def _named(
    name: str, context: typer.Context, given: dict[str, str | None], to: str, out: Path | None
) -> None:
    from multivector import measures
    from multivector.terminal import measure_help

    extra = list(context.args)
    if "--help" in (*extra, *given.values()):
        say(measure_help(measures.find(name)))
        return
    _compute(name, extra, to, out, {k: v for k, v in given.items() if v is not None})


def _compute(
    name: str, extra: list[str], to: str, out: Path | None, given: dict[str, str] | None = None
) -> None:
    from multivector import measures
    from multivector.terminal import counting, working

    options: dict[str, Any] = {**_pairs(extra), **(given or {})}
    workspace = open_workspace()
    if "progress" in measures.find(name).options:
        with counting(name) as progress:
            result = workspace.compute(name, **options, progress=progress)
    else:
        with working(f"computing {name}"):
            result = workspace.compute(name, **options)
    show(result.frame, to, out, name)
    for line in result.notes:
        note(f"note: {line}")
    if to == "table":
        note(f"{result.run.id}; sources: {choices(result.run.releases)}")


def _pairs(extra: list[str]) -> dict[str, Any]:
    """Return ``--key value`` and ``--key=value`` words as options; a lone ``--key`` is true."""
    options: dict[str, Any] = {}
    words = iter(extra)
    pending: str | None = None
    for word in words:
        if word.startswith("--"):
            key, separator, value = word[2:].partition("=")
            pending = None if separator else key.replace("-", "_")
            options[key.replace("-", "_")] = value if separator else True
        elif pending is not None:
            options[pending] = word
            pending = None
        else:
            raise BadValue(
                f"{word!r} belongs to no option; expected --option value; "
                "see 'multivector measure NAME --help'"
            )
    return options


@app.command("query")
def query(
    sql: Annotated[str, typer.Argument(help="One SELECT over the record tables (DuckDB).")],
    to: To = "table",
    out: Out = None,
    limit_s: Annotated[float, typer.Option(help="Seconds it may take.")] = 60.0,
    limit_mb: Annotated[int, typer.Option(help="Megabytes of memory it may take.")] = 2048,
    allow_files: Annotated[
        bool, typer.Option("--allow-files", help="Let it read files, as read_csv('…').")
    ] = False,
) -> None:
    """Ask the record tables, embedded and installed, in SQL: one SELECT, which only reads."""
    from multivector.study.sql import Limits

    limits = Limits(limit_s, limit_mb)
    show(open_workspace().query(sql, limits=limits, allow_files=allow_files), to, out)


@app.command("cite")
def cite(
    releases: Annotated[list[str] | None, typer.Argument(help="source@version; none: all.")] = None,
) -> None:
    """Print the bibliography of the releases in use."""
    say(open_workspace().cite(releases))


def _take_study(words: list[str]) -> tuple[str | None, list[str]]:
    """Take ``--study DIR`` from wherever it stands, so that it may follow the command."""
    study = os.environ.get("MULTIVECTOR_STUDY") or None
    rest: list[str] = []
    at = 0
    while at < len(words):
        word = words[at]
        if word == "--":
            return study, rest + words[at:]
        if word == "--study":
            if at + 1 >= len(words):
                raise BadValue("--study has no value; expected a folder; write --study DIR")
            study, at = words[at + 1], at + 2
            continue
        if word.startswith("--study="):
            study = word.removeprefix("--study=")
        else:
            rest.append(word)
        at += 1
    return study, rest


def main(words: list[str] | None = None) -> None:
    """Run the command line; what the user can mend is one line and exit code 2."""
    global _study
    try:
        _study, rest = _take_study(list(sys.argv[1:] if words is None else words))
        code = app(args=rest, prog_name="multivector", standalone_mode=False)
    except MultivectorError as error:
        note(f"error: {error}")
        code = 2
    except KeyboardInterrupt:
        note("interrupted; what was stored before is unchanged")
        code = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except Exception as error:
        message = getattr(error, "format_message", None)
        if message is None:
            raise
        note(f"error: {' '.join(str(message()).split())} See 'multivector --help'.")
        code = 2
    sys.exit(code if isinstance(code, int) else 0)

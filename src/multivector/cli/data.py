"""What is at hand: the commands ``data``, ``states``, ``organisations``, ``query``, ``cite``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from multivector.cli.output import Out, To, grouped, note, open_workspace, say, show
from multivector.errors import BadValue, MultivectorError, choices

if TYPE_CHECKING:
    from multivector.study.store import Release

data_app = typer.Typer(no_args_is_help=True, help="Data sets: add, list, verify, remove.")
states_app = typer.Typer(no_args_is_help=True, help="States: names and codes in any scheme.")


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


def organisations(
    organisation: Annotated[str | None, typer.Argument(help="Code or name; none: all.")] = None,
    on: Annotated[str | None, typer.Option(help="Day, month or year, as in 2016-01-01.")] = None,
    to: To = "table",
    out: Out = None,
) -> None:
    """List the organisations, or the members of one through time or on a day."""
    show(open_workspace().organisation(organisation, on=on), to, out)


@dataclass(frozen=True)
class Own:
    """What is said of a file of one's own, so that its rows can be read."""

    columns: Annotated[
        str | None, typer.Option(help="Which column is which: exporter=From,year=Year,value=USD.")
    ] = None
    same: Annotated[
        list[str] | None, typer.Option("--set", help="What every row has: unit=USD, flow=exports.")
    ] = None
    unit: Annotated[str | None, typer.Option(help="Unit of every row, as million USD.")] = None
    flow: Annotated[str | None, typer.Option(help="Kind of flow of every row.")] = None
    more: Annotated[
        list[str] | None,
        typer.Option("--how", help="scheme=, name=, part=, encoding= of the file."),
    ] = None
    custom: Annotated[
        list[str] | None, typer.Option(help="What a name means: 'Türkiye (all)=TUR'.")
    ] = None
    accept_loss: Annotated[
        bool, typer.Option("--accept-loss", help="Leave rows of unknown states out, counted.")
    ] = False

    def options(self) -> dict[str, Any]:
        """Return what was said as ``Mapped`` takes it."""
        options: dict[str, Any] = dict(_pairs(self.more or [], "--how"))
        strange = sorted(set(options) - {"scheme", "name", "part", "encoding"})
        if strange:
            raise BadValue(
                f"--how has no {choices(strange)}; expected scheme, name, part or encoding; "
                "correct it"
            )
        every = {"unit": self.unit, "flow": self.flow}
        named = {
            "columns": _pairs(self.columns.split(",") if self.columns else [], "--columns"),
            "constants": _pairs(self.same or [], "--set")
            | {key: value for key, value in every.items() if value is not None},
            "custom": _pairs(self.custom or [], "--custom"),
            "accept_loss": self.accept_loss,
        }
        return options | {key: value for key, value in named.items() if value}


@data_app.command("add")
@grouped
def data_add(
    files: Annotated[list[Path], typer.Argument(help="Producers' files or folders.")],
    source: Annotated[str | None, typer.Option(help="Source, if it is to be named.")] = None,
    extract: Annotated[
        bool, typer.Option("--extract", help="Accept a part of a data set, with fewer rows.")
    ] = False,
    table: Annotated[
        str | None, typer.Option("--as", help="Your own data: the record table they are rows of.")
    ] = None,
    *,
    own: Own,
) -> None:
    """Import producers' files, recognised by their content, or with --as rows of your own."""
    from multivector.study.own import remembered
    from multivector.terminal import working

    workspace, said = open_workspace(), own.options()
    if table is None and said:
        raise BadValue(
            f"{choices(said)} are said of data of your own; expected the record table they are "
            "rows of; add --as flows, or another"
        )
    failures = 0
    for file in files:
        try:
            with working(f"reading {file.name}"):
                if table is not None or remembered(file) is not None:
                    release = workspace.add(file, table=table, **said)
                else:
                    release = workspace.load(file, source=source, extract=extract)
        except MultivectorError as error:
            if len(files) == 1:
                raise
            failures += 1
            note(f"error: {error}")
            continue
        _reported(release)
    if failures:
        raise BadValue(
            f"{failures} of {len(files)} files were not added; expected files as their producers "
            "publish them; see the lines above; the others are stored"
        )


def _reported(release: Release) -> None:
    rows = ", ".join(f"{name} {entry['rows']:,}" for name, entry in release.files.items())
    say(f"{release.id}: {rows}")
    for line in release.report:
        say(f"  {line['what']}: {line['n']:,} {line['note']}".rstrip())


def _pairs(written: list[str], option: str) -> dict[str, str]:
    """Return ``a=b`` pairs as a mapping."""
    found = {}
    for pair in written:
        key, equals, value = (part.strip() for part in pair.rpartition("="))
        if not (key and equals and value):
            raise BadValue(
                f"{option} holds {pair!r}; expected pairs such as year=Year; correct {option}"
            )
        found[key] = value
    return found


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


def cite(
    releases: Annotated[list[str] | None, typer.Argument(help="source@version; none: all.")] = None,
) -> None:
    """Print the bibliography of the releases in use."""
    say(open_workspace().cite(releases))

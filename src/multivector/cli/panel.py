"""The command ``panel``: state-years or dyad-years with measures, a codebook and a bibliography."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from multivector.cli.output import Out, grouped, note, open_workspace, show
from multivector.errors import BadValue, choices

if TYPE_CHECKING:
    from multivector.study.panel import Panel

_ENDINGS = ("csv", "json", "parquet", "dta")


@dataclass(frozen=True)
class Rows:
    """Which rows of the years the panel has."""

    members: Annotated[str, typer.Option(help="Whose list of states: cow, gw or un.")] = "cow"
    directed: Annotated[
        bool, typer.Option("--directed", help="Pairs both ways round, A with B and B with A.")
    ] = False
    relevant: Annotated[
        bool,
        typer.Option("--relevant", help="Only neighbours by land and pairs with a major power."),
    ] = False
    on: Annotated[
        str, typer.Option(help="A member on any day of a year, or on its last: any or last.")
    ] = "any"


@grouped
def panel(
    unit: Annotated[str, typer.Argument(help="dyads or states.")],
    years: Annotated[str, typer.Option(help="One year or FIRST:LAST, as in 1992:2014.")],
    rows: Rows,
    join: Annotated[
        str | None, typer.Option("--with", help="Measures, as in s_score,dependence.")
    ] = None,
    options: Annotated[
        list[str] | None, typer.Option("--set", help="An option of the measures: flow=exports.")
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="A source to take, or one a table: flows=cow_trade.")
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", help="Format: table, csv, json, parquet or dta; else by the file."),
    ] = None,
    out: Out = None,
) -> None:
    """Make a panel of states or pairs of states by year, with measures joined to it.

    Beside the file stand its codebook (``FILE.codebook.md``) and bibliography (``FILE.bib.txt``).
    """
    from multivector import export
    from multivector.study.panel import panel as made_of
    from multivector.terminal import working

    to = export.check_format(_format(to, out), out)
    asked: dict[str, Any] = {"unit": unit, "years": years, **asdict(rows)}
    given = _options(options or [], source)
    names = [name for part in (join or "").split(",") if (name := part.strip())]
    if given and not names:
        raise BadValue(
            f"{choices(given)} is said of no measure; expected measures to join; add --with"
        )
    with working("making the panel"):
        made = made_of(study=open_workspace(), **asked)
        if names:
            made = made.with_(*names, **given)
    if out is None:
        show(made.frame, to, None, "" if to != "table" else made.asked.words)
    else:
        _write(made, to, out)
    for line in made.notes:
        note(f"note: {line}")
    note(f"{made.run.id}; {made.frame.height:,} rows")


def _format(to: str | None, out: Path | None) -> str:
    """Return the format asked for, else that of the file's ending."""
    if to is not None:
        return "csv" if to == "table" and out is not None else to
    if out is None:
        return "table"
    ending = out.suffix.removeprefix(".").lower()
    if ending not in _ENDINGS:
        raise BadValue(
            f"{str(out)!r} does not say its format; expected one that ends in "
            f"{choices('.' + known for known in _ENDINGS)}; correct --out or add --to"
        )
    return ending


def _options(given: list[str], source: str | None) -> dict[str, Any]:
    """Return what is said of the measures: their options and the releases to take."""
    found: dict[str, Any] = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not (key.strip() and equals):
            raise BadValue(f"--set {text!r} is no option; expected name=value; correct it")
        found[key.strip().replace("-", "_")] = value.strip()
    pairs = [part.partition("=") for part in (source or "").split(",") if part.strip()]
    by_table = {table.strip(): release.strip() for table, equals, release in pairs if equals}
    words = [word.strip() for word, equals, _ in pairs if not equals]
    if len(words) > 1:
        raise BadValue(
            f"--source names {choices(words)}; expected one, or table=source; correct it"
        )
    found |= {"source": words[0]} if words else {}
    return found | ({"sources": by_table} if by_table else {})


def _write(made: Panel, to: str, out: Path) -> None:
    """Write the panel, and beside it the codebook and the bibliography."""
    from multivector import export

    export.write_frame(out, made.frame, to, made.labels)
    note(f"wrote {out}: {made.frame.height} rows")
    if not out.is_file():  # standard output, a pipe or a device: there is nothing to stand beside
        return
    for ending, text in (("codebook.md", made.codebook()), ("bib.txt", f"{made.cite()}\n")):
        beside = out.with_name(f"{out.stem}.{ending}")
        export.write_text(beside, text)
        note(f"wrote {beside}")

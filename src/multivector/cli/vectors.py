"""The commands ``vectors`` and ``compare``: the Multi-Vector Index in the terminal."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from multivector.cli.output import Out, To, grouped, note, open_workspace, say, show, write
from multivector.errors import choices

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Asked:
    """What the index is asked with, of one state or of several."""

    poles: Annotated[
        str | None,
        typer.Option(help="Poles, as in USA,EU,RUS,CHN: states, organisations, named sets."),
    ] = None
    domains: Annotated[
        str | None,
        typer.Option(help="Some of votes,trade,finance,security,institutions,people."),
    ] = None
    years: Annotated[str | None, typer.Option(help="One year or FIRST:LAST.")] = None
    by: Annotated[str, typer.Option(help="period or year.")] = "period"
    draws: Annotated[int, typer.Option(help="Draws behind the intervals.")] = 1000
    seed: Annotated[int, typer.Option(help="Start of the random numbers.")] = 0

    def options(self, **more: Any) -> dict[str, Any]:
        """Return the options given, and further ones."""
        given = {**asdict(self), **more}
        return {k: v for k, v in given.items() if v is not None or k in ("poles", "years")}


@grouped
def vectors(
    state: Annotated[str, typer.Argument(help="A state by name or code, in any language.")],
    asked: Asked,
    weights: Annotated[
        str | None, typer.Option(help="A weight for each domain named, as in 2,1.")
    ] = None,
    distance: Annotated[
        str, typer.Option(help="votes, ideal_points, alliances or none.")
    ] = "votes",
    to: To = "table",
    out: Out = None,
) -> None:
    """Say over how many distinct powers a state spreads its foreign policy.

    The index lies between 0 (one vector) and 1 (as spread as these poles allow), with interval,
    shares by domain and pole, and what it rests on.
    """
    from multivector import export
    from multivector import vectors as answers

    export.check_format(to, out)
    options = asked.options(weights=weights, distance=distance)
    found = answers.of_state(open_workspace(), state, **options)
    if to == "json":
        write(export.dump(found.to_dict()), out)
        return
    if to != "table" or out is not None:
        show(found.result.frame, to, out)
    else:
        show(_brief(found.result.frame), to, None, "Multi-Vector Index")
        show(_wide(found.result.frames["shares"]), to, None, "Shares")
        if found.pairs.height:
            columns = ("pole_a", "pole_b", "start", "n_a", "n_b", "abstain", "absent", "n")
            show(found.pairs.select(*columns, "value"), to, None, "Votes where poles split")
    lines = [*found.result.notes, *found.result.frame["note"].drop_nulls().unique().sort()]
    for line in lines:
        note(f"note: {line}")
    note(f"{found.result.run.id}; sources: {choices(found.result.run.releases)}")


@grouped
def compare(
    states: Annotated[list[str], typer.Argument(help="States by name or code.")],
    asked: Asked,
    to: To = "table",
    out: Out = None,
) -> None:
    """Rank states by the Multi-Vector Index over many specifications, in common domains."""
    from multivector import export
    from multivector import vectors as answers

    export.check_format(to, out)
    found = answers.compared(open_workspace(), states, **asked.options())
    if to == "json" and out is None:
        say(export.dump(found.to_dict()))
        return
    show(found.ranks.frame, to, out, "Multi-Vector Index, ranked")
    if to == "table" and out is None:
        show(found.dominance.frame, to, None, "How often one is above the other")
    note(f"{found.ranks.run.id}; sources: {choices(found.ranks.run.releases)}")


def _brief(index: pl.DataFrame) -> pl.DataFrame:
    """Return the columns of the index a terminal has room for; the notes go below."""
    columns = ("start", "end", "value", "low", "high", "effective_vectors", "ceiling", "beta")
    return index.select(*columns, "dominance", "dominant", "tilt", "label", "domains")


def _wide(shares: pl.DataFrame) -> pl.DataFrame:
    """Return shares with a column a pole."""
    return shares.pivot("pole", index=["start", "domain"], values="value")

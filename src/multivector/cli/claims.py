"""The command ``check``: the literature's claims against the data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from multivector.cli.output import Out, note, open_workspace, show, write


def check(
    paper: Annotated[
        str | None, typer.Argument(help="A paper or a claim, as in 001 or 001-C01; none: all.")
    ] = None,
    file: Annotated[Path | None, typer.Option("--file", help="Your own table of claims.")] = None,
    to: Annotated[str, typer.Option("--to", help="table, csv, json or parquet.")] = "table",
    out: Out = None,
) -> None:
    """Check claims of the literature against the data: a verdict each.

    A claim holds, fails, depends on the definition, or cannot be tested with what is installed;
    then the command that would add it is given. With --to json every test is written out: measure,
    options, question, what was found.
    """
    from multivector import claims, export

    to = export.check_format(to, out, ("table", "csv", "json", "parquet"))
    verdicts = claims.check(open_workspace(), paper, file=file)
    if to != "json":
        frame = claims.table(verdicts)
        if to == "table" and out is None:
            frame = frame.select("claim", "verdict", "statement", "claimed", "found")
        show(frame, to, out, "claims")
    else:
        write(export.dump(claims.as_records(verdicts)), out, f"{len(verdicts)} claims")
    note("; ".join(f"{word}: {number}" for word, number in claims.counts(verdicts).items()))

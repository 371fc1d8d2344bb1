"""The command ``check``: the literature's claims against the data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def check(
    paper: Annotated[
        str | None, typer.Argument(help="A paper or a claim, as in 001 or 001-C01; none: all.")
    ] = None,
    file: Annotated[Path | None, typer.Option("--file", help="Your own table of claims.")] = None,
    to: Annotated[str, typer.Option("--to", help="table, csv, json or parquet.")] = "table",
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write instead of the terminal.")
    ] = None,
) -> None:
    """Check claims of the literature against the data: a verdict each.

    A claim holds, fails, depends on the definition, or cannot be tested with what is installed;
    then the command that would add it is given. With --to json every test is written out: measure,
    options, question, what was found.
    """
    from multivector import claims, export
    from multivector.cli import note, open_workspace, say, show

    to = export.check_format(to, out, ("table", "csv", "json", "parquet"))
    verdicts = claims.check(open_workspace(), paper, file=file)
    if to != "json":
        frame = claims.table(verdicts)
        if to == "table" and out is None:
            frame = frame.select("claim", "verdict", "statement", "claimed", "found")
        show(frame, to, out, "claims")
    elif out is None:
        say(export.dump(claims.as_records(verdicts)))
    else:
        export.write_text(out, export.dump(claims.as_records(verdicts)))
        note(f"wrote {out}: {len(verdicts)} claims")
    note("; ".join(f"{word}: {number}" for word, number in claims.counts(verdicts).items()))

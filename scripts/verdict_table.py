"""Print the verdicts of docs/replications/does-the-sco-bind.md from the producers' files.

Run: python scripts/verdict_table.py --baci FILE --cow FILE --votes FILE

With --tsv it writes the verdicts the brief shows instead: trade as embedded in the package, votes
from the producer's file, each row with the run that gives it again.

Run: python scripts/verdict_table.py --votes FILE --tsv src/multivector/data/verdicts.tsv
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import polars as pl

from multivector.errors import MultivectorError
from multivector.measures.binding import binds
from multivector.sources import baci_totals, cow_trade, unga_votes
from multivector.study import world
from multivector.study.world import VERDICT_MORE
from multivector.tables import BINDINGS
from multivector.workspace import Workspace

ORGANISATIONS = ("SCO", "CIS", "EAEU", "CSTO", "OTS")
COLUMNS = ("verdict", "value", "low", "high", "pretrend", "placebo", "placebo_date",
           "minimum_detectable", "n")  # fmt: skip

EMBEDDED = (
    *((name, "member") for name in ORGANISATIONS),
    ("SCO", "observer"),
    ("SCO", "dialogue_partner"),
    *((name, "member") for name in ("EU", "NATO", "ASEAN", "BRICS", "GCC", "MERCOSUR", "ECO")),
)
SPANS = {"trade": (2000, 2020), "votes": (1980, 2024)}
TABLES = {"trade": "flows", "votes": "votes"}


def tables(given: argparse.Namespace) -> list[tuple[str, str, dict[str, Any]]]:
    found: list[tuple[str, str, dict[str, Any]]] = []
    for name, source, path in (
        ("BACI", baci_totals, given.baci),
        ("COW", cow_trade, given.cow),
        ("UN", unga_votes, given.votes),
    ):
        if path is None:
            continue
        read = source.read(path)
        table = "votes" if name == "UN" else "flows"
        rows = read[table].filter(pl.col("year") >= 1980)
        rows = rows.with_columns(source=pl.lit(source.RELEASES[0].id))
        found.append((name, "votes" if name == "UN" else "trade", {table: rows}))
    return found


def show(name: str, told: str, outcome: Any, rows: dict[str, Any], **options: Any) -> None:
    begun = time.perf_counter()
    members = world.table("memberships")
    found = binds(members, outcome=outcome, **rows, **options)
    row = found.verdict.row(0, named=True)
    figures = [row[c] if not isinstance(row[c], float) else f"{row[c]:.3g}" for c in COLUMNS]
    seconds = time.perf_counter() - begun
    print(" | ".join(map(str, (told, outcome, name, *figures, f"{seconds:.1f} s"))), flush=True)
    for check in found.checks.rows(named=True):
        if check["value"] is not None:
            print(f"    {check['kind']}: {check['value']:.3g} ({check['se']:.2g})", flush=True)
        else:
            print(f"    {check['kind']}: not identified", flush=True)


def embed(votes: Path, to: Path) -> None:
    """Write the verdicts as a table, each with the releases and the run behind it."""
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder) / "study")
        workspace.load(votes)
        releases = {
            outcome: ";".join(workspace.table(table).releases) for outcome, table in TABLES.items()
        }
        releases["trade"] = baci_totals.RELEASES[-1].id
        for organisation, status in EMBEDDED:
            for outcome, years in SPANS.items():
                asked = {"organisation": organisation, "outcome": outcome, "status": status}
                try:
                    found = workspace.compute("binds", years=years, **asked)
                except MultivectorError as error:
                    print(organisation, outcome, status, error, flush=True)
                    continue
                row = found.frame.row(0, named=True)
                more = {"last": years[1], "releases": releases[outcome], "source": found.run.id}
                rows.append({**row, **more})
                print(organisation, outcome, status, row["verdict"], flush=True)
    order = ["organisation", "outcome", "status"]
    schema = {**BINDINGS.schema, **VERDICT_MORE}
    frame = pl.DataFrame(rows, schema=schema).sort(order)
    real = [name for name, kind in schema.items() if kind == pl.Float64]
    frame.with_columns(pl.col(real).round_sig_figs(6)).write_csv(
        to, separator="\t", quote_style="never"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("baci", "cow", "votes"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--tsv", type=Path)
    given = parser.parse_args()
    if given.tsv is not None:
        embed(given.votes, given.tsv)
        return
    known = tables(given)
    print(" | ".join(("case", "outcome", "data", *COLUMNS, "time")))
    for organisation in ORGANISATIONS:
        for name, outcome, rows in known:
            checks = ("imputation",) if name == "BACI" else ()
            if organisation == "CIS":
                checks = ()
            show(name, organisation, outcome, rows, organisation=organisation, checks=checks)
    for status in ("observer", "dialogue_partner"):
        for name, outcome, rows in known:
            told = f"SCO, {status}"
            show(name, told, outcome, rows, organisation="SCO", status=status)
    for name, outcome, rows in known:
        show(
            name, "SCO, KAZ-TUR from 2012", outcome, rows,
            organisation="SCO", status="dialogue_partner", pair=("KAZ", "TUR"), since=2012,
        )  # fmt: skip


if __name__ == "__main__":
    main()

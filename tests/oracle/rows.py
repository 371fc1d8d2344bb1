"""The embedded rows, read with plain Polars: nothing of the package's own code but its folder."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl

DATA = Path(str(files("multivector") / "data"))
_TSV = {
    "organisations": "organisations.tsv",
    "memberships": "memberships.tsv",
    "borders": "factbook_borders.tsv",
    "partners": "factbook_partners.tsv",
    "events": "casebook_events.tsv",
    "conflicts": "casebook_conflicts.tsv",
    "sides": "casebook_sides.tsv",
    "quantities": "casebook_quantities.tsv",
    "votes_told": "casebook_votes.tsv",
    "standings_told": "casebook_memberships.tsv",
    "verdicts": "verdicts.tsv",
    "criteria": "criteria.tsv",
    "rules": "voting_rules.tsv",
    "treaties": "organisation_treaties.tsv",
    "poles": "poles.tsv",
    "states": "states.tsv",
    "aggregates": "factbook_aggregates.tsv",
}
_PARQUET = {
    "wdi": "wdi_indicators.parquet",
    "factbook": "factbook_indicators.parquet",
    "ideal_points": "ideal_points.parquet",
    "joint_votes": "joint_votes.parquet",
    "split_votes": "split_votes.parquet",
    "vote_totals": "vote_totals.parquet",
    "vote_neighbours": "vote_neighbours.parquet",
}


def _tsv(name: str) -> pl.DataFrame:
    return pl.read_csv(DATA / name, separator="\t", quote_char=None, infer_schema=False)


def _trade() -> pl.DataFrame:
    """Return who sold what to whom, a row a year, in US dollars."""
    rows = pl.read_parquet(DATA / "trade.parquet").explode("year", "value")
    return rows.with_columns(
        year=pl.col("year").cast(pl.Int64) + 2000, value=1000.0 * pl.col("value").cast(pl.Float64)
    )


def _choices() -> pl.DataFrame:
    """Return the roll calls on final texts, repetitions merged: a row a state, with its letter."""
    calls = pl.read_parquet(DATA / "split_votes.parquet").filter(
        pl.col("kind").is_in(["final", "unknown"]) & pl.col("duplicate_of").is_null()
    )
    return (
        calls.select(
            "rollcall",
            pl.col("year").cast(pl.Int64),
            pl.col("states").cast(pl.String).str.split(";").alias("state"),
            pl.col("choices").str.split("").alias("choice"),
        )
        .with_columns(pl.col("choice").list.eval(pl.element().filter(pl.element() != "")))
        .explode("state", "choice")
    )


@cache
def context() -> pl.SQLContext[Any]:
    """Return the tables by name, as SQL reads them."""
    frames = {name: _tsv(file) for name, file in _TSV.items()}
    for name, file in _PARQUET.items():
        frame = pl.read_parquet(DATA / file)
        texts = [k for k, d in frame.schema.items() if d == pl.Categorical]
        frames[name] = frame.with_columns(pl.col(texts).cast(pl.String))
    frames["trade"] = _trade()
    frames["choices"] = _choices()
    return pl.SQLContext(frames)


def ask(sql: str) -> list[list[Any]]:
    """Return the rows of a query, each as a list."""
    found = context().execute(sql, eager=True)
    assert isinstance(found, pl.DataFrame)
    return [list(row) for row in found.rows()]

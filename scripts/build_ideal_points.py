"""Estimate the embedded ideal points from the producer's votes.

Usage: python scripts/build_ideal_points.py UNVotes.csv Matches.csv [src/multivector/data]

Both files are Bailey, Strezhnev and Voeten's (CC0). Written is ``ideal_points.parquet``: our own
posterior means with 5-95 % intervals, a row a state and session, by the published algorithm with
more sweeps than the default. Without pairs of identical resolutions (give ``-``) they are found
from titles.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from multivector import sources
from multivector.measures.ideal_points import ideal_points

LAST_SESSION = 78
SWEEPS, BURN, THIN, SEED = 8000, 600, 20, 2026


def progress(done: int, total: int) -> None:
    if done % 500 == 0 or done == total:
        print(f"{done:,} of {total:,} sweeps", flush=True)


def main(votes_file: str, bridges_file: str = "-", folder: str = "src/multivector/data") -> None:
    loaded = sources.load(Path(votes_file), source="unga_votes")
    tables = loaded.tables
    rollcalls = tables["rollcalls"].filter(pl.col("session") <= LAST_SESSION)
    votes = tables["votes"].join(rollcalls.select("rollcall"), on="rollcall", how="semi")
    bridges = None
    if bridges_file != "-":
        bridges = sources.load(Path(bridges_file), source="unga_bridges").tables["bridges"]
    fit = ideal_points(
        votes, rollcalls, bridges, sweeps=SWEEPS, burn=BURN, thin=THIN, seed=SEED, progress=progress
    )
    target = Path(folder) / "ideal_points.parquet"
    small = fit.positions.select(
        pl.col("state").cast(pl.Categorical),
        pl.col("session", "year", "n").cast(pl.Int16),
        pl.col("value", "low", "high").round(4),
        pl.lit(votes["source"][0]).cast(pl.Categorical).alias("source"),
    ).select("state", "session", "year", "value", "low", "high", "n", "source")
    small.write_parquet(target, compression="zstd", compression_level=22, statistics=False)
    worst = fit.diagnostics.filter(pl.col("rhat") > 1.1)
    print(f"{target.name}: {small.height:,} rows, {target.stat().st_size:,} bytes")
    print(f"R-hat above 1.1: {worst.height:,}; sessions {sorted(worst['session'].unique())}")


if __name__ == "__main__":
    main(*sys.argv[1:])

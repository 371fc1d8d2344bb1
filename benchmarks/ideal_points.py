"""Time and accuracy of the ideal points on the producers' files.

Usage: python benchmarks/ideal_points.py UNVotes.csv Matches.csv Idealpointestimates.csv

Prints wall and processor seconds of each stage, the milliseconds a sweep takes, agreement with the
published estimates after so many sweeps, and the time to add a session to a stored fit. Give the
April 2020 estimates (sessions to 74). Compilation is timed apart; it is kept on disk.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import polars as pl

from multivector import sources
from multivector.measures import _ordinal_design as designs
from multivector.measures.ideal_points import IdealPoints, ideal_points, update_ideal_points

LAST_SESSION = 74


@contextmanager
def timed(name: str) -> Iterator[None]:
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{name:<44} {wall:8.2f} s wall {cpu:8.2f} s processor", flush=True)


def agreement(fit: IdealPoints, published: pl.DataFrame) -> str:
    both = fit.positions.join(published, on=["state", "session"], suffix="_published")
    r = both.select(pl.corr("value", "value_published")).item()
    inside = (both["value"] >= both["low_published"]) & (both["value"] <= both["high_published"])
    width = (both["high"] - both["low"]) / (both["high_published"] - both["low_published"])
    sessions = both.group_by("session").agg(r=pl.corr("value", "value_published"))["r"]
    worst = fit.diagnostics["rhat"].quantile(0.99)
    return (
        f"n {both.height:,}  r {r:.5f}  a session {np.median(sessions):.5f} / {sessions.min():.4f}"
        f"  in band {inside.mean():.4f}  width {width.median():.3f}  R-hat 99 % {worst:.3f}"
    )


def main(votes_file: str, bridges_file: str, published_file: str) -> None:
    with timed("read votes and bridges"):
        tables = sources.load(Path(votes_file), source="unga_votes").tables
        bridges = sources.load(Path(bridges_file), source="unga_bridges").tables["bridges"]
        published = sources.load(Path(published_file), source="unga_ideal_points").tables[
            "ideal_points"
        ]
    rollcalls = tables["rollcalls"].filter(pl.col("session") <= LAST_SESSION)
    votes = tables["votes"].join(rollcalls.select("rollcall"), on="rollcall", how="semi")
    with timed("design"):
        plan = designs.design(votes, rollcalls, bridges, issue=None, parts="until_1989", smooth=0.5)
    print(
        f"  {plan.observations.height:,} votes, {plan.positions.height:,} positions, "
        f"{plan.items.height:,} linked roll calls"
    )
    with timed("compile, or load what is compiled"):
        ideal_points(votes.head(30_000), rollcalls, bridges, sweeps=2, burn=1, thin=1)
    for variant, sweeps, burn in (
        ("bsv2017", 200, 300),
        ("bsv2017", 600, 300),
        ("bsv2017", 1200, 400),
        ("joint", 600, 300),
    ):
        with timed(f"{variant}: 2 chains of {burn} + {sweeps}"):
            fit = ideal_points(
                votes, rollcalls, bridges, variant=variant, sweeps=sweeps, burn=burn, thin=5
            )
        print(f"  {agreement(fit, published)}")
    before = rollcalls.filter(pl.col("session") < LAST_SESSION)
    stored = ideal_points(votes, before, bridges, sweeps=300, burn=300)
    with timed("add a session to a stored fit"):
        update_ideal_points(stored, votes, rollcalls, bridges)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:,.0f} MB")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Time and memory of the trade reductions and measures, on a made-up file of BACI's layout.

    python benchmarks/trade.py [--rows 10000000] [--totals baci_totals.csv.gz]

Each step runs in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

STEPS = ("pair_years", "read", "measures")


def write_products(path: Path, rows: int, *, seed: int = 0) -> None:
    """Write a product-level year of so many rows: t, i, j, k, v, q."""
    import numpy as np
    import polars as pl

    rng = np.random.default_rng(seed)
    from multivector.names import states

    numbers = [int(str(states.code(s, "m49"))) for s in states.today() if states.code(s, "m49")]
    weight = rng.pareto(1.0, len(numbers)) + 0.01
    chance = weight / weight.sum()
    with path.open("wb") as handle:
        handle.write(b"t,i,j,k,v,q\n")
        for start in range(0, rows, 1_000_000):
            n = min(1_000_000, rows - start)
            frame = pl.DataFrame(
                {
                    "t": np.full(n, 2019),
                    "i": rng.choice(numbers, n, p=chance),
                    "j": rng.choice(numbers, n),
                    "k": rng.integers(1, 98, n) * 10_000 + rng.integers(100, 9_999, n),
                    "v": rng.lognormal(3, 3, n).round(3),
                    "q": rng.lognormal(2, 3, n).round(3),
                }
            )
            frame.write_csv(handle, include_header=False)


def run(step: str, path: Path) -> int:
    """Run one step and return how many rows it gave."""
    from multivector.sources import baci, baci_totals

    if step == "pair_years":
        return baci.pair_years([path]).height
    if step == "read":
        return baci.read(path)["flows"].height
    from multivector.measures import partners, trade_ties

    flows = baci_totals.read(path)["flows"]
    began, worked = time.perf_counter(), time.process_time()
    rows = 0
    for measure in (
        partners.partner_shares,
        partners.concentration,
        partners.dominance,
        partners.effective_partners,
        trade_ties.interdependence,
        trade_ties.asymmetry,
        trade_ties.trade_intensity,
        trade_ties.breadth,
    ):
        rows += measure(flows).height
    rows += trade_ties.dependence(flows, _product(flows)).height
    wall, cpu = time.perf_counter() - began, time.process_time() - worked
    print(f"  measures alone: {wall:.2f} s, {cpu:.2f} s of processor time")
    return rows


def _product(flows: Any) -> Any:
    """Return a made-up product of each state and year."""
    import polars as pl

    years = flows.select("state", "year").unique()
    return years.with_columns(
        indicator=pl.lit("gdp"),
        value=1e12,
        unit=pl.lit("USD"),
        source=pl.lit("benchmark@1"),
        locator=pl.lit("made up"),
    )


def main() -> None:
    """Write the file, run every step apart, print time and peak memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--totals", type=Path)
    parser.add_argument("--step", choices=STEPS)
    parser.add_argument("--file", type=Path)
    given = parser.parse_args()
    if given.step:
        began = time.perf_counter()
        rows = run(given.step, given.file)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{given.step}: {rows:,} rows in {time.perf_counter() - began:.2f} s, {peak:.0f} MB")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "BACI_HS92_Y2019_V209901.csv"
        write_products(path, given.rows)
        print(f"file: {given.rows:,} rows, {path.stat().st_size / 1e6:.0f} MB")
        for step in STEPS:
            file = given.totals if step == "measures" else path
            if file is not None:
                command = [sys.executable, __file__, "--step", step, "--file", str(file)]
                subprocess.run(command, check=True)


if __name__ == "__main__":
    main()

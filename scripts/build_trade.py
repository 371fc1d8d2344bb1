"""Make the embedded trade totals and the indicators of convergence from producers' files.

    python scripts/build_trade.py BACI_TOTALS.csv.gz WDI.zip

Writes ``trade.parquet`` (every pair of states, exports by year, thousands of dollars; CEPII BACI,
Etalab Open Licence 2.0) and ``wdi_indicators.parquet`` (World Bank, CC BY 4.0) into the package's
data folder. Both are our own tables of facts, and say where they come from.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import polars as pl

from multivector import sources
from multivector.sources import baci_totals

DATA = Path(__file__).resolve().parents[1] / "src" / "multivector" / "data"
FIRST = 1990
INDICATORS = (
    "central_government_balance",
    "central_government_debt",
    "gdp",
    "gdp_per_capita",
    "inflation",
    "military_expenditure",
    "population",
)


def write(frame: pl.DataFrame, name: str) -> None:
    path = DATA / name
    frame.write_parquet(path, compression="zstd", compression_level=22, statistics=False)
    print(f"{name}: {frame.height:,} rows, {path.stat().st_size / 1e6:.2f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("baci", type=Path)
    parser.add_argument("wdi", type=Path)
    given = parser.parse_args()
    flows = sources.load(given.baci, source="baci_totals").tables["flows"]
    write(baci_totals.packed(flows), "trade.parquet")
    indicators = sources.load(given.wdi, source="wdi").tables["indicators"]
    kept = indicators.filter(pl.col("indicator").is_in(INDICATORS) & (pl.col("year") >= FIRST))
    write(kept.sort("indicator", "state", "year"), "wdi_indicators.parquet")


if __name__ == "__main__":
    main()

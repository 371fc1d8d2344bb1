"""Make the embedded counts of UN votes from the producer's file.

Usage: python scripts/build_votes.py UNVotes.csv [src/multivector/data]

The file is Voeten, Strezhnev and Bailey's (CC0). Written are counts and the roll calls on which
powers split, never the file: ``joint_votes.parquet``, ``vote_totals.parquet``,
``split_votes.parquet``, ``vote_neighbours.parquet``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from multivector import sources
from multivector.measures import _extracts as extracts
from multivector.measures import neighbours
from multivector.study import world


def write(frame: pl.DataFrame, path: Path) -> None:
    small = [pl.col(c).cast(pl.Int16) for c, t in frame.schema.items() if t == pl.Int64]
    words = ("state", "pole", "partner", "side", "universe", "issue", "kind", "states", "source")
    named = [pl.col(c).cast(pl.Categorical) for c in frame.columns if c in words]
    frame.with_columns(*small, *named).write_parquet(
        path, compression="zstd", compression_level=22, statistics=False
    )
    print(f"{path.name}: {frame.height:,} rows, {path.stat().st_size:,} bytes")


def main(file: str, folder: str = "src/multivector/data") -> None:
    tables = sources.load(Path(file), source="unga_votes").tables
    votes, rollcalls = tables["votes"], tables["rollcalls"]
    joint = extracts.joint_votes(votes, rollcalls)
    stored = extracts.packed(joint)
    again = world.unpacked(stored).sort(joint.columns[:5])
    if not again.equals(joint.sort(joint.columns[:5])):
        raise SystemExit("packing lost counts")
    write(stored, Path(folder) / "joint_votes.parquet")
    write(extracts.vote_totals(votes, rollcalls), Path(folder) / "vote_totals.parquet")
    write(extracts.split_votes(votes, rollcalls), Path(folder) / "split_votes.parquet")
    write(neighbours.windows(votes, rollcalls), Path(folder) / "vote_neighbours.parquet")


if __name__ == "__main__":
    main(*sys.argv[1:])

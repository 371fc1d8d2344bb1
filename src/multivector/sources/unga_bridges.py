"""Pairs of roll calls on identical resolutions, the bridges of the ideal-point model.

``Matches.csv`` of Bailey, Strezhnev and Voeten: two numbers of roll calls a row, the second later.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from multivector.provenance import Origin
from multivector.sources import Head, report_frame
from multivector.sources.unga_votes import CITATION
from multivector.tables import BRIDGES

RELEASES = (
    Origin(
        source="unga_bridges",
        version="2020-04",
        title="Matched roll calls on identical resolutions",
        producer="Michael A. Bailey, Anton Strezhnev, Erik Voeten",
        citation=CITATION,
        url="https://github.com/evoeten/United-Nations-General-Assembly-Votes-and-Ideal-Points",
        licence="CC0 1.0 (data); MIT (repository)",
        retrieved="2026-11-21",
        sha256="3aacf8efdbc334ab5242f9fb89a7ccaa6539d4b1600b3a31df441a56f8ad61e3",
    ),
)
EXPECT = {"bridges": (500, 5_000)}


def recognise(head: Head) -> bool:
    """Return whether the header names two roll calls."""
    return head.has_columns("rcid1", "rcid2")


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Return the pairs."""
    frame = pl.read_csv(path, infer_schema=False)
    pairs = frame.select(
        rollcall_a=pl.col("rcid1").str.replace(r"\.0$", ""),
        rollcall_b=pl.col("rcid2").str.replace(r"\.0$", ""),
        source=pl.lit(""),
    )
    kept = pairs.drop_nulls().unique(["rollcall_a", "rollcall_b"], maintain_order=True)
    report = report_frame(
        [
            ("pairs read", pairs.height, ""),
            ("pairs repeated or incomplete, left out", pairs.height - kept.height, ""),
        ]
    )
    return {"bridges": BRIDGES.conform(kept), "report": report}

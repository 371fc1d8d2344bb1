"""UNGA-DM's votes as the R package fpsim carries them, stacked to one Parquet file.

A second coding of the General Assembly, with yes, abstain and no only: no absences, no votes on
paragraphs or amendments, no resolution numbers. Its year 2022 holds sessions 77 and 78; votes of
session 78 are given the year of their day.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from multivector.provenance import Origin
from multivector.sources import Head
from multivector.sources._un_votes import CHOICES, finish

RELEASES = (
    Origin(
        source="unga_dm",
        version="fpsim-2022",
        title="UN General Assembly votes behind the R package fpsim, 1946 to 2022",
        producer="Steven V. Miller, from UNGA-DM",
        citation=(
            "Miller, Steven V. fpsim: foreign policy similarity, R package, vote tables of "
            "data-raw/un, 1946 to 2022."
        ),
        url="https://github.com/svmiller/fpsim",
        licence="not stated",
        retrieved="2026-11-21",
        sha256="bab76c0575e35ca6ba0817271aaf429a9254630571c268a18b9ea73b562e83c1",
    ),
)
EXPECT = {"votes": (800_000, 1_000_000), "rollcalls": (5_500, 7_000)}

_COLUMNS = {"resid", "session", "year", "date", "ccode", "vote"}


def recognise(head: Head) -> bool:
    """Return whether the file is Parquet with these columns."""
    if head.first[:4] != b"PAR1":
        return False
    return set(pl.read_parquet_schema(head.path)) >= _COLUMNS


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Return roll calls, votes and the report."""
    frame = pl.read_parquet(path, columns=sorted(_COLUMNS)).with_columns(
        number=pl.col("resid").cast(pl.String), date=pl.col("date").cast(pl.String)
    )
    calls = (
        frame.group_by("number", "date")
        .agg(pl.col("session", "year").first().cast(pl.String))
        .with_columns(kind=pl.lit("final"))
        .sort("number", "date")
    )
    votes = frame.select(
        "number",
        "date",
        code=pl.col("ccode").cast(pl.String),
        choice=pl.col("vote").cast(pl.String).replace_strict(CHOICES, default=None),
    ).drop_nulls("choice")
    return finish(calls, votes, scheme="cow")

"""Voeten's votes made wide: one row a roll call, one column a state (vintage June 2024).

Codes are as in the long data. There are no resolutions, titles or kinds, so every roll call is of
kind unknown. Numbers of roll calls are used twice; the later ones are told apart by the day.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from multivector.provenance import Origin
from multivector.sources import Head
from multivector.sources._un_votes import CHOICES, ISSUES, finish, session
from multivector.sources.unga_votes import CITATION, described

RELEASES = (
    Origin(
        source="unga_wide",
        version="2024-06",
        title="United Nations General Assembly Voting Data, June 2024, one column a state",
        producer="Erik Voeten, Anton Strezhnev, Michael Bailey; made wide in Pigeon-Effect",
        citation=CITATION,
        url="https://doi.org/10.7910/DVN/LEJUQZ",
        licence="CC0 1.0",
        retrieved="2026-11-21",
        sha256="b825fa501a9cce83b10e3db7f74b13e2b457975357e7fb6b516fb87c48c49d93",
    ),
)
EXPECT = {"votes": (900_000, 1_500_000), "rollcalls": (6_000, 9_000)}


def recognise(head: Head) -> bool:
    """Return whether the header has roll calls, issues and one column a state."""
    return head.has_columns("rcid", "date", *ISSUES, "USA", "CHN", "RUS")


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Return roll calls, votes and the report."""
    frame = pl.read_csv(path, infer_schema=False).rename({"rcid": "number"})
    own = ("number", "date", *ISSUES)
    calls = described(frame.select(own)).with_columns(session=session(pl.col("date")))
    votes = (
        frame.unpivot(
            [name for name in frame.columns if name not in own],
            index=["number", "date"],
            variable_name="code",
            value_name="vote",
        )
        .filter(pl.col("vote").is_in(list(CHOICES)))
        .with_columns(choice=pl.col("vote").replace_strict(CHOICES))
        .drop("vote")
    )
    return finish(calls, votes, scheme="iso3")

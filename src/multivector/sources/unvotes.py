"""The R package unvotes: the same votes in three tidy tables, without absences.

``un_votes.rda``, ``un_roll_calls.rda`` and ``un_roll_call_issues.rda`` belong together: give any of
them, or their folder, and all three are read from the same place. Absence cannot be studied with
them: the package leaves it out. Nor has it years: a roll call counts in the year in which its
session opened, as fpsim counts them too; the day is kept.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from multivector.errors import UnreadableFile
from multivector.provenance import Origin
from multivector.sources import Head, _rdata
from multivector.sources._un_votes import finish
from multivector.sources.unga_votes import described

RELEASES = (
    Origin(
        source="unvotes",
        version="0.3.0",
        title="unvotes: United Nations General Assembly Voting Data, R package",
        producer="David Robinson, after Erik Voeten",
        citation=(
            "Robinson, David (2021). unvotes: United Nations General Assembly Voting Data. R "
            "package version 0.3.0; from Voeten, Strezhnev and Bailey, doi:10.7910/DVN/LEJUQZ."
        ),
        url="https://github.com/dgrtwo/unvotes",
        licence="MIT (package); CC0 1.0 (data)",
        retrieved="2026-11-21",
        sha256="cf814a48bc536e8f87f8e027942ac515fe6aae9d63cd71dd88ed718b14887e87",
    ),
)
EXPECT = {"votes": (700_000, 1_200_000), "rollcalls": (5_000, 9_000)}

_FILES = ("un_votes", "un_roll_calls", "un_roll_call_issues")


def recognise(head: Head) -> bool:
    """Return whether the file is one of the three, or a folder that holds them."""
    if head.members:
        return {f"{name}.rda" for name in _FILES} <= set(head.members)
    return _rdata.first_object(head) in _FILES


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Return roll calls, votes and the report from the three files that belong together."""
    folder = path if path.is_dir() else path.parent
    parts = {name: _part(folder, name) for name in _FILES}
    issues = (
        parts["un_roll_call_issues"]
        .group_by("rcid")
        .agg(issues=pl.col("short_name").unique().sort().str.join(";"))
    )
    calls = parts["un_roll_calls"].join(issues, on="rcid", how="left")
    calls = calls.with_columns(year=pl.col("session") + 1945).rename({"rcid": "number"})
    calls = described(calls.with_columns(pl.all().cast(pl.String)))
    votes = parts["un_votes"].select(
        number=pl.col("rcid").cast(pl.Int64).cast(pl.String), code="country", choice="vote"
    )
    votes = votes.join(calls.select("number", "date"), on="number")
    return finish(calls, votes, scheme=None)


def _part(folder: Path, name: str) -> pl.DataFrame:
    path = folder / f"{name}.rda"
    if not path.is_file():
        raise UnreadableFile(
            f"the file {name}.rda is not in {folder.name or 'this folder'}; expected the three of "
            f"the R package, {', '.join(f'{n}.rda' for n in _FILES)}, side by side; add it there"
        )
    frames = _rdata.read(path)
    if name not in frames:
        raise UnreadableFile(
            f"{name}.rda holds no table {name}; expected the file of the R package unvotes; "
            "download it again"
        )
    return frames[name]

"""The UN Digital Library's own voting data, ``ga_voting``: adopted resolutions, all sessions.

Three header layouts have been published: September 2024 with plural names (``ms_codes``), March
2025, and since July 2025 with ``vote_note``. Only resolutions adopted by a recorded vote are in it,
no paragraphs, amendments or failed drafts, so every roll call is of kind final. Non-voting (X, or
NV in 2024) is read as absence. Codes of vanished states are of no scheme: their names decide.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from multivector.provenance import Origin
from multivector.sources import Head
from multivector.sources._un_votes import finish, session

RELEASES = (
    Origin(
        source="undl_votes",
        version="2025-07",
        title="United Nations General Assembly Voting Data",
        producer="UN Dag Hammarskjöld Library",
        citation=(
            "United Nations Dag Hammarskjöld Library. General Assembly Voting Data, version 3 "
            "(July 2025). United Nations, 2025."
        ),
        url="https://digitallibrary.un.org/record/4060887",
        licence="Copyright United Nations; non-commercial use with attribution",
        retrieved="2026-11-21",
    ),
)
EXPECT = {"votes": (800_000, 1_300_000), "rollcalls": (4_500, 9_000)}

_PLURAL = {
    "ms_codes": "ms_code",
    "ms_names": "ms_name",
    "ms_votes": "ms_vote",
    "resolutions": "resolution",
    "yes": "total_yes",
    "no": "total_no",
    "abstentions": "total_abstentions",
}
_CHOICES = {"Y": "yes", "N": "no", "A": "abstain", "X": "absent", "NV": "absent"}


def recognise(head: Head) -> bool:
    """Return whether the header is one of the three layouts."""
    return head.has_columns("undl_id", "ms_code", "ms_vote") or head.has_columns(
        "undl_id", "ms_codes", "ms_votes"
    )


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Return roll calls, votes and the report."""
    frame = pl.scan_csv(path, infer_schema=False, encoding="utf8-lossy")
    frame = frame.rename(lambda name: name.lstrip("\ufeff"))
    frame = frame.rename(_PLURAL, strict=False)
    tidy = r"(?i)\s*:\s*resolution\s*/.*$"
    day = pl.col("date").str.slice(0, 10)
    calls = (
        frame.group_by(number="undl_id", date=day)
        .agg(
            pl.col("title").first().str.replace(tidy, ""),
            unres=pl.col("resolution").first(),
            yes=pl.col("total_yes").first(),
            abstain=pl.col("total_abstentions").first(),
            no=pl.col("total_no").first(),
        )
        .with_columns(kind=pl.lit("final"), session=session(pl.col("date")))
        .sort("number", "date")
        .collect(engine="streaming")
    )
    votes = frame.select(
        number="undl_id",
        date=day,
        code="ms_code",
        name="ms_name",
        choice=pl.col("ms_vote").str.strip_chars().replace_strict(_CHOICES, default=None),
    ).collect(engine="streaming")
    return finish(calls, votes, scheme="iso3")

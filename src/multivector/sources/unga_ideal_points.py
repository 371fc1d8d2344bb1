"""Published ideal points of states in the General Assembly, all issues or one.

Two layouts: April 2020, where the file for all issues has plain column names and the others carry
the issue as a suffix, and June 2024, where all carry it and there are agreement columns too. The
estimate for all issues becomes ``ideal_points``; one for a single issue, which must not be mixed
with it, becomes an indicator such as ``ideal_point_nuclear``.
"""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

from multivector.provenance import Origin
from multivector.sources import Head, report_frame
from multivector.sources._un_votes import identified, seat
from multivector.sources.unga_votes import CITATION
from multivector.tables import IDEAL_POINTS, INDICATORS


def _release(version: str, sha256: str) -> Origin:
    return Origin(
        source="unga_ideal_points",
        version=version,
        title="Ideal point estimates from UN General Assembly votes",
        producer="Michael A. Bailey, Anton Strezhnev, Erik Voeten",
        citation=CITATION,
        url="https://doi.org/10.7910/DVN/LEJUQZ",
        licence="CC0 1.0",
        retrieved="2026-11-21",
        sha256=sha256,
    )


RELEASES = (
    _release(
        "2020-04-human-rights", "4eb34fcf0e5716e41adc4e466458fdd263c5c08589342775d979a380c44aed0e"
    ),
    _release(
        "2020-04-important", "cc432c1db5345c7ccc2fd30fd9c2f977036de9bd3999e329f46100120b3b80db"
    ),
    _release(
        "2020-04-middle-east", "914a6ff70ffe982443024663905208ed7e5600508e48bed3f6eaaa5a1836706b"
    ),
    _release(
        "2020-04-no-nuclear", "2e1992ffe1d34d996b4fe1571f51ed73216783d14d68b77aa80132d60fc1582e"
    ),
    _release("2020-04-nuclear", "fc6b3c559ceaf50ed0368a5a872ef68750ea4d269bef1024733351612503cbdd"),
    _release("2020-04", "470ae7adf153b70867e24e6def08918580a79708dac8a107433919641689814c"),
    _release("2024-06", "c95fe5ccd1bb17c7f579e1481c21239fb9740e2934ef23709fa298e660924900"),
)
EXPECT: dict[str, tuple[int, int]] = {}

_POINT = re.compile(r"idealpoint([a-z]*)")
_ISSUES = {
    "nonukes": "no_nuclear",
    "middleeast": "middle_east",
    "humanrights": "human_rights",
}


def recognise(head: Head) -> bool:
    """Return whether the header has a state, a session and an ideal point."""
    columns = [name.strip() for name in head.header.split(",")]
    return head.has_columns("ccode", "session") and any(map(_POINT.fullmatch, columns))


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Return the estimates with their 5 and 95 % quantiles."""
    frame = pl.read_csv(path, infer_schema=False, encoding="utf8-lossy", null_values=["NA", ""])
    frame = frame.rename(str.lower)
    suffix = next(m[1] for m in map(_POINT.fullmatch, frame.columns) if m)
    year = pl.col("session").cast(pl.Int64) + 1945
    frame = frame.with_columns(
        code=pl.col("ccode"), date=pl.concat_str(year.cast(pl.String), pl.lit("-12-01"))
    )
    frame = seat(frame.join(identified(frame, "cow"), on="code"))
    rows = frame.select(
        "session",
        state="seat",
        year=year,
        value=f"idealpoint{suffix}",
        low=f"q5%{suffix}",
        high=f"q95%{suffix}",
        n=pl.col(f"nvotes{suffix}").cast(pl.Float64).cast(pl.Int64),
        source=pl.lit(""),
    )
    kept = rows.unique(["state", "session"], keep="first", maintain_order=True)
    report = report_frame(
        [
            ("country-sessions read", rows.height, ""),
            ("second estimates of one seat left out", rows.height - kept.height, ""),
        ]
    )
    if suffix in ("", "all"):
        return {"ideal_points": IDEAL_POINTS.conform(_numbers(kept)), "report": report}
    issue = _ISSUES.get(suffix, suffix)
    points = _numbers(kept).with_columns(
        indicator=pl.lit(f"ideal_point_{issue}"),
        unit=pl.lit("standard deviations over country-sessions"),
        estimate=pl.lit(value=True),
        locator=pl.concat_str(pl.lit("session "), "session"),
    )
    return {"indicators": INDICATORS.conform(points), "report": report}


def _numbers(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col("value", "low", "high").cast(pl.Float64))

"""Voeten, Strezhnev and Bailey's United Nations General Assembly Voting Data, long layout.

Read are ``UNVotes.csv`` (sessions 1 to today, one row a state and roll call) and the older
``UNVotesPublished.RData``. Numbers of roll calls are not a key in the vintages since 2023, so the
day is one too. The producer has no mark for motions; texts that call themselves one are marked.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from multivector.errors import UnreadableFile, choices
from multivector.provenance import Origin
from multivector.sources import Head, _rdata
from multivector.sources._un_votes import CHOICES, ISSUES, finish

CITATION = (
    "Voeten, Erik, Anton Strezhnev and Michael Bailey. United Nations General Assembly Voting "
    "Data. Harvard Dataverse, doi:10.7910/DVN/LEJUQZ; with Bailey, Michael A., Anton Strezhnev and "
    "Erik Voeten (2017), Estimating Dynamic State Preferences from United Nations Voting Data, "
    "Journal of Conflict Resolution 61(2)."
)


def _release(version: str, sha256: str) -> Origin:
    return Origin(
        source="unga_votes",
        version=version,
        title="United Nations General Assembly Voting Data",
        producer="Erik Voeten, Anton Strezhnev, Michael Bailey",
        citation=CITATION,
        url="https://doi.org/10.7910/DVN/LEJUQZ",
        licence="CC0 1.0",
        retrieved="2026-11-21",
        sha256=sha256,
    )


RELEASES = (
    _release("sessions-1-70", "7cf08a10ceb316711f94e6c16889be49a5400f84fcb015801b5c2b9116c572f6"),
    _release("1946-2024", "2b73b4f5dfa05e503ef49e716f9277d816cca3b94c02d4f11536f1f9df7596b7"),
    _release("1946-2024", "3956d89a4b30552236b7fd8f4bf32a94a4ee5bf46bbe966b1161a1db32407055"),
)
EXPECT = {"votes": (700_000, 1_500_000), "rollcalls": (5_000, 9_000)}

_NEEDED = ("rcid", "ccode", "vote", "date")
_CALLS = (
    "year",
    "session", "unres", "para", "amend", "short", "descr", "importantvote", "yes", "abstain", "no",
    *ISSUES,
)  # fmt: skip


def recognise(head: Head) -> bool:
    """Return whether the file is the long CSV or the RData of it."""
    if head.has_columns(*_NEEDED):
        return True
    return _rdata.first_object(head) == "x"


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Return roll calls, votes and the report of a CSV or RData file."""
    frame = _scan(path)
    found = frame.collect_schema().names()
    day = _day(pl.col("date"), pl.col("year") if "year" in found else pl.lit(None))
    number = pl.col("rcid").str.replace(r"\.0$", "")
    calls = (
        frame.group_by(number=number, date=day)
        .agg(pl.col(name).first() for name in _CALLS if name in found)
        .sort("number", "date")
        .collect(engine="streaming")
    )
    votes = (
        frame.filter(pl.col("vote").str.slice(0, 1).is_in(list(CHOICES)))
        .select(
            number=number,
            date=day,
            code=pl.col("ccode").str.replace(r"\.0$", ""),
            choice=pl.col("vote").str.slice(0, 1).replace_strict(CHOICES),
        )
        .collect(engine="streaming")
    )
    return finish(described(calls), votes, scheme="cow")


def _scan(path: Path) -> pl.LazyFrame:
    if _rdata.is_r(path):
        frame = next(iter(_rdata.read(path).values()))
        missing = sorted(set(_NEEDED) - set(frame.columns))
        if missing:
            raise UnreadableFile(
                f"the R file {path.name} has no columns {choices(missing)}; expected Voeten's "
                f"UN votes with {choices(_NEEDED)}; check that it is the right file"
            )
        return frame.lazy().select(pl.all().cast(pl.String))
    return pl.scan_csv(
        path, infer_schema=False, encoding="utf8-lossy", null_values=["NA", ""], quote_char='"'
    )


def _day(date: pl.Expr, year: pl.Expr) -> pl.Expr:
    """Return ISO days from 2012-12-03 and from 12/3/2012; the year alone where there is no day."""
    american = date.str.to_date("%m/%d/%Y", strict=False).dt.to_string("%Y-%m-%d")
    known = pl.when(date.str.contains("/")).then(american).otherwise(date)
    return pl.coalesce(known, year.cast(pl.String).str.slice(0, 4))


def described(calls: pl.DataFrame) -> pl.DataFrame:
    """Return the roll calls with title and issues.

    Until the 1980s ``descr`` says what was voted on and ``short`` is a heading; later ``descr`` is
    the title of the resolution, or, for separate votes, what the president said, and in 2016 to
    2018 the item of the agenda, with the title in ``short``.
    """
    empty = [name for name in ("short", "descr", *ISSUES) if name not in calls.columns]
    calls = calls.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in empty)
    spoken = pl.col("descr").str.contains(r"^The (?:Acting )?President\b")
    telegram = pl.col("descr").str.to_uppercase() == pl.col("descr")
    agenda = pl.col("descr").str.contains(r"^A/\d+/\d+ ")
    name = pl.when(~(spoken | telegram | agenda)).then(pl.col("descr"))
    tidy = r"(?i)\s*:\s*resolution\s*/.*$"
    flags = [
        pl.when(pl.col(issue).str.to_uppercase().is_in(["1", "1.0", "TRUE"])).then(pl.lit(issue))
        for issue in ISSUES
    ]
    issues = pl.concat_str(flags, separator=";", ignore_nulls=True)
    if "issues" in calls.columns:
        issues = pl.col("issues")
    return calls.with_columns(
        text=pl.col("descr"),
        title=pl.coalesce(name, "short").str.replace(tidy, "").str.strip_chars(),
        issues=pl.when(issues != "").then(issues),
    )

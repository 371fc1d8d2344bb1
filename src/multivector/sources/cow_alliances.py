"""Correlates of War, Formal Alliances v4.1, by member: obligations of states with their spells.

One row a member and spell. The strongest obligation gives the kind: defense, neutrality,
nonaggression, entente. An end that is empty means still in force at the end of 2012. Days that
the producer does not know are left off, so that dates may be partial.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from multivector.provenance import Origin
from multivector.sources import Head, _rows, report_frame
from multivector.tables import TREATIES

RELEASES = (
    Origin(
        source="cow_alliances",
        version="4.1",
        title="Correlates of War Formal Alliances, version 4.1, by member",
        producer="Douglas M. Gibler",
        citation="Gibler, D. M. (2009). International Military Alliances, 1648-2008. CQ Press.",
        url="https://correlatesofwar.org/data-sets/formal-alliances/",
        licence="free for research with citation",
        retrieved="2026-11-21",
        sha256="dc4cda15a2d48a84d0737978586e6ae7bb4873f46cf3668885a8ea2adce3ccb0",
    ),
)
EXPECT = {"treaties": (1_000, 2_000)}

_KINDS = ("defense", "neutrality", "nonaggression", "entente")
_COLUMNS = ("version4id", "ccode", "mem_st_year", "mem_end_year", "ss_type", *_KINDS)


def recognise(head: Head) -> bool:
    """Return whether the file is the table by member."""
    return head.has_columns(*_COLUMNS)


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Return treaties, one row a member and spell, and the report."""
    frame = _rows.csv(path, *_COLUMNS)
    report: _rows.Report = [("members read", frame.height, "")]
    frame = frame.with_columns(year=pl.col("mem_st_year").cast(pl.Int64))
    frame = _rows.placed(frame, {"ccode": "state"}, report, scheme="cow")
    kind = pl.coalesce(pl.when(pl.col(name) == "1").then(pl.lit(name)) for name in _KINDS)
    treaties = frame.select(
        "state",
        treaty=pl.lit("cow-") + pl.col("version4id"),
        name=pl.col("ss_type").str.strip_chars(),
        field=pl.lit("alliance"),
        kind=kind,
        start=_date("mem_st"),
        end=_date("mem_end"),
        source=pl.lit(""),
        locator=pl.lit("version4id ") + pl.col("version4id"),
    ).unique(["treaty", "state", "start"], maintain_order=True)
    report.append(("spells kept", treaties.height, ""))
    return {"treaties": TREATIES.conform(treaties), "report": report_frame(report)}


def _date(prefix: str) -> pl.Expr:
    """Return an ISO date as exact as its parts; null without a year."""
    parts = (pl.col(f"{prefix}_{part}") for part in ("year", "month", "day"))
    year, month, day = (pl.when(part != "").then(part) for part in parts)
    return _rows.partial_date(year, month, day)

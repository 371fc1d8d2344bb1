"""ATOP, Alliance Treaty Obligations and Provisions: obligations of states by member and spell.

One row a member and phase of an alliance. The kind is the strongest obligation: defense, offense,
neutrality, nonaggression, consultation; the name lists all of them, as the file has no names of
treaties. A month or day the producer does not know is left off, and a year of exit of 0 means in
force when the data end. Broad bodies with a promise of nonaggression, such as the OSCE, count as
alliances here, so that many pairs are allied which no defense pact ties.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from multivector.provenance import Origin
from multivector.sources import Head, _rows, report_frame
from multivector.tables import TREATIES

RELEASES = (
    Origin(
        source="atop",
        version="4.01",
        title="Alliance Treaty Obligations and Provisions, member level, 1815-2016",
        producer="ATOP Project, Rice University",
        citation=(
            "Leeds, B. A., Ritter, J. M., Mitchell, S. M. and Long, A. G. (2002). Alliance Treaty "
            "Obligations and Provisions, 1815-1944. International Interactions 28(3)."
        ),
        url="http://www.atopdata.org",
        licence="free for research with citation",
        retrieved="2026-11-21",
        sha256="82e964f072586f6e6538bd61622b4a75f08302871d11ff65670a6b5afb9f5e7c",
    ),
)
EXPECT = {"treaties": (1_800, 4_000)}

_KINDS = {
    "defense": "defense",
    "offense": "offense",
    "neutral": "neutrality",
    "nonagg": "nonaggression",
    "consul": "consultation",
}
_COLUMNS = ("atopid", "member", "yrent", "moent", "dayent", "yrexit", "moexit", "dayexit", *_KINDS)


def recognise(head: Head) -> bool:
    """Return whether the file is the table by member."""
    return head.has_columns(*_COLUMNS)


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Return treaties, one row a member and spell, and the report."""
    frame = _rows.csv(path, *_COLUMNS, lower=True)
    report: _rows.Report = [("members and phases read", frame.height, "")]
    frame = frame.with_columns(year=pl.col("yrent").cast(pl.Int64), value=pl.lit(0))
    _rows.refuse_impossible(frame, path, "value", (1815, 2100))
    frame = _rows.placed(frame, {"member": "state"}, report, scheme="cow")
    rows = frame.select(
        "state",
        treaty=pl.lit("atop-") + pl.col("atopid"),
        name=pl.concat_str(pl.lit("Alliance "), "atopid", pl.lit(": "), _obligations()),
        field=pl.lit("alliance"),
        kind=pl.coalesce(_held(column, kind) for column, kind in _KINDS.items()),
        start=_date("ent"),
        end=_date("exit"),
        source=pl.lit(""),
        locator=pl.concat_str(pl.lit("atopid "), "atopid", pl.lit(", member "), "member"),
    )
    kept = rows.unique(["treaty", "state", "start"], keep="first", maintain_order=True)
    repeated = rows.height - kept.height
    report.append(("rows of the same member and first day", repeated, "the first is kept"))
    report.append(("spells kept", kept.height, f"{kept['treaty'].n_unique()} treaties"))
    return {"treaties": TREATIES.conform(kept), "report": report_frame(report)}


def _held(column: str, kind: str) -> pl.Expr:
    return pl.when(pl.col(column) == "1").then(pl.lit(kind))


def _obligations() -> pl.Expr:
    held = pl.concat_list(_held(column, kind) for column, kind in _KINDS.items())
    listed = held.list.drop_nulls().list.join(", ")
    return pl.when(listed == "").then(pl.lit("no obligation coded")).otherwise(listed)


def _date(part: str) -> pl.Expr:
    """Return an ISO date as exact as its parts, each of them null, 0 or negative if not known."""
    year, month, day = (
        pl.when(pl.col(f"{unit}{part}").cast(pl.Int64, strict=False) > 0).then(
            pl.col(f"{unit}{part}")
        )
        for unit in ("yr", "mo", "day")
    )
    return _rows.partial_date(year, month, day)

"""Correlates of War Trade Data Set: dyadic trade 1870-2014, version 4.

One row a pair and year: ``flow1`` are the imports of the first state from the second, ``flow2`` the
reverse, in millions of current US dollars. The producers prefer the importer's report and fall back
on the exporter's, so that the rows are marked reconciled. Missing (-9 in the producer's file, empty
in copies) is kept as null, and is not a zero. The smoothed series is not read.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from multivector.provenance import Origin
from multivector.sources import Head, _rows, report_frame

RELEASES = (
    Origin(
        source="cow_trade",
        version="4.0",
        title="Correlates of War Project Trade Data Set, version 4.0: dyadic trade",
        producer="Katherine Barbieri, Omar M. G. Keshk, Brian M. Pollins",
        citation=(
            "Barbieri, K. and Keshk, O. M. G. (2016). Correlates of War Project Trade Data Set "
            "Codebook, Version 4.0; with Barbieri, K., Keshk, O. M. G. and Pollins, B. M. (2009), "
            "TRADING DATA: Evaluating our Assumptions and Coding Rules, Conflict Management and "
            "Peace Science 26(5)."
        ),
        url="https://correlatesofwar.org/data-sets/bilateral-trade/",
        licence="free for research with citation",
        retrieved="2026-11-21",
        sha256="128fdf14c5f4bb47b6f6e7638ec97446db9b808c9539ac68757604bdb7c1c052",
    ),
)
EXPECT = {"flows": (2_000_000, 3_600_000)}

_COLUMNS = ("ccode1", "ccode2", "year", "flow1", "flow2")


def recognise(head: Head) -> bool:
    """Return whether the file is the dyadic trade table."""
    return head.has_columns(*_COLUMNS)


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Return flows in US dollars, nulls kept, and the report."""
    frame = _rows.csv(path, *_COLUMNS, lower=True)
    number = {name: pl.Int64 if name in _COLUMNS[:3] else pl.Float64 for name in _COLUMNS}
    frame = frame.select(pl.col(name).cast(kind) for name, kind in number.items())
    report: _rows.Report = [("pairs and years read", frame.height, "")]
    frame = frame.with_columns(
        pl.when(pl.col(name) != -9).then(pl.col(name)).alias(name) for name in ("flow1", "flow2")
    )
    for name in ("flow1", "flow2"):
        _rows.refuse_impossible(frame, path, name, (1870, 2100))
    _rows.refuse_repeated(frame, ["ccode1", "ccode2", "year"], path)
    frame = _rows.placed(frame, {"ccode1": "first", "ccode2": "second"}, report, scheme="cow")
    million = 1_000_000
    directed = pl.concat(
        [
            frame.select("year", origin="second", target="first", value=pl.col("flow1") * million),
            frame.select("year", origin="first", target="second", value=pl.col("flow2") * million),
        ]
    )
    report.append(("flows the producer marks missing", directed["value"].null_count(), ""))
    directed = _rows.summed(directed, ["origin", "target", "year"], report)
    flows = _rows.both_sides(directed, unit="USD", locator="flow1, flow2 of ccode1, ccode2, year")
    report.append(("flows kept", flows.height, "each directed flow seen from both sides"))
    return {"flows": flows, "report": report_frame(report)}

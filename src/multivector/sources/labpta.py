"""LABPTA, labour provisions in trade agreements: here for DESTA's depth index that it carries.

One row an agreement signed 1990-2016, under DESTA's number, without parties: it is joined to
DESTA's list of treaties by that number. ``depth_index`` counts seven kinds of provision (full
tariff cut, services, investment, standards, procurement, competition, property rights), each 0 or
1; ten agreements have none. The columns on labour and on the parties' politics are not read.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from multivector.errors import SchemaError, choices
from multivector.provenance import Origin
from multivector.sources import Head, _rows, report_frame
from multivector.tables import TREATY_DEPTHS

RELEASES = (
    Origin(
        source="labpta",
        version="2018",
        title="Labour provisions in 483 trade agreements 1990-2016, with DESTA's depth index",
        producer="Damian Raess, Andreas Dür, Dora Sari",
        citation=(
            "Raess, D., Dür, A. and Sari, D. (2018). Protecting labor rights in preferential trade "
            "agreements: the role of trade unions, left governments, and skilled labor. The Review "
            "of International Organizations, doi:10.1007/s11558-018-9301-z."
        ),
        url="https://doi.org/10.1007/s11558-018-9301-z",
        licence="free for research with citation; terms not stated in the file",
        retrieved="2026-11-21",
        sha256="1a8b6be33a681eb2449ce3ec3e4cd316b8eaa03e79c9d9917ae66eca1cc9c7c2",
    ),
)
EXPECT = {"treaty_depths": (450, 700)}

_COLUMNS = ("Number", "Name", "year", "depth_index")
_DEEPEST = 7


def recognise(head: Head) -> bool:
    """Return whether the file is the table by agreement, with its labour provisions."""
    return head.has_columns(*_COLUMNS, "LP_depth_6values")


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Return the depth of each agreement, and the report."""
    frame = _rows.csv(path, *_COLUMNS, nulls=("NA", ""))
    numbered = frame.with_columns(
        year=pl.col("year").cast(pl.Int64),
        value=pl.col("depth_index").cast(pl.Int64),
        number=pl.col("Number").str.strip_chars(),
    ).select("number", "year", "value", "Name")
    _rows.refuse_impossible(numbered, path, "value", (1945, 2100))
    _refuse_too_deep(numbered, path)
    _rows.refuse_repeated(numbered, ["number"], path)
    depths = numbered.select(
        treaty=pl.lit("desta-") + pl.col("number"),
        title=pl.col("Name").str.strip_chars(),
        year="year",
        depth="value",
        source=pl.lit(""),
        locator=pl.lit("Number ") + pl.col("number") + pl.lit(", column depth_index"),
    )
    report: _rows.Report = [
        ("agreements read", depths.height, ""),
        ("agreements without a depth", depths["depth"].null_count(), "kept, null"),
    ]
    return {"treaty_depths": TREATY_DEPTHS.conform(depths), "report": report_frame(report)}


def _refuse_too_deep(frame: pl.DataFrame, path: Path) -> None:
    bad = frame.with_row_index("row", offset=2).filter(pl.col("value") > _DEEPEST)
    if bad.height:
        raise SchemaError(
            f"the file {path.name} has {bad.height} depths above {_DEEPEST}, first row "
            f"{bad['row'][0]}: {choices(bad.drop('row').row(0))}; expected DESTA's index from 0 "
            f"to {_DEEPEST}; download it again"
        )

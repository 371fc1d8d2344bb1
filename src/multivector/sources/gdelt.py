"""GDELT event files, versions 1.0 and 2.0, as the project publishes them.

Tab-separated without a header, 58 or 61 columns, codes with leading zeros. Countries of actors are
CAMEO's three letters, in part regions, which are no states. Kept are events between two states.
A file that a spreadsheet has saved again has lost the zeros and is refused.
"""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

from multivector.errors import UnreadableFile
from multivector.provenance import Origin
from multivector.sources import Head, report_frame
from multivector.sources._cameo import Report, events

RELEASES = (
    Origin(
        source="gdelt",
        version="2.0",
        title="GDELT Event Database",
        producer="The GDELT Project",
        citation="Leetaru, K. and Schrodt, P. A. (2013). GDELT: Global data on events, location, "
        "and tone, 1979-2012. ISA Annual Convention.",
        url="https://www.gdeltproject.org/data.html",
        licence="free use with citation of the GDELT Project",
        retrieved="2026-11-21",
    ),
)
EXPECT = {"events": (1, 1_000_000_000)}
_WIDTHS = (58, 61)
_DAMAGED = re.compile(r"globaleventid[;,]sqldate", re.IGNORECASE)
_FIELDS = {"event": 0, "day": 1, "first": 7, "second": 17, "code": 26, "intensity": 30}


def recognise(head: Head) -> bool:
    """Return whether the first line has the fields of an event file."""
    first = (head.text.splitlines() or [""])[0]
    if _DAMAGED.match(first.replace('"', "")):
        return True
    cells = first.split("\t")
    if len(cells) not in _WIDTHS:
        return False
    return cells[0].isdigit() and re.fullmatch(r"\d{8}", cells[1]) is not None


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Return the events between two states."""
    rows = pl.read_csv(
        path, separator="\t", has_header=False, infer_schema=False, quote_char=None,
        truncate_ragged_lines=False,
    )  # fmt: skip
    if rows.width not in _WIDTHS:
        raise UnreadableFile(
            f"the file {path.name} has {rows.width} columns and a header, as a spreadsheet saves "
            "it; codes have lost their leading zeros; expected the tab-separated file as GDELT "
            "publishes it; download it again"
        )
    names = rows.columns
    frame = rows.select(
        *(pl.col(names[place]).alias(name) for name, place in _FIELDS.items()),
        locator=pl.col(names[-1]),
    )
    day = pl.col("day")
    dated = day.str.slice(0, 4) + "-" + day.str.slice(4, 2) + "-" + day.str.slice(6, 2)
    frame = frame.with_columns(
        date=dated,
        intensity=pl.col("intensity").cast(pl.Float64, strict=False),
        title=pl.lit(None, dtype=pl.String),
        locator=pl.col("locator").fill_null("no address"),
    )
    report: Report = []
    repeated = frame.height - frame["event"].n_unique()
    if repeated:
        report.append(("events with a repeated number, left out", repeated, ""))
    found = events(frame.unique("event", keep="first", maintain_order=True), report, scheme="gdelt")
    return {"events": found, "report": report_frame(report)}

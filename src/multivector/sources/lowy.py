"""Lowy Institute, Global Diplomacy Index: posts that states keep abroad.

One row a post. Posts are counted by sending state and host; the year is that of the edition in the
file's name. Posts whose host is no state (missions to organisations in the columns of some
editions) are left out and counted.
"""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

from multivector.errors import UnreadableFile
from multivector.provenance import Origin
from multivector.sources import Head, _rows, report_frame
from multivector.tables import FLOWS_TABLE

RELEASES = tuple(
    Origin(
        source="lowy",
        version=version,
        title="Lowy Institute Global Diplomacy Index, full data set",
        producer="Lowy Institute",
        citation=f"Lowy Institute ({version}). Global Diplomacy Index. Sydney.",
        url="https://globaldiplomacyindex.lowyinstitute.org",
        licence="copyright Lowy Institute; cite",
        retrieved="2026-11-21",
        sha256=sha256,
    )
    for version, sha256 in (
        ("2016", "100b07fdf6891b6ab00214ef52385ffd19cbc350a42feee0bda8e9ba05e76980"),
        ("2017", "5451b89fd7566985529fac3d424bc87aeebe75a5199ebadba9ff2ea0d876f40b"),
        ("2019", "23b3e8357f2aa3e69bc89d0ca17a4d6e6f0bd1bd94623650492a512d81a6eab8"),
    )
)
EXPECT = {"flows": (1_500, 15_000)}

_NAMES = {"Congo": "COG"}
_COLUMNS = ("COUNTRY", "POST CITY", "POST COUNTRY", "TYPE OF POST")


def recognise(head: Head) -> bool:
    """Return whether the file is a full data set of the index."""
    return head.has_columns(*_COLUMNS)


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Return the number of posts by state, host and year, and the report."""
    year = re.search(r"(?<!\d)(20\d\d)(?!\d)", path.name)
    if year is None:
        raise UnreadableFile(
            f"the name {path.name} does not say the edition's year, which the file itself does not "
            "hold; expected a name such as 2019_LowyInstituteGlobalDiplomacyIndex.csv; rename it"
        )
    frame = _rows.csv(path, *_COLUMNS)
    report: _rows.Report = [("posts read", frame.height, "")]
    frame = frame.with_columns(year=pl.lit(int(year.group(1))))
    columns = {"COUNTRY": "state", "POST COUNTRY": "partner"}
    frame = _rows.placed(frame, columns, report, scheme=None, names=_NAMES)
    flows = frame.group_by("state", "partner", "year").agg(value=pl.len().cast(pl.Float64))
    flows = flows.with_columns(
        flow=pl.lit("diplomats_out"),
        unit=pl.lit("posts"),
        reported_by=pl.lit("reconciled"),
        source=pl.lit(""),
        locator=pl.lit("POST COUNTRY of COUNTRY"),
    )
    report.append(("pairs kept", flows.height, ""))
    return {
        "flows": FLOWS_TABLE.conform(flows.sort("state", "partner")),
        "report": report_frame(report),
    }

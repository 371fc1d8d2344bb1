"""AidData: Chinese official finance by recipient and year, from three layouts of projects.

Global Chinese Official Finance 1.0 is a workbook, the public diplomacy project details a CSV with
quotation marks after backslashes; both flag what AidData recommends for research, and amounts are
US dollars of the day. Global Chinese Development Finance 3.0 gives constant dollars of 2021 with
double counting already taken out of the adjusted amount.

Only projects that AidData recommends are added, and no umbrella agreements. Projects of several
recipients or of a region are no state's and are left out, counted. A project without an amount
adds nothing; a year in which no project has one stays null, which is not a zero.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
from pathlib import Path

import polars as pl

from multivector.errors import UnreadableFile
from multivector.provenance import Origin
from multivector.sources import Head, _rows, _workbook, report_frame
from multivector.tables import FLOWS_TABLE

_GCOF = (
    "Dreher, A., Fuchs, A., Parks, B., Strange, A. and Tierney, M. J. (2021). Aid, China, and "
    "Growth: Evidence from a New Global Development Finance Dataset. American Economic Journal: "
    "Economic Policy 13(2)."
)
_GCDF = (
    "Custer, S. et al. (2023). Tracking Chinese Development Finance: An Application of AidData's "
    "TUFF 3.0 Methodology. AidData at William & Mary."
)
RELEASES = tuple(
    Origin(
        source="aiddata",
        version=version,
        title=title,
        producer="AidData, William & Mary",
        citation=citation,
        url="https://www.aiddata.org/datasets",
        licence="ODC-BY, or the producer's own terms; cite",
        retrieved="2026-11-21",
        sha256=sha256,
    )
    for version, title, citation, sha256 in (
        (
            "gcof-1.0",
            "Global Chinese Official Finance Dataset 2000-2014, version 1.0",
            _GCOF,
            "46c416abacd83c6e29c1e8e47195a4f3e1a031336611222af2e32a4982ebfaaa",
        ),
        (
            "public-diplomacy-projects",
            "China's financial public diplomacy, project details, Asia and the Pacific",
            "AidData. China's Public Diplomacy Dashboard Dataset. William & Mary.",
            "89220fb4e23210a1447dc535e0c28744341579e3192505b1f6f05bd97f020884",
        ),
        (
            "gcdf-3.0-part",
            "Global Chinese Development Finance 3.0, projects of 100 million dollars or more "
            "with a place",
            _GCDF,
            "76e91af6a5e69bc81b6906a3be7fc59ffc089fcff59490ada9a6ffc9384d77ea",
        ),
    )
)
EXPECT = {"flows": (150, 5_000)}

_OLDER = ("project_id", "recommended_for_research", "year", "recipient_iso3", "usd_current")
_AMOUNT = "Adjusted Amount (Constant USD 2021)"
_NEWER = ("AidData Record ID", "Recipient", "Commitment Year", _AMOUNT)
_ADVISED = "Recommended For Aggregates"
_FLAGS = ("umbrella", "umbrella_project", "recipient_count", _ADVISED)
_NAMES = {"Congo": "COG", "Democratic People's Republic of Korea": "PRK"}


def recognise(head: Head) -> bool:
    """Return whether the file is one of the three lists of projects."""
    if head.has_columns(*_OLDER) or head.has_columns(*_NEWER):
        return True
    return _workbook.holds(head, *_OLDER) or _workbook.holds(head, *_NEWER)


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Return finance received from China by state and year, and the report."""
    frame = _projects(path)
    report: _rows.Report = [("projects read", frame.height, "")]
    newer = _AMOUNT in frame.columns
    rows = _adjusted(frame, path, report) if newer else _advised(frame, path, report)
    _rows.refuse_impossible(rows, path, "value", (1990, 2100))
    scheme = None if newer else "iso3"
    rows = _rows.placed(rows, {"recipient": "state"}, report, scheme=scheme, names=_NAMES)
    report.append(("projects without an amount", rows["value"].null_count(), ""))
    report.append(("projects added", rows.height, ""))
    value = pl.col("value")
    flows = rows.group_by("state", "year").agg(
        value=pl.when(value.count() > 0).then(value.sum()),
        projects=pl.len(),
        known=value.count(),
    )
    flows = flows.select(
        "state",
        "year",
        "value",
        partner=pl.lit("CHN"),
        flow=pl.lit("finance_in"),
        unit=pl.lit("USD of 2021" if newer else "USD"),
        reported_by=pl.lit("reconciled"),
        source=pl.lit(""),
        locator=pl.format("{} projects, {} with an amount", "projects", "known"),
    )
    report.append(("states and years kept", flows.height, ""))
    return {
        "flows": FLOWS_TABLE.conform(flows.sort("state", "year")),
        "report": report_frame(report),
    }


def _projects(path: Path) -> pl.DataFrame:
    with path.open("rb") as handle:
        start = handle.read(4)
    if start[:2] == b"PK":
        found = _workbook.sheets(path, path.name, *_OLDER) or _workbook.sheets(
            path, path.name, *_NEWER
        )
        for frame in found.values():
            return frame
        raise UnreadableFile(
            f"the workbook {path.name} has no sheet of projects; expected columns such as "
            "project_id and recommended_for_research; download it again"
        )
    content = path.read_bytes()
    if start[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    return _rows_of(content.decode("utf-8-sig"), path)


def _rows_of(text: str, path: Path) -> pl.DataFrame:
    """Return a CSV as text, quotation marks in quotes being doubled or after a backslash."""
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    reader = csv.reader(io.StringIO(text, newline=""), doublequote=True, escapechar="\\")
    header = next(reader, [])
    kept = [place for place, name in enumerate(header) if name in {*_OLDER, *_NEWER, *_FLAGS}]
    rows = []
    for row in reader:
        if len(row) != len(header):
            raise UnreadableFile(
                f"the file {path.name} has {len(row)} cells in line {reader.line_num}; expected "
                f"{len(header)} as in its header; it is cut short or was saved by another "
                "program: download it again"
            )
        rows.append([row[place].strip() or None for place in kept])
    return pl.DataFrame(
        rows, schema=dict.fromkeys((header[p] for p in kept), pl.String), orient="row"
    )


def _advised(frame: pl.DataFrame, path: Path, report: _rows.Report) -> pl.DataFrame:
    """Return recommended projects of one recipient, amounts in dollars of the day."""
    _rows.require(frame, path, *_OLDER)
    advised = pl.col("recommended_for_research").str.to_lowercase().is_in(["true", "1", "yes"])
    umbrella = next((c for c in ("umbrella", "umbrella_project") if c in frame.columns), None)
    if umbrella is not None:
        advised &= ~pl.col(umbrella).str.to_lowercase().is_in(["true", "1", "yes"]).fill_null(False)
    kept = frame.filter(advised)
    report.append(("projects not recommended for adding up", frame.height - kept.height, ""))
    several = pl.col("recipient_iso3").str.contains(";")
    if "recipient_count" in frame.columns:
        several |= pl.col("recipient_count").cast(pl.Int64, strict=False) > 1
    alone = kept.filter(~several.fill_null(False))
    report.append(("projects of several recipients", kept.height - alone.height, ""))
    return alone.select(
        recipient=pl.col("recipient_iso3").str.strip_chars(),
        year=pl.col("year").cast(pl.Int64),
        value=pl.col("usd_current").str.strip_chars().replace("", None).cast(pl.Float64),
    ).with_columns(pl.col("recipient").fill_null("no recipient"))


def _adjusted(frame: pl.DataFrame, path: Path, report: _rows.Report) -> pl.DataFrame:
    """Return projects for aggregates, adjusted amounts in dollars of 2021."""
    _rows.require(frame, path, *_NEWER)
    kept = frame
    if _ADVISED in frame.columns:
        kept = frame.filter(pl.col(_ADVISED).str.to_lowercase() == "yes")
        report.append(("projects not recommended for adding up", frame.height - kept.height, ""))
    return kept.select(
        recipient=pl.col("Recipient").fill_null("no recipient"),
        year=pl.col("Commitment Year").cast(pl.Int64),
        value=pl.col(_AMOUNT).cast(pl.Float64),
    )

"""International students by origin and destination: OECD enrolment, UNESCO's main destinations.

The OECD's table (``COUNTRY_OF_SCHOOL``, ``COUNTRY_OF_ORIGIN``, ``YEAR``, ``TOTAL_INTL_STUDENTS``)
is what hosts report. UNESCO's lists the destinations of an origin's students, as far as hosts
reported in the year: a host that is absent did not report, and is not zero. Remainders ("Others")
are left out and counted.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from multivector.provenance import Origin
from multivector.sources import Head, _rows, report_frame

RELEASES = (
    Origin(
        source="students",
        version="uis-1998-2021",
        title="Outbound internationally mobile students by host, 1998-2021",
        producer="UNESCO Institute for Statistics; tidied by 360info",
        citation="UNESCO Institute for Statistics (2022). International student mobility.",
        url="https://data.uis.unesco.org",
        licence="CC BY-SA 3.0 IGO; the tidied file CC BY 4.0",
        retrieved="2026-11-21",
        sha256="d2782fe5a66f2bdea3ee899bf865302d4a9bc548e2532904b23a1bfe4aa68dd3",
    ),
    Origin(
        source="students",
        version="oecd-2013-2019",
        title="Enrolment of international students by origin, 2013-2019",
        producer="Organisation for Economic Co-operation and Development",
        citation="OECD (2021). Enrolment of international students by origin. Paris.",
        url="https://stats.oecd.org",
        licence="OECD terms; cite",
        retrieved="2026-11-21",
        sha256="9835db7452c4c36543d7fe846d674813eb6763bad4ffad375095892a2b3e0bdd",
    ),
)
EXPECT = {"flows": (10_000, 400_000)}

_NAMES = {"Congo": "COG", "Venezuala": "VEN"}
_OECD = {
    "COUNTRY_OF_ORIGIN": "origin",
    "COUNTRY_OF_SCHOOL": "target",
    "YEAR": "year",
    "TOTAL_INTL_STUDENTS": "value",
}
_UIS = {
    "origin_country_name": "origin",
    "dest_country_lumped": "target",
    "year": "year",
    "value_lumped": "value",
}


def recognise(head: Head) -> bool:
    """Return whether the file is one of the two tables."""
    return head.has_columns(*_OECD) or head.has_columns(*_UIS)


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Return students going out and coming in by pair and year, and the report."""
    frame = _rows.csv(path)
    names = _OECD if "YEAR" in frame.columns else _UIS
    _rows.require(frame, path, *names)
    frame = frame.select(pl.col(old).alias(new) for old, new in names.items())
    number = pl.col("year", "value").cast(pl.Float64, strict=False)
    frame = frame.with_columns(number).with_columns(pl.col("year").cast(pl.Int64))
    report: _rows.Report = [("rows read", frame.height, "")]
    filled = frame.drop_nulls(["year", "value"])
    report.append(("rows without a figure", frame.height - filled.height, ""))
    _rows.refuse_impossible(filled, path, "value", (1990, 2100))
    filled = filled.rename({"origin": "from", "target": "to"})
    filled = _rows.placed(
        filled, {"from": "origin", "to": "target"}, report, scheme=None, names=_NAMES
    )
    key = ["origin", "target", "year"]
    filled = _rows.summed(filled.select(*key, "value"), key, report)
    flows = _rows.both_sides(
        filled,
        unit="persons",
        locator=" of ".join((names_of(names, "value"), names_of(names, "origin"))),
        sides=("students_out", "students_in"),
        reports=("partner", "state"),
    )
    report.append(("flows kept", flows.height, "each pair seen from both sides"))
    return {"flows": flows, "report": report_frame(report)}


def names_of(names: dict[str, str], wanted: str) -> str:
    """Return the producer's name of a column."""
    return next(old for old, new in names.items() if new == wanted)

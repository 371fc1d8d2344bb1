"""Visits abroad of Chinese leaders: WHO, WHERE, WHEN and the compilations that continue it.

One row a leader and country visited in a year: the president, the premier, and whoever led before
those offices did. The compilations put other lists beside the first one, so that a journey may
stand in two: for each leader, country and year the larger of the counts is taken. Their rows from
notices of the foreign ministry are meetings of ministers and envoys entered under the leader's
name; they are no journeys, and are left out and counted. The list names East Germany, and leaders
who went to Vietnam before 1976 went to Hanoi, so that both names are of one state in every year.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from multivector.errors import UnreadableFile, choices
from multivector.provenance import Origin
from multivector.sources import Head, _rows, _workbook, report_frame
from multivector.tables import FLOWS_TABLE

_CITATION = (
    "Turcsányi, R., Eckert, M., Šimalčík, M. and Majsniarová, N. (2021). WHO, WHERE, WHEN: "
    "International travel of the Chinese leaders (1949-2020). Data set, version 1.1. Central "
    "European Institute of Asian Studies."
)
_COMPILED = " Continued from other lists at github.com/TJainProjects/LeaderVisit."
RELEASES = tuple(
    Origin(
        source="leader_visits",
        version=version,
        title=title,
        producer=producer,
        citation=citation,
        url=url,
        licence="not stated; cite",
        retrieved="2026-11-21",
        sha256=sha256,
    )
    for version, title, producer, citation, url, sha256 in (
        (
            "compiled-cleaned",
            "Visits of Chinese leaders 1949-2025, compiled and cleaned",
            "TJainProjects, after CEIAS and Wikipedia",
            _CITATION + _COMPILED,
            "https://github.com/TJainProjects/LeaderVisit",
            "f209833fce4c1264d216ed83ff7fd1a5a7ea82cf7cb706abae76373cb68ef4aa",
        ),
        (
            "compiled-all",
            "Visits of Chinese leaders 1949-2025, all lists one after another",
            "TJainProjects, after CEIAS and Wikipedia",
            _CITATION + _COMPILED,
            "https://github.com/TJainProjects/LeaderVisit",
            "6e93577f2bba2b7b21383da0fa7c0f56d4e8bbb64910b83ee9bab748245c5d00",
        ),
        (
            "ceias-1.1",
            "WHO, WHERE, WHEN: international travel of the Chinese leaders 1949-2020",
            "Central European Institute of Asian Studies",
            _CITATION,
            "https://ceias.eu",
            "9ed2810686aefd40ae3fae6d546321fc3b6b2db8d023dc7710320804a5af7402",
        ),
    )
)
EXPECT = {"flows": (8, 2_000)}

_COLUMNS = ("Name", "Level", "Country", "Communist country")
_NAMES = {"Germany": "DEU", "Vietnam": "VNM"}
_NOTICES = "fmprc.gov.cn"


def recognise(head: Head) -> bool:
    """Return whether the file is a list of visits, as a workbook or CSV."""
    return _workbook.holds(head, *_COLUMNS) or head.has_columns(*_COLUMNS)


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Return the visits of Chinese leaders by host and year, and the report."""
    frame = _visits(path)
    report: _rows.Report = [("rows read", frame.height, "")]
    journeys = frame.filter(~pl.col("list").str.contains(_NOTICES, literal=True))
    report.append(("notices of meetings, no journeys", frame.height - journeys.height, ""))
    if journeys.is_empty():
        raise UnreadableFile(
            f"the workbook {path.name} holds no journey, only {frame.height} rows from notices of "
            "the foreign ministry; expected a list of visits abroad; use the list it was added to"
        )
    journeys = _rows.placed(journeys, {"Country": "partner"}, report, scheme=None, names=_NAMES)
    once = _counted_once(journeys)
    report.append(("visits that stand in two lists", journeys.height - _total(once), ""))
    flows = once.group_by("partner", "year").agg(
        value=pl.col("visits").sum().cast(pl.Float64), leaders=pl.col("leader").unique().sort()
    )
    flows = flows.select(
        "partner",
        "year",
        "value",
        state=pl.lit("CHN"),
        flow=pl.lit("visits_out"),
        unit=pl.lit("visits"),
        reported_by=pl.lit("reconciled"),
        source=pl.lit(""),
        locator=pl.lit("rows of ") + pl.col("leaders").list.join(", "),
    )
    report.append(("visits kept", _total(once), f"{flows.height} hosts and years"))
    return {
        "flows": FLOWS_TABLE.conform(flows.sort("partner", "year")),
        "report": report_frame(report),
    }


def _visits(path: Path) -> pl.DataFrame:
    with path.open("rb") as handle:
        packed = handle.read(4) == b"PK\x03\x04"
    frame = (
        _workbook.table(path, path.name, *_COLUMNS)
        if packed
        else pl.read_csv(path, infer_schema=False)
    )
    when = next((name for name in ("Year", "Dates") if name in frame.columns), None)
    if when is None:
        raise UnreadableFile(
            f"the file {path.name} has no column Year or Dates; its columns are "
            f"{choices(frame.columns)}; expected the layout the producer publishes; download it "
            "again"
        )
    origin = pl.col("Original Source") if "Original Source" in frame.columns else pl.lit("")
    rows = frame.filter(pl.col("Country").is_not_null()).select(
        "Country",
        year=pl.col(when).cast(pl.Int64),
        leader=pl.col("Name").str.strip_chars(),
        list=origin.fill_null(""),
    )
    _rows.refuse_impossible(rows.with_columns(value=pl.lit(1)), path, "value", (1949, 2100))
    return rows


def _counted_once(journeys: pl.DataFrame) -> pl.DataFrame:
    """Return visits by leader, host and year: of the lists, the one with most."""
    key = ["leader", "partner", "year"]
    producer = pl.col("list").str.strip_chars('" ').str.extract(r"^(?:https?://)?([^/]*)", 1)
    by_list = journeys.with_columns(producer=producer).group_by(*key, "producer").agg(n=pl.len())
    return by_list.group_by(key).agg(visits=pl.col("n").max()).sort(key)


def _total(visits: pl.DataFrame) -> int:
    return int(visits["visits"].sum())

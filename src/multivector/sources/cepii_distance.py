"""CEPII GeoDist, bilateral: distances, contiguity and language of pairs of states.

Distance is between the most populous cities, capital distance between capitals, and the weighted
one the mean over cities of both by their populations, arithmetic (``distw``); a point stands for a
missing figure. Codes are those of 2004: ROM, ZAR, TMP and PAL are read as today's states, and YUG
as Serbia and Montenegro. Rows of a state with itself, and of territories that are no state, are
left out, the latter counted.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import polars as pl

from multivector.provenance import Origin
from multivector.sources import Head, _rows, _workbook, report_frame
from multivector.tables import DISTANCES

RELEASES = tuple(
    Origin(
        source="cepii_distance",
        version=version,
        title="GeoDist, bilateral distances",
        producer="CEPII, Thierry Mayer and Soledad Zignago",
        citation=(
            "Mayer, T. and Zignago, S. (2011). Notes on CEPII's distances measures: The GeoDist "
            "database. CEPII Working Paper 2011-25."
        ),
        url="https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=6",
        licence="Etalab open licence 2.0",
        retrieved="2026-11-21",
        sha256=sha256,
    )
    for version, sha256 in (
        ("geodist-xls", "b0124c0edabbad96be8a93fbe239cdd338908b3155bf4fc8d9c00a5f1db8c339"),
        ("geodist", "1854825bab1abe7197f6e47295a7ced5f72c83bc95076768f733c4969ed86780"),
    )
)
EXPECT = {"distances": (30_000, 60_000)}

_COLUMNS = ("iso_o", "iso_d", "contig", "comlang_off", "dist", "distcap", "distw")
_FILE = "dist_cepii.xls"
_NAMES = {"PAL": "PSE", "ROM": "ROU", "TMP": "TLS", "YUG": "SCG", "ZAR": "COD"}


def recognise(head: Head) -> bool:
    """Return whether the file is the table of pairs: the archive, the workbook or a CSV of it."""
    if any(name.lower().endswith(_FILE) for name in head.members):
        return True
    return head.has_columns(*_COLUMNS) or _workbook.holds(head, *_COLUMNS)


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Return distances in both directions as the producer lists them, and the report."""
    frame = _pairs(path)
    report: _rows.Report = [("pairs read", frame.height, "")]
    kilometres = {
        name: pl.col(name).replace(".", None).cast(pl.Float64)
        for name in ("dist", "distcap", "distw")
    }
    frame = frame.with_columns(**kilometres).with_columns(year=pl.lit(2004))
    for name in kilometres:
        _rows.refuse_impossible(frame, path, name, (2004, 2004))
    frame = frame.filter(pl.col("iso_o") != pl.col("iso_d"))
    columns = {"iso_o": "state", "iso_d": "partner"}
    frame = _rows.placed(frame, columns, report, scheme="iso3", years=None, names=_NAMES)
    _rows.refuse_repeated(frame, ["state", "partner"], path)
    rows = frame.select(
        "state",
        "partner",
        distance="dist",
        capital_distance="distcap",
        weighted_distance="distw",
        contiguous=_flag("contig"),
        common_language=_flag("comlang_off"),
        source=pl.lit(""),
        locator=pl.format("iso_o {}, iso_d {}", "iso_o", "iso_d"),
    ).sort("state", "partner")
    report.append(("pairs without a weighted distance", rows["weighted_distance"].null_count(), ""))
    report.append(("pairs kept", rows.height, "each in both directions"))
    return {"distances": DISTANCES.conform(rows), "report": report_frame(report)}


def _pairs(path: Path) -> pl.DataFrame:
    with path.open("rb") as handle:
        start = handle.read(4)
    if start == b"\xd0\xcf\x11\xe0":
        return _workbook.table(path, path.name, *_COLUMNS)
    if start == b"PK\x03\x04":
        with zipfile.ZipFile(path) as archive:
            inside = [n for n in archive.namelist() if n.lower().endswith(_FILE)]
            content: Path | bytes = archive.read(inside[0]) if inside else path
        return _workbook.table(content, path.name, *_COLUMNS)
    return _rows.csv(path, *_COLUMNS)


def _flag(column: str) -> pl.Expr:
    """Return 1 as true, 0 as false, anything else as null."""
    return (
        pl.when(pl.col(column).is_in(["0", "1"]))
        .then(pl.col(column) == "1")
        .otherwise(pl.lit(None, dtype=pl.Boolean))
    )

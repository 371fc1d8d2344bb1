"""SIPRI Military Expenditure Database: the workbook with a sheet a unit, countries by years.

Read are the sheets in US dollars of the day, in constant dollars, as a share of GDP, a head, and as
a share of government spending; the sheets in local currency are not comparable and are left. Shares
become percent and millions become dollars. A figure that SIPRI has not ("...") and a country that
did not exist or was not independent ("xxx") give no row and are counted apart. SIPRI colours its
estimates; the colours are not read, so that ``estimate`` is null.
"""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

from multivector.errors import UnreadableFile
from multivector.provenance import Origin
from multivector.sources import Head, _rows, _workbook, report_frame

RELEASES = (
    Origin(
        source="sipri_milex",
        version="1948-2023",
        title="SIPRI Military Expenditure Database, data for all countries 1948-2023",
        producer="Stockholm International Peace Research Institute",
        citation="Stockholm International Peace Research Institute. SIPRI Military Expenditure "
        "Database.",
        url="https://www.sipri.org/databases/milex",
        licence="fair use with citation; not for redistribution",
        retrieved="2026-11-21",
        sha256="20c9afbebd8e0111c5b38da36370c7e73e83a9d4c9078e10a7854d1fe6ba1360",
    ),
)
EXPECT = {"indicators": (25_000, 80_000)}

_SHEETS = (
    ("current us$", "military_spending", "USD", 1e6),
    ("constant", "military_spending_constant", "USD of", 1e6),
    ("share of gdp", "military_expenditure", "percent of GDP", 100.0),
    ("per capita", "military_spending_per_capita", "USD", 1.0),
    ("share of gov", "military_share_of_spending", "percent of government expenditure", 100.0),
)


def recognise(head: Head) -> bool:
    """Return whether the file is the workbook."""
    return _workbook.holds(head, "Share of GDP", "Current US$", "Military expenditure by country")


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Return indicators of military spending, and the report."""
    parts = [
        _long(frame, sheet)
        for sheet, frame in _workbook.sheets(path, path.name, "Country").items()
        if _unit(sheet) is not None
    ]
    if not parts:
        raise UnreadableFile(
            f"the workbook {path.name} has no sheet in US dollars or as a share, with a row that "
            "begins with Country; expected SIPRI's workbook of all countries; download it again"
        )
    cells = pl.concat(parts)
    report: _rows.Report = [("sheets read", len(parts), "")]
    for what, mark in (
        ("figures SIPRI does not have", r"^\.[ .]+$"),
        ("years in which a country did not exist", "^xxx$"),
    ):
        report.append((what, cells.filter(pl.col("cell").str.contains(mark)).height, ""))
    figures = cells.with_columns(value=pl.col("cell").cast(pl.Float64, strict=False))
    figures = _of_the_year(figures.drop_nulls("value"))
    _rows.refuse_impossible(figures.drop("cell"), path, "value", (1948, 2100))
    figures = _rows.placed(figures, {"country": "state"}, report, scheme="sipri")
    _rows.refuse_repeated(figures, ["state", "indicator", "year"], path)
    rows = figures.select(
        "state",
        "indicator",
        "year",
        pl.col("value") * pl.col("factor"),
        "unit",
        locator=pl.concat_str(pl.lit("sheet "), "sheet", pl.lit(", row "), "label"),
    ).sort("state", "indicator", "year")
    report.append(("figures kept", rows.height, ""))
    return {"indicators": _rows.indicators(rows), "report": report_frame(report)}


def _unit(sheet: str) -> tuple[str, str, float] | None:
    """Return indicator, unit and factor of a sheet; null for one that is not read."""
    for start, indicator, unit, factor in _SHEETS:
        if sheet.strip().lower().startswith(start):
            base = re.search(r"\d{4}", sheet)
            return indicator, f"{unit} {base.group()}" if base else unit, factor
    return None


def _long(frame: pl.DataFrame, sheet: str) -> pl.DataFrame:
    indicator, unit, factor = _unit(sheet) or ("", "", 1.0)
    years = [name for name in frame.columns if re.fullmatch(r"(19|20)\d\d", name)]
    return (
        frame.rename({"Country": "label"})
        .unpivot(years, index="label", variable_name="year", value_name="cell")
        .drop_nulls()
        .with_columns(
            pl.col("year").cast(pl.Int64),
            indicator=pl.lit(indicator),
            unit=pl.lit(unit),
            factor=pl.lit(factor),
            sheet=pl.lit(sheet),
        )
    )


def _of_the_year(rows: pl.DataFrame) -> pl.DataFrame:
    """Return SIPRI's Serbia before 2006 under the name of the state of the year."""
    year = pl.col("year")
    earlier = pl.when(year < 2003).then(pl.lit("YUG")).otherwise(pl.lit("SCG"))
    serbia = (pl.col("label") == "Serbia") & (year < 2006)
    return rows.with_columns(country=pl.when(serbia).then(earlier).otherwise(pl.col("label")))

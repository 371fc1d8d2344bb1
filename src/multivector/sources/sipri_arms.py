"""SIPRI Arms Transfers Database: the trade register in two layouts, and tables of TIV.

The register lists deals. Its layout since 2025 has a row a delivery year with the value delivered
in it; the older one a row a deal with all years of delivery in one cell ("1988; 1989") and one
value, which is spread evenly over them, a convention of ours that the report counts. The tables
("TIV of arms exports from X") hold countries by years. Values are millions of SIPRI's trend
indicator (TIV), which measures military worth and not money.

A 0 is a delivery below half a million TIV and an empty cell none identified: the first is kept as
0, the second is no row. Recipients that are no states (marked with asterisks) and unknown suppliers
are left out and counted. Deliveries from before a state's end to one of today keep their names:
the Soviet Union delivers as SUN.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import polars as pl

from multivector.errors import UnreadableFile
from multivector.provenance import Origin
from multivector.sources import Head, _rows, report_frame

RELEASES = tuple(
    Origin(
        source="sipri_arms",
        version=version,
        title=title,
        producer="Stockholm International Peace Research Institute",
        citation="Stockholm International Peace Research Institute. SIPRI Arms Transfers Database.",
        url="https://www.sipri.org/databases/armstransfers",
        licence="fair use with citation; not for redistribution",
        retrieved="2026-11-21",
        sha256=sha256,
    )
    for version, title, sha256 in (
        (
            "tiv-1950-2021",
            "TIV of arms exports, 1950-2021",
            "8a489d78ac737addecf5576d63814b191479944e48afc69bf2b396ac5a5edcfe",
        ),
        (
            "register-1950-2023",
            "Trade register, older layout",
            "956152a67ffbfa76d37294835ea17d70156e40e40cf95003fb3043346b7a31f3",
        ),
        (
            "register-2000-2024",
            "Trade register, 2000-2030 as of January 2025",
            "94e0a772ba51d2352cff5bc734d5c3c9fd262f794717e8ce8c6b894bf6eb2dc0",
        ),
        (
            "register-1995-2025",
            "Trade register, 1995-2025 as of February 2026",
            "9b9dcea4753313fe839d038a4cab392370ae169a694aa038e1e1c1dc2a12acf2",
        ),
    )
)
EXPECT = {"flows": (500, 200_000)}

_LOCATOR = "register, rows of supplier, recipient and delivery year"
_UNIT = "TIV"


def recognise(head: Head) -> bool:
    """Return whether the file is a register or a table of TIV, or an archive of such tables."""
    if head.members:
        return any("tiv" in name.lower() and name.endswith(".csv") for name in head.members)
    start = head.text[:6000]
    if "SIPRI" in start and "TIV" in start:
        return True
    return head.has_columns("Recipient", "Supplier", "Year(s) of delivery")


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Return arms exports and imports by pair and year, and the report."""
    report: _rows.Report = []
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            names = sorted(n for n in archive.namelist() if n.lower().endswith(".csv"))
            rows = pl.concat([_table(_text(archive.read(name)), name) for name in names])
        report.append(("tables read", len(names), ""))
    else:
        rows = _one(_text(_bytes(path)), path, report)
    report.append(("deliveries read", rows.height, ""))
    rows = _named(rows)
    rows = _rows.placed(rows, {"supplier": "origin", "recipient": "target"}, report, scheme="sipri")
    key = ["origin", "target", "year"]
    summed = rows.group_by(key).agg(pl.col("value").sum()).sort(key)
    summed = summed.filter(pl.col("origin") != pl.col("target"))
    flows = _rows.both_sides(
        summed, unit=_UNIT, locator=_LOCATOR, sides=("arms_exports", "arms_imports")
    )
    report.append(("flows kept", flows.height, "each pair and year seen from both sides"))
    return {"flows": flows, "report": report_frame(report)}


def _named(rows: pl.DataFrame) -> pl.DataFrame:
    """Return names without marks; SIPRI's Serbia before 2006 under the state of the year."""
    names = ("supplier", "recipient")
    plain = rows.with_columns(pl.col(names).str.replace_all(r"\*+", "").str.strip_chars())
    year = pl.col("year")
    earlier = pl.when(year < 2003).then(pl.lit("YUG")).otherwise(pl.lit("SCG"))
    return plain.with_columns(
        pl.when((pl.col(name) == "Serbia") & (year < 2006))
        .then(earlier)
        .otherwise(pl.col(name))
        .alias(name)
        for name in names
    )


def _bytes(path: Path) -> bytes:
    content = path.read_bytes()
    if content[:2] == b"\x1f\x8b":
        import gzip

        return gzip.decompress(content)
    return content


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _one(text: str, path: Path, report: _rows.Report) -> pl.DataFrame:
    lines = text.splitlines()
    for number, line in enumerate(lines[:40]):
        plain = line.replace('"', "")
        if plain.startswith("SIPRI AT Database ID"):
            return _deliveries(_csv(lines[number:]), path)
        if plain.startswith("Recipient,Supplier"):
            return _deals(_csv(lines[number:]), path, report)
    if text.lstrip('"').startswith("TIV of arms"):
        return _table(text, path.name)
    raise UnreadableFile(
        f"the file {path.name} has no header of SIPRI's register or table in its first 40 lines; "
        "expected a CSV as SIPRI's database exports it; export it again"
    )


def _csv(lines: list[str]) -> pl.DataFrame:
    """Read lines of CSV whose ends an Excel round trip may have marked with semicolons."""
    cleaned = "\n".join(line.rstrip().rstrip(";") for line in lines)
    return pl.read_csv(
        io.StringIO(cleaned), infer_schema=False, truncate_ragged_lines=True, raise_if_empty=False
    )


def _deliveries(frame: pl.DataFrame, path: Path) -> pl.DataFrame:
    _rows.require(frame, path, "Supplier", "Recipient", "Delivery year", "TIV delivery values")
    return frame.select(
        supplier="Supplier",
        recipient="Recipient",
        year=pl.col("Delivery year").cast(pl.Int64, strict=False),
        value=pl.col("TIV delivery values").cast(pl.Float64, strict=False),
    ).drop_nulls()


def _deals(frame: pl.DataFrame, path: Path, report: _rows.Report) -> pl.DataFrame:
    _rows.require(
        frame,
        path,
        "Supplier",
        "Recipient",
        "Year(s) of delivery",
        "SIPRI TIV of delivered weapons",
    )
    years = pl.col("Year(s) of delivery").str.extract_all(r"\d{4}")
    deals = frame.select(
        supplier="Supplier",
        recipient="Recipient",
        years=years,
        value=pl.col("SIPRI TIV of delivered weapons").cast(pl.Float64, strict=False),
    ).filter(pl.col("value").is_not_null() & (pl.col("years").list.len() > 0))
    several = deals.filter(pl.col("years").list.len() > 1).height
    report.append(("deals spread evenly over their delivery years", several, ""))
    return (
        deals.with_columns(value=pl.col("value") / pl.col("years").list.len())
        .explode("years")
        .select("supplier", "recipient", year=pl.col("years").cast(pl.Int64), value="value")
    )


def _table(text: str, name: str) -> pl.DataFrame:
    """Return the rows of a table of one supplier, its countries by years."""
    lines = text.splitlines()
    title = re.match(r'"?TIV of arms exports from ([^,"]+)', lines[0]) if lines else None
    start = next(
        (i for i, line in enumerate(lines) if re.search(r",\s*(19|20)\d\d\s*,", line)), None
    )
    if title is None or start is None:
        raise UnreadableFile(
            f"the table {name} does not begin with 'TIV of arms exports from …' and a row of "
            "years; expected a table as SIPRI's database exports it; export it again"
        )
    header = [cell.strip(' "') for cell in lines[start].split(",")]
    frame = pl.read_csv(
        io.StringIO("\n".join(lines[start + 1 :])),
        has_header=False,
        infer_schema=False,
        truncate_ragged_lines=True,
    )
    frame = frame.rename(dict(zip(frame.columns, header, strict=False)))
    years = [c for c in header if re.fullmatch(r"(19|20)\d\d", c)]
    recipient = frame.columns[0]
    return (
        frame.rename({recipient: "recipient"})
        .filter(~pl.col("recipient").str.to_lowercase().str.contains("^total"))
        .unpivot(years, index="recipient", variable_name="year", value_name="value")
        .select(
            supplier=pl.lit(title.group(1).strip()),
            recipient="recipient",
            year=pl.col("year").cast(pl.Int64),
            value=pl.col("value").str.strip_chars().cast(pl.Float64, strict=False),
        )
        .drop_nulls()
    )

"""World Bank, World Development Indicators: the bulk table and the one-folder-an-indicator layout.

Two layouts are read. The bank's own bulk file has a row an indicator and country and a column a
year (``Country Name, Country Code, Indicator Name, Indicator Code, 1960, …``). The other has a
folder an indicator, named by its code, with ``data.csv`` (``Country Name, Country Code, Year,
Value``). Aggregates of countries share the column of codes; they are left out and counted. Empty
cells are no rows.

Figures of debt and balance are those of the central government, not of the whole public sector,
and keep names of their own beside the Factbook's ``public_debt`` and ``budget_balance``.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from multivector.errors import UnreadableFile
from multivector.provenance import Origin
from multivector.sources import Head, _rows, report_frame

RELEASES = (
    Origin(
        source="wdi",
        version="2026-07",
        title="World Development Indicators",
        producer="World Bank",
        citation="World Bank (2026). World Development Indicators. Washington, DC.",
        url="https://databank.worldbank.org/source/world-development-indicators",
        licence="CC BY 4.0",
        retrieved="2026-11-21",
        sha256="db740973a07113c63f1d3c0ec4d3aefa52f7afb3a5101b598b77ae2cd1b8326c",
    ),
)
EXPECT = {"indicators": (10_000, 20_000_000)}

NAMES = {
    "NY.GDP.MKTP.CD": ("gdp", "USD"),
    "NY.GDP.MKTP.KD.ZG": ("gdp_growth", "percent"),
    "NY.GDP.PCAP.CD": ("gdp_per_capita", "USD"),
    "NY.GDP.PCAP.PP.CD": ("gdp_per_capita_ppp", "international dollar"),
    "SP.POP.TOTL": ("population", "persons"),
    "MS.MIL.XPND.GD.ZS": ("military_expenditure", "percent of GDP"),
    "MS.MIL.XPND.ZS": ("military_share_of_spending", "percent of government expenditure"),
    "FP.CPI.TOTL.ZG": ("inflation", "percent"),
    "GC.DOD.TOTL.GD.ZS": ("central_government_debt", "percent of GDP"),
    "GC.NLD.TOTL.GD.ZS": ("central_government_balance", "percent of GDP"),
    "BX.KLT.DINV.CD.WD": ("fdi_inflow", "USD"),
    "BN.CAB.XOKA.CD": ("current_account", "USD"),
    "NE.EXP.GNFS.ZS": ("exports_share", "percent of GDP"),
    "NE.IMP.GNFS.ZS": ("imports_share", "percent of GDP"),
    "DT.DOD.DECT.CD": ("external_debt", "USD"),
    "DT.DOD.DECT.GN.ZS": ("external_debt_share", "percent of GNI"),
    "TX.VAL.FUEL.ZS.UN": ("fuel_exports", "percent of goods exports"),
    "TX.VAL.MMTL.ZS.UN": ("metal_exports", "percent of goods exports"),
    "TX.VAL.MRCH.CD.WT": ("goods_exports", "USD"),
    "DT.ODA.ODAT.CD": ("aid_received", "USD"),
}

_LONG = ("Country Name", "Country Code", "Year", "Value")
_WIDE = ("Country Name", "Country Code", "Indicator Name", "Indicator Code")


def recognise(head: Head) -> bool:
    """Return whether the file is the bulk table, an archive of it, or folders of indicators."""
    if head.members:
        names = [name.lower() for name in head.members]
        bulk = any(name.endswith(("wdicsv.csv", "wdidata.csv")) for name in names)
        return bulk or any(_code(name) in NAMES for name in names if name.endswith("data.csv"))
    return head.has_columns(*_WIDE)


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Return indicators and the report."""
    report: _rows.Report = []
    frames = [_long(content, name, path) for name, content in _files(path)]
    if not frames:
        raise UnreadableFile(
            f"{path.name} holds no table of indicators; expected the bulk CSV or folders named by "
            "indicator with data.csv inside; download it again"
        )
    frame = pl.concat(frames)
    report.append(("figures read", frame.height, f"{frame['code'].n_unique()} indicators"))
    known = pl.DataFrame(
        [(code, *meaning) for code, meaning in NAMES.items()],
        schema=["code", "indicator", "unit"],
        orient="row",
    )
    plain = pl.col("code").str.to_lowercase().str.replace_all(".", "_", literal=True)
    frame = frame.join(known, on="code", how="left").with_columns(
        indicator=pl.coalesce("indicator", plain), unit=pl.coalesce("unit", pl.lit("as published"))
    )
    frame = _rows.placed(frame, {"country": "state"}, report, scheme="wb", years=None)
    key = ["state", "indicator", "year"]
    _rows.refuse_repeated(frame, key, path)
    frame = frame.select(
        *key, "value", "unit", estimate=pl.lit(None, dtype=pl.Boolean), locator=pl.col("code")
    )
    report.append(("figures kept", frame.height, ""))
    return {"indicators": _rows.indicators(frame.sort(key)), "report": report_frame(report)}


def _code(name: str) -> str:
    """Return the indicator's code from ``…/ny.gdp.mktp.cd/data.csv``, in capitals."""
    parts = name.replace("\\", "/").split("/")
    return parts[-2].upper() if len(parts) > 1 else ""


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of every table in the file, folder or archive."""
    if path.is_dir():
        for file in sorted(path.rglob("*.csv")):
            if _wanted(str(file)):
                yield str(file), file.read_bytes()
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in sorted(archive.namelist()):
                if _wanted(name):
                    yield name, archive.read(name)
    else:
        yield path.name, path.read_bytes()


def _wanted(name: str) -> bool:
    lower = name.lower()
    return lower.endswith(("wdicsv.csv", "wdidata.csv")) or (
        lower.endswith("data.csv") and "." in _code(name)
    )


def _long(content: bytes, name: str, path: Path) -> pl.DataFrame:
    """Return ``country``, ``code``, ``year``, ``value`` of one table."""
    frame = pl.read_csv(io.BytesIO(content), infer_schema=False)
    if "Indicator Code" in frame.columns:
        _rows.require(frame, path, *_WIDE)
        years = [column for column in frame.columns if column.strip().isdigit()]
        frame = frame.unpivot(
            years,
            index=["Country Code", "Indicator Code"],
            variable_name="Year",
            value_name="Value",
        )
        code = pl.col("Indicator Code").str.to_uppercase()
    else:
        _rows.require(frame, path, *_LONG)
        code = pl.lit(_code(name))
    return frame.filter(pl.col("Value").is_not_null() & (pl.col("Value") != "")).select(
        country="Country Code",
        code=code,
        year=pl.col("Year").cast(pl.Float64).cast(pl.Int64),
        value=pl.col("Value").cast(pl.Float64),
    )

"""Bilateral trade totals from CEPII's BACI, summed over products: year, exporter, importer, value.

BACI reconciles what exporter and importer report, so that each pair has one figure, seen here from
both sides. A pair without a row has no trade recorded. The 2000–2020 totals carry no row for
Taiwan, which BACI books as "other Asia, not elsewhere specified".
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from multivector.provenance import Origin
from multivector.sources import Head, _rows, report_frame

RELEASES = (
    Origin(
        source="baci_totals",
        version="2000-2020",
        title="BACI: bilateral trade, totals over products, 2000-2020",
        producer="CEPII; totals by the authors of DatiProcessati.mat",
        citation=(
            "Gaulier, G. and Zignago, S. (2010). BACI: International Trade Database at the "
            "Product-Level. CEPII Working Paper 2010-23."
        ),
        url="https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37",
        licence="Etalab Open Licence 2.0",
        retrieved="2026-11-21",
        sha256="035b8e56261803d236fc2d498c72332abda92f7f8e442b96613910ec1e6f2e14",
    ),
)
EXPECT = {"flows": (1_000_000, 1_400_000)}

_COLUMNS = ("year", "exporter", "importer", "value_kusd")
_FIRST = 2000
_LOCATOR = "value_kusd of year, exporter, importer"


def recognise(head: Head) -> bool:
    """Return whether the file is a table of totals by year, exporter and importer."""
    return head.has_columns(*_COLUMNS)


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Return flows in US dollars, and the report."""
    schema = {"year": pl.Int64, "value_kusd": pl.Float64}
    frame = pl.read_csv(path, schema_overrides=schema, infer_schema=False)
    _rows.require(frame, path, *_COLUMNS)
    _rows.refuse_impossible(frame, path, "value_kusd", (1988, 2100))
    _rows.refuse_repeated(frame, ["year", "exporter", "importer"], path)
    report: _rows.Report = [("pairs and years read", frame.height, "")]
    columns = {"exporter": "origin", "importer": "target"}
    frame = _rows.placed(frame, columns, report, scheme="iso3", years=None)
    frame = frame.with_columns(value=pl.col("value_kusd") * 1000)
    flows = _rows.both_sides(frame, unit="USD", locator=_LOCATOR)
    report.append(("flows kept", flows.height, "each pair seen from both sides"))
    return {"flows": flows, "report": report_frame(report)}


def packed(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the flows as they are embedded: a row a pair, its years and thousands of dollars.

    Values are rounded to whole thousands; what rounds to 0 is dropped.
    """
    thousand = (pl.col("value") / 1000).round(0).cast(pl.UInt32)
    return (
        frame.filter(pl.col("flow") == "exports")
        .select(
            exporter="state",
            importer="partner",
            year=(pl.col("year") - _FIRST).cast(pl.UInt8),
            value=thousand,
        )
        .filter(pl.col("value") > 0)
        .sort("exporter", "importer", "year")
        .group_by("exporter", "importer", maintain_order=True)
        .agg("year", "value")
    )


def unpacked(
    stored: pl.DataFrame,
    *,
    years: tuple[int, int] | None = None,
    states: tuple[str, ...] = (),
) -> pl.DataFrame:
    """Return flows from their embedded form: of all states and years, or of some.

    With ``states``, the flows that these states send or receive, seen from their side.
    """
    pairs = stored
    if states:
        pairs = pairs.filter(pl.col("exporter").is_in(states) | pl.col("importer").is_in(states))
    rows = pairs.explode("year", "value").select(
        origin="exporter",
        target="importer",
        year=pl.col("year").cast(pl.Int64) + _FIRST,
        value=pl.col("value").cast(pl.Float64) * 1000,
    )
    if years is not None:
        rows = rows.filter(pl.col("year").is_between(*years))
    flows = _rows.both_sides(rows, unit="USD", locator=_LOCATOR)
    if states:
        flows = flows.filter(pl.col("state").is_in(states))
    return flows.with_columns(source=pl.lit(RELEASES[-1].id))


def years_of(stored: pl.DataFrame) -> frozenset[int]:
    """Return the years of the embedded form."""
    years = stored["year"].explode().drop_nulls().unique().cast(pl.Int64)
    return frozenset(years + _FIRST)

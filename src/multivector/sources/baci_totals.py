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
    flows = _rows.both_sides(frame, unit="USD", locator="value_kusd of year, exporter, importer")
    report.append(("flows kept", flows.height, "each pair seen from both sides"))
    return {"flows": flows, "report": report_frame(report)}

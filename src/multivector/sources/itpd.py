"""USITC, International Trade and Production Database (ITPD-E), totals with trade at home.

Totals over industries by exporter, importer and year, names written out, in dollars of 2010. Rows
in which exporter and importer are the same are domestic sales: they are kept, with the state as its
own partner, for gravity equations need them; shares of partners leave them out.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from multivector.provenance import Origin
from multivector.sources import Head, _rows, report_frame

RELEASES = (
    Origin(
        source="itpd",
        version="R01-totals",
        title="International Trade and Production Database for Estimation, totals 2000-2016",
        producer="United States International Trade Commission; totals by later authors",
        citation=(
            "Borchert, I., Larch, M., Shikher, S. and Yotov, Y. V. (2021). The International Trade "
            "and Production Database for Estimation (ITPD-E). International Economics 166."
        ),
        url="https://www.usitc.gov/data/gravity/itpde.htm",
        licence="public domain (work of the United States government)",
        retrieved="2026-11-21",
        sha256="d7ed556d86ab20582b0e85664891ea39e51355a23ac505ac503e3d86fa4faeb2",
    ),
)
EXPECT = {"flows": (700_000, 1_000_000)}

_NAMES = {"Congo": "COG"}
_COLUMNS = ("year", "exporter", "importer", "trade_usd2010")


def recognise(head: Head) -> bool:
    """Return whether the file is the table of totals."""
    return head.has_columns(*_COLUMNS)


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Return flows in dollars of 2010, and the report."""
    frame = _rows.csv(path, *_COLUMNS)
    frame = frame.with_columns(
        pl.col("year").cast(pl.Int64), value=pl.col("trade_usd2010").cast(pl.Float64)
    )
    _rows.refuse_impossible(frame, path, "value", (1980, 2100))
    report: _rows.Report = [("pairs and years read", frame.height, "")]
    columns = {"exporter": "origin", "importer": "target"}
    frame = _rows.placed(frame, columns, report, scheme=None, names=_NAMES)
    key = ["origin", "target", "year"]
    frame = _rows.summed(frame.select(*key, "value"), key, report)
    flows = _rows.both_sides(frame, unit="USD of 2010", locator="trade_usd2010")
    home = flows.filter(pl.col("state") == pl.col("partner"))
    report.append(("domestic sales", home.height // 2, "the state is its own partner"))
    return {"flows": flows, "report": report_frame(report)}

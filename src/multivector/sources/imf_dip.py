"""IMF, Direct Investment Positions by counterpart economy (DIP, before 2025 CDIS).

Exports of the data portal, one row a reporter, counterpart, indicator and year. Inward and outward
net positions over all instruments are read; other indicators are left out and counted. A pair has
up to two series that must not be added: what the reporter says (``O``) and what its counterpart's
report implies (``SCC``). They are kept apart, as the state's report and the partner's. Positions
can be negative, for they are net; rows without a figure are no rows.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from multivector.provenance import Origin
from multivector.sources import Head, _rows, report_frame
from multivector.tables import FLOWS_TABLE

RELEASES = tuple(
    Origin(
        source="imf_dip",
        version=version,
        title="Direct Investment Positions by Counterpart Economy",
        producer="International Monetary Fund",
        citation=(
            "International Monetary Fund (2026). Direct Investment Positions by Counterpart "
            "Economy (formerly CDIS), IMF.STA:DIP 12.0.1. Washington, DC."
        ),
        url="https://data.imf.org/en/datasets/IMF.STA:DIP",
        licence="free with attribution (IMF terms)",
        retrieved="2026-11-21",
        sha256=sha256,
    )
    for version, sha256 in (
        ("12.0.1-inward", "c615ed025834d8b1098b558b54148ca83713bc3302928dbbd9002b249e39e60b"),
        ("12.0.1-outward", "9c4938cf0468647d2ccb82fa2e55116eef654b4ead33871cea371e8c848f0255"),
    )
)
EXPECT = {"flows": (500, 5_000_000)}

_COLUMNS = (
    "COUNTRY.ID", "DV_TYPE.ID", "INDICATOR.ID", "COUNTERPART_COUNTRY.ID",
    "TIME_PERIOD", "OBS_VALUE",
)  # fmt: skip
_FLOWS = {"INWD_D_NETLA_FALL_ALL": "investment_in", "OTWD_D_NETAL_FALL_ALL": "investment_out"}
_REPORTS = {"O": "state", "SCC": "partner"}


def recognise(head: Head) -> bool:
    """Return whether the file is an export of the data set."""
    return head.has_columns(*_COLUMNS)


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Return investment positions in US dollars, and the report."""
    frame = _rows.csv(path, *_COLUMNS)
    report: _rows.Report = [("rows read", frame.height, "")]
    kept = frame.filter(
        pl.col("INDICATOR.ID").is_in(list(_FLOWS)) & pl.col("DV_TYPE.ID").is_in(list(_REPORTS))
    )
    report.append(("rows of other indicators or series", frame.height - kept.height, ""))
    rows = kept.with_columns(
        year=pl.col("TIME_PERIOD").cast(pl.Int64, strict=False),
        value=pl.col("OBS_VALUE").cast(pl.Float64, strict=False) * 1_000_000,
    ).drop_nulls(["year", "value"])
    report.append(("rows without a figure", kept.height - rows.height, ""))
    columns = {"COUNTRY.ID": "state", "COUNTERPART_COUNTRY.ID": "partner"}
    rows = _rows.placed(rows, columns, report, scheme="imf", years=None)
    flows = rows.select(
        "state",
        "partner",
        "year",
        flow=pl.col("INDICATOR.ID").replace_strict(_FLOWS),
        value="value",
        unit=pl.lit("USD"),
        reported_by=pl.col("DV_TYPE.ID").replace_strict(_REPORTS),
        source=pl.lit(""),
        locator=pl.col("INDICATOR.ID"),
    )
    _rows.refuse_repeated(flows, ["state", "partner", "year", "flow", "reported_by"], path)
    report.append(("flows kept", flows.height, ""))
    return {"flows": FLOWS_TABLE.conform(flows), "report": report_frame(report)}

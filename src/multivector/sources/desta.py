"""DESTA, Design of Trade Agreements: the list of treaties, semicolon-separated.

One row a treaty or change of one (``entry_type``: base_treaty, accession, withdrawal, amendment,
consolidated, …), with its parties in ``c1`` to ``c90`` as numbers of ISO 3166 or as names. A
party's row starts when the treaty entered into force; without that year it is signed and not in
force (null), which is kept. ``number`` is text ("108+1").
"""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

from multivector.errors import UnknownName, choices
from multivector.names import states
from multivector.provenance import Origin
from multivector.sources import Head, _rows, report_frame
from multivector.tables import TREATIES

RELEASES = (
    Origin(
        source="desta",
        version="2.0-list",
        title="Design of Trade Agreements Database, list of treaties 1948-2020",
        producer="Andreas Dür, Leonardo Baccini, Manfred Elsig",
        citation=(
            "Dür, A., Baccini, L. and Elsig, M. (2014). The design of international trade "
            "agreements: introducing a new dataset. The Review of International Organizations 9(3)."
        ),
        url="https://www.designoftradeagreements.org",
        licence="free for research with citation",
        retrieved="2026-11-21",
        sha256="829f9c2e5ccbad528794a0e2ac7abaa5614c1381230d3c6867acdb29a10de146",
    ),
)
EXPECT = {"treaties": (5_000, 30_000)}

_COLUMNS = ("number", "base_treaty", "name", "entry_type", "year", "entryforceyear", "c1")


def recognise(head: Head) -> bool:
    """Return whether the file is the list of treaties."""
    return head.has_columns(*_COLUMNS, separator=";")


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Return treaties, one row a party, and the report."""
    frame = _rows.csv(path, *_COLUMNS, separator=";", nulls=("NA", ""))
    report: _rows.Report = [("treaties and changes read", frame.height, "")]
    parties = [name for name in frame.columns if re.fullmatch(r"c\d+", name)]
    long = (
        frame.unpivot(
            parties,
            index=["number", "base_treaty", "name", "entry_type", "year", "entryforceyear"],
            value_name="party",
        )
        .drop_nulls("party")
        .with_columns(pl.col("party").str.strip_chars())
    )
    report.append(("parties read", long.height, ""))
    known = _states(long["party"].unique().sort().to_list())
    lost = long.filter(~pl.col("party").is_in(list(known)))
    if lost.height:
        labels = choices(sorted(lost["party"].unique().to_list()), 40)
        report.append(("parties that are no state", lost.height, labels))
    treaties = (
        long.filter(pl.col("party").is_in(list(known)))
        .select(
            treaty=pl.lit("desta-") + pl.col("number"),
            state=pl.col("party").replace_strict(known, return_dtype=pl.String),
            name="name",
            field=pl.lit("trade"),
            kind="entry_type",
            signed="year",
            start="entryforceyear",
            source=pl.lit(""),
            locator=pl.lit("number ") + pl.col("number"),
        )
        .unique(["treaty", "state", "start"], keep="first", maintain_order=True)
    )
    report.append(("parties kept", treaties.height, f"{treaties['treaty'].n_unique()} treaties"))
    return {"treaties": TREATIES.conform(treaties), "report": report_frame(report)}


def _states(parties: list[str]) -> dict[str, str]:
    """Return the state of every number or name that has one."""
    found: dict[str, str] = {}
    for party in parties:
        digits = party.isdigit()
        label, scheme = (party.zfill(3), "isonum") if digits else (party, None)
        try:
            found[party] = states.identify(label, scheme=scheme)
        except UnknownName:
            continue
    return found

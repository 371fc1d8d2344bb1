"""POLECAT events (PLOVER ontology), the yearly or weekly tab-separated files of the Dataverse.

An event has an event type of PLOVER, a mode, contexts and an intensity from -10 to 10. ``None``
stands for missing. An event's number can occur again; exact repeats are left out, others numbered
on. Intensity is POLECAT's own, on Goldstein's range.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from multivector.provenance import Origin
from multivector.sources import Head, report_frame
from multivector.sources._cameo import Report, between, facets, numbered_on, rows_of, whole

RELEASES = (
    Origin(
        source="polecat",
        version="2018-2024",
        title="POLECAT: Political Event Classification, Attributes, and Types",
        producer="Scarborough, G. I.; Bagozzi, B. E.; Beger, A.; Berrie, J.; Halterman, A.; "
        "Schrodt, P. A.; Spivey, J.",
        citation="Scarborough, Grace I.; Bagozzi, Benjamin E.; Beger, Andreas; Berrie, John; "
        "Halterman, Andrew; Schrodt, Philip A.; Spivey, Jevon (2023). POLECAT Weekly Data. "
        "Harvard Dataverse, doi:10.7910/DVN/AJGVIT.",
        url="https://doi.org/10.7910/DVN/AJGVIT",
        licence="research and educational use (terms of the Harvard Dataverse record)",
        retrieved="2026-11-22",
    ),
)
EXPECT = {"events": (1, 100_000_000)}
_COLUMNS = {
    "Event ID": "event",
    "Event Date": "date",
    "Event Type": "type",
    "Event Mode": "how",
    "Event Intensity": "intensity",
    "Contexts": "contexts",
    "Actor Country": "first",
    "Recipient Country": "second",
}
_PARTS = r"[|;,]"


def recognise(head: Head) -> bool:
    """Return whether the header names an event's type, its quad code and both countries."""
    needed = ("Event ID", "Event Type", "Quad Code", "Actor Country", "Recipient Country")
    return head.has_columns(*needed, separator="\t")


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Return the events between two states."""
    report: Report = []
    frame = whole(path, _COLUMNS, ("", "None", "NA", "nan"), report)
    undated = frame.filter(pl.col("date").is_null() | pl.col("type").is_null())
    if undated.height:
        report.append(("without day or type, left out", undated.height, ""))
    frame = frame.drop_nulls(["date", "type"])
    kept = between(_typed(frame), report, scheme=None)
    return {"events": rows_of(kept), "report": report_frame(report)}


def _typed(frame: pl.DataFrame) -> pl.DataFrame:
    kind = pl.col("type").str.to_uppercase()
    contexts = pl.col("contexts").fill_null("").str.to_lowercase().str.replace_all(_PARTS, ";")
    located = frame.with_columns(locator=pl.format("event {}", "event"))
    return numbered_on(located).with_columns(
        type=kind,
        code=pl.concat_str([kind, pl.col("how")], separator="/", ignore_nulls=True),
        title=pl.lit(None, dtype=pl.String),
        **facets(kind, contexts.str.split(";").list.eval(pl.element().str.strip_chars())),
    )

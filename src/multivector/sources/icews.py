"""ICEWS coded event data, the yearly tab-separated files of the Harvard Dataverse.

Countries are spelled out; "Congo" alone is not told apart there and is left out. A number of an
event can occur more than once: exact repeats are left out, others numbered on.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from multivector.provenance import Origin
from multivector.sources import Head, report_frame
from multivector.sources._cameo import Report, events, numbered_on, whole

RELEASES = (
    Origin(
        source="icews",
        version="2018",
        title="ICEWS Coded Event Data",
        producer="Boschee, E., Lautenschlager, J., O'Brien, S., Shellman, S., Starz, J., Ward, M.",
        citation="Boschee, Elizabeth; Lautenschlager, Jennifer; O'Brien, Sean; Shellman, Steve; "
        "Starz, James; Ward, Michael (2015). ICEWS Coded Event Data. Harvard Dataverse, "
        "doi:10.7910/DVN/28075.",
        url="https://doi.org/10.7910/DVN/28075",
        licence="terms of the Harvard Dataverse record",
        retrieved="2026-11-21",
    ),
)
EXPECT = {"events": (1, 100_000_000)}
_COLUMNS = {
    "Event ID": "event",
    "Event Date": "date",
    "Source Country": "first",
    "Target Country": "second",
    "CAMEO Code": "code",
    "Intensity": "intensity",
    "Event Text": "title",
    "Story ID": "story",
    "Sentence Number": "sentence",
}


def recognise(head: Head) -> bool:
    """Return whether the header names an event, its code and both countries."""
    return head.has_columns("Event ID", "CAMEO Code", "Source Country", "Target Country",
                            separator="\t")  # fmt: skip


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Return the events between two states."""
    report: Report = []
    frame = numbered_on(whole(path, _COLUMNS, ("", "NA", "NULL"), report)).with_columns(
        locator=pl.format(
            "story {} sentence {}",
            pl.col("story").fill_null("?"),
            pl.col("sentence").fill_null("?"),
        ),
    )
    return {"events": events(frame, report, scheme=None), "report": report_frame(report)}

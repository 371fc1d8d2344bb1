"""From CAMEO codes to rows of events, for every source that uses them.

``data/cameo.tsv`` gives each code PLOVER's event and contexts. The field of policy follows from the
contexts and the mode of power from the event, where they say it: an act of words has no mode, and
no act is hard for its field.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

import polars as pl

from multivector.names import states
from multivector.sources._rows import require
from multivector.tables import EVENTS

Report = list[tuple[str, int, str]]

_SECURITY = ("military", "intelligence", "cbrn", "peacekeeping")
_ARMED = ("ASSAULT", "MOBILIZE")
_MODES = {
    "THREATEN": "coerce",
    "SANCTION": "coerce",
    "MOBILIZE": "coerce",
    "COERCE": "coerce",
    "ASSAULT": "coerce",
    "AID": "induce",
}


@cache
def table() -> pl.DataFrame:
    """Return the codes with type, dimension and mode of the events they stand for."""
    path = files("multivector") / "data" / "cameo.tsv"
    rows = pl.read_csv(str(path), separator="\t", quote_char=None, infer_schema=False)
    return rows.select(
        "code",
        type=pl.coalesce("event", pl.lit("CAMEO ") + pl.col("code").str.slice(0, 2)),
        **facets(pl.col("event"), pl.col("context").fill_null("").str.split(";")),
    )


def facets(event: pl.Expr, contexts: pl.Expr) -> dict[str, pl.Expr]:
    """Return dimension and mode of an event of PLOVER in its contexts (a list of names)."""
    security = contexts.list.eval(pl.element().is_in(_SECURITY)).list.any()
    armed = (contexts.list.first().fill_null("") == "") & event.is_in(_ARMED)
    return {
        "dimension": pl.when(contexts.list.contains("economic"))
        .then(pl.lit("economic"))
        .when(security | armed.fill_null(value=False))
        .then(pl.lit("security"))
        .when(contexts.list.contains("religion_ethnicity"))
        .then(pl.lit("cultural"))
        .otherwise(pl.lit("political")),
        "mode": event.replace_strict(_MODES, default=None, return_dtype=pl.String),
    }


def whole(
    path: Path, columns: dict[str, str], nulls: tuple[str, ...], report: Report
) -> pl.DataFrame:
    """Return a tab-separated file's columns by their new names, exact repeats left out."""
    rows = pl.read_csv(
        path, separator="\t", infer_schema=False, quote_char=None, null_values=list(nulls)
    )
    require(rows, path, *columns)
    kept = rows.unique(maintain_order=True)
    if rows.height > kept.height:
        report.append(("exact repeats, left out", rows.height - kept.height, ""))
    return kept.select(pl.col(old).alias(new) for old, new in columns.items())


def numbered_on(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the events with numbers that occur once and their intensity as a figure."""
    again = pl.int_range(pl.len()).over("event")
    numbered = pl.when(again > 0).then(pl.format("{}-{}", "event", again + 1)).otherwise("event")
    intensity = pl.col("intensity").cast(pl.Float64, strict=False)
    return frame.with_columns(event=numbered, intensity=intensity)


def events(frame: pl.DataFrame, report: Report, *, scheme: str | None) -> pl.DataFrame:
    """Return events between two different states, the rest counted in the report.

    Parameters
    ----------
    frame : polars.DataFrame
        Columns event, date (ISO), code, first, second (names or codes of states), intensity,
        title, locator; all text but the intensity.
    report : list
        Where what was left out is noted.
    scheme : str, optional
        Whose codes of states they are.
    """
    kept = between(frame, report, scheme=scheme).join(table(), on="code", how="left")
    unknown = kept.filter(pl.col("type").is_null())
    if unknown.height:
        report.append(("codes not in CAMEO", unknown.height, ", ".join(unknown["code"].unique())))
    return rows_of(kept.filter(pl.col("type").is_not_null()))


def between(frame: pl.DataFrame, report: Report, *, scheme: str | None) -> pl.DataFrame:
    """Return the events between two different states, with columns first_state, second_state."""
    year = frame["date"].str.slice(0, 4).cast(pl.Int64)
    for column in ("first", "second"):
        found = states.identify_column(frame[column], year, scheme=scheme, unknown="null")
        frame = frame.with_columns(found.alias(f"{column}_state"))
        lost = frame.filter(pl.col(column).is_not_null() & found.is_null())
        if lost.height:
            labels = lost[column].value_counts(sort=True)[column].head(12).to_list()
            report.append((f"{column} actor is no state", lost.height, ", ".join(labels)))
    different = pl.col("first_state") != pl.col("second_state")
    kept = frame.filter(different.fill_null(value=False))
    report.append(("events read", frame.height, ""))
    report.append(("events not between two states, left out", frame.height - kept.height, ""))
    return kept


def rows_of(frame: pl.DataFrame) -> pl.DataFrame:
    """Return rows of the table of events."""
    return EVENTS.conform(
        frame.select(
            *("event", "type", "date", "dimension", "mode"),
            *("title", "code", "intensity", "locator"),
            actors=pl.col("first_state") + ";" + pl.col("second_state"),
            source=pl.lit(""),
        )
    )

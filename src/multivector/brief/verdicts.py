"""Verdicts and criteria of organisations: their words and rows, as every brief shows them."""

from __future__ import annotations

from typing import Any

from multivector.content.model import Cite, Column, Row, Table
from multivector.words import mark, say
from multivector.words.figures import number, status

__all__ = ["NO_ANSWER", "OUTCOMES", "criterion_name", "outcome_name", "row_of", "table", "verdict"]

OUTCOMES = {"trade": mark("Trade"), "votes": mark("UN votes")}
NO_ANSWER = "no_answer"
_VERDICTS = {
    "binds": mark("binds"),
    "moves_together": mark("moves together"),
    "diverges": mark("diverges"),
    "no_evidence": mark("no evidence"),
    NO_ANSWER: mark("no answer"),
}
_CRITERIA = {
    "debt": mark("debt"),
    "deficit": mark("deficit"),
    "inflation": mark("inflation"),
}
_FIGURES = ("value", "low", "high", "placebo", "placebo_date", "minimum_detectable", "n")


def criterion_name(name: str) -> str:
    """Return the name of a criterion."""
    return say(_CRITERIA.get(name, name))


def outcome_name(name: str) -> str:
    """Return the name of what may change after joining."""
    return say(OUTCOMES.get(name, name))


def verdict(row: dict[str, Any]) -> str:
    """Return the key of a verdict; without an effect there is no answer."""
    return NO_ANSWER if row["value"] is None else str(row["verdict"])


def row_of(row: dict[str, Any]) -> Row:
    """Return an embedded verdict as a row with the releases it rests on."""
    cells = {
        "organisation": row["organisation"],
        "outcome": outcome_name(row["outcome"]),
        "status": status(row["status"]),
        "verdict": say(_VERDICTS[verdict(row)]),
        **{key: row[key] for key in _FIGURES},
        "interval": _interval(row["low"], row["high"]),
        "reason": row["reason"],
    }
    place = say("verdict on {organisation}", organisation=row["organisation"])
    cites = tuple(
        Cite(release, place, str(row["last"]), None, row["source"])
        for release in row["releases"].split(";")
    )
    return Row(cells, cites)


def _interval(low: float | None, high: float | None) -> str | None:
    if low is None or high is None:
        return None
    return say("{low} to {high}", low=number(low, 2), high=number(high, 2))


def table(rows: tuple[Row, ...], *, without: str) -> Table:
    """Return the table of verdicts without one of its columns."""
    columns = (
        Column("organisation", say("Organisation")),
        Column("outcome", say("Outcome")),
        Column("status", say("Status")),
        Column("verdict", say("Verdict")),
        Column("value", say("Effect"), "number"),
        Column("interval", say("95% interval")),
        Column("placebo", say("Random clubs"), "share"),
        Column("placebo_date", say("Random dates"), "share"),
        Column("minimum_detectable", say("Least visible"), "number"),
        Column("n", say("Pairs"), "integer"),
    )
    note = say(
        "The change of pairs after both joined, beside pairs never tied. Trade in logarithms (0.10 "
        "is about 10%), UN votes in points of agreement (0 to 1). Random clubs: the share with as "
        "large an effect. No evidence is not evidence of none: less than the least visible effect "
        "could hardly be seen. Dates alone cannot tell an organisation from what else happened."
    )
    shown = tuple(column for column in columns if column.key != without)
    return Table("verdicts", say("Do members draw closer after joining?"), shown, rows, note)

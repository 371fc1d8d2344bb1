"""What an organisation's members bound themselves to, and whether joining draws them closer."""

from __future__ import annotations

from typing import Any

import polars as pl

from multivector.brief.verdicts import OUTCOMES, criterion_name, outcome_name, row_of, table
from multivector.content.draft import empty, part
from multivector.content.inquiry import Answer, Inquiry, label
from multivector.content.model import Chart, Cite, Column, Part, Row, Sentence, Table
from multivector.study import world
from multivector.words import many, mark, say
from multivector.words.figures import number, percent
from multivector.words.figures import status as word

__all__ = ["binds", "criteria"]

_REFERENCES = {
    "zero": mark("a fixed limit"),
    "lowest_member": mark("the lowest member"),
    "mean_of_three_lowest": mark("the mean of the three lowest members"),
}
_PLAIN = {
    "binds": mark("{outcome}, {status}: drawn closer after joining ({n}; effect {effect})."),
    "moves_together": mark(
        "{outcome}, {status}: closer after joining, but not because of joining as far as can be "
        "told ({n}; effect {effect})."
    ),
    "diverges": mark("{outcome}, {status}: further apart after joining ({n}; effect {effect})."),
    "no_evidence": mark(
        "{outcome}, {status}: no evidence either way ({n}; effect {effect}); less than {least} "
        "could hardly have been seen."
    ),
}
_YEARS = 15


def criteria(inquiry: Inquiry) -> Part | None:
    """Return the section on criteria the members bound themselves to; null without any."""
    chosen = inquiry.table("criteria")
    if chosen is None:
        return None
    rules = chosen.frame.filter(pl.col("organisation") == inquiry.organisation).sort("criterion")
    answer = None
    if not rules.is_empty():
        answer = inquiry.compute("convergence", organisation=inquiry.organisation)
    if answer is None:
        return None
    judged = inquiry.until(answer.frame).filter(pl.col("met").is_not_null())
    limits = _limits(rules)
    if judged.is_empty():
        text = say("No criterion could be judged: the figures are not at hand.")
        return part(Sentence(text), limits)
    share = inquiry.compute("compliance", organisation=inquiry.organisation)
    spells = inquiry.compute("breach_spells", organisation=inquiry.organisation)
    sentences = [*_kept(inquiry, share), *_longest(inquiry, spells)]
    charts: list[Chart | None] = [*_share_chart(inquiry, share)]
    charts += [_heat(judged, rule) for rule in rules.iter_rows(named=True)]
    tables = [limits, *_breach_table(inquiry, spells)]
    made = [chart for chart in charts if chart is not None]
    return part(sentences, made, tables)


def _figures(answer: Answer, year: object = None) -> tuple[Cite, ...]:
    return answer.cites(year, of=("indicators",))


def _limits(rules: pl.DataFrame) -> Table:
    columns = (
        Column("criterion", say("Criterion")),
        Column("sense", say("Sense")),
        Column("reference", say("Measured from")),
        Column("margin", say("Margin, points"), "number"),
        Column("start", say("Since"), "date"),
    )
    rows = tuple(
        Row(
            {
                "criterion": criterion_name(rule["criterion"]),
                "sense": say("at most") if rule["sense"] == "most" else say("at least"),
                "reference": say(_REFERENCES.get(rule["reference"], rule["reference"])),
                "margin": rule["margin"],
                "start": rule["start"],
            },
            (Cite(rule["source"], rule["locator"], rule["start"]),),
        )
        for rule in rules.iter_rows(named=True)
    )
    return Table("criteria", say("What the members bound themselves to"), columns, rows)


def _kept(inquiry: Inquiry, share: Answer | None) -> list[Sentence]:
    if share is None:
        return []
    known = inquiry.until(share.frame).filter(pl.col("value").is_not_null()).sort("year")
    if known.is_empty():
        return []
    row = known.row(-1, named=True)
    full = known.filter(pl.col("n") >= 0.75 * float(str(known["n"].max())))
    row = full.row(-1, named=True) if full.height else row
    text = many(
        row["n"],
        "In {year} the members met {share} of the {n} criterion that could be judged.",
        "In {year} the members met {share} of the {n} criteria that could be judged, counted for "
        "each member.",
        year=row["year"],
        share=percent(row["value"]),
    )
    low = known.sort("value", "year").row(0, named=True)
    worst = say("Lowest: {share} in {year}.", share=percent(low["value"]), year=low["year"])
    return [Sentence(f"{text} {worst}", (share.cite, *_figures(share, row["year"])))]


def _breaches(inquiry: Inquiry, spells: Answer | None) -> list[dict[str, Any]]:
    if spells is None:
        return []
    rows = inquiry.until(spells.frame, "start").sort(
        ["n", "value", "state", "criterion"], descending=[True, True, False, False]
    )
    return list(rows.iter_rows(named=True))


def _longest(inquiry: Inquiry, spells: Answer | None) -> list[Sentence]:
    rows = _breaches(inquiry, spells)[:3]
    if not rows or spells is None:
        return []
    told = [
        say(
            "{state}, {criterion}, {first} to {last}",
            state=label(row["state"]),
            criterion=criterion_name(row["criterion"]),
            first=row["start"],
            last=row["end"],
        )
        for row in rows
    ]
    text = say("Longest breaches: {breaches}.", breaches="; ".join(told))
    return [Sentence(text, (spells.cite, *_figures(spells)))]


def _share_chart(inquiry: Inquiry, share: Answer | None) -> list[Chart]:
    if share is None:
        return []
    known = inquiry.until(share.frame).filter(pl.col("value").is_not_null()).sort("year")
    if known.height < 2:
        return []
    points = [
        {"x": year, "y": value, "low": None, "high": None}
        for year, value in known.select("year", "value").iter_rows()
    ]
    code = str(inquiry.organisation)
    data = {
        "from": points[0]["x"],
        "to": points[-1]["x"],
        "unit": "share",
        "lines": [{"key": code, "label": say("criteria met"), "points": points}],
    }
    title = say("Share of criteria met")
    text = say(
        "Share of criteria met by the members, {first} to {last}; fewer figures are known for the "
        "last years.",
        first=points[0]["x"],
        last=points[-1]["x"],
    )
    return [Chart("compliance", "lines", title, text, data, (share.cite, *_figures(share)))]


def _heat(judged: pl.DataFrame, rule: dict[str, Any]) -> Chart | None:
    own = judged.filter(pl.col("criterion") == rule["criterion"])
    if own.is_empty():
        return None
    last = int(str(own["year"].max()))
    own = own.filter(pl.col("year") > last - _YEARS)
    years = sorted(own["year"].unique().to_list())
    room = own.select("state", "year", -pl.col("value"))
    values = {(state, year): value for state, year, value in room.iter_rows()}
    names = sorted(own["state"].unique().to_list(), key=lambda state: (label(state), state))
    data = {
        "unit": "points",
        "columns": [{"key": str(year), "label": str(year)} for year in years],
        "rows": [
            {
                "key": state,
                "label": label(state),
                "cells": [values.get((state, year)) for year in years],
            }
            for state in names
        ],
        "middle": 0.0,
        "worse": "below",
    }
    criterion = criterion_name(rule["criterion"])
    title = say(
        "Room to the limit on {criterion}, points; below 0 it is breached", criterion=criterion
    )
    broken = own.filter(pl.col("value") > 0).height
    text = many(
        broken,
        "Room of each member to the limit on {criterion}, {first} to {last}: {n} breach "
        "among {known} figures.",
        "Room of each member to the limit on {criterion}, {first} to {last}: {n} breaches "
        "among {known} figures.",
        criterion=criterion,
        first=years[0],
        last=years[-1],
        known=own.height,
    )
    cites = (Cite(rule["source"], rule["locator"], rule["start"]), Cite("table:breaches"))
    return Chart(f"criterion-{rule['criterion']}", "heat", title, text, data, cites)


def _breach_table(inquiry: Inquiry, spells: Answer | None) -> list[Table]:
    if spells is None:
        return []
    columns = (
        Column("state", say("State")),
        Column("criterion", say("Criterion")),
        Column("start", say("From"), "date"),
        Column("end", say("To"), "date"),
        Column("n", say("Years"), "integer"),
        Column("value", say("Largest breach, points"), "number"),
    )
    cites = (spells.cite, *_figures(spells))
    rows = tuple(
        Row(
            {
                "state": label(row["state"]),
                "criterion": criterion_name(row["criterion"]),
                **{key: row[key] for key in ("start", "end", "n", "value")},
            },
            cites,
        )
        for row in _breaches(inquiry, spells)
    )
    note = say(
        "Deficit and debt in percent of GDP. A limit on inflation moves with the members that have "
        "the least, so that it can be breached without any change at home. A year without a figure "
        "ends a run."
    )
    caption = say("Spells of breach, the longest first")
    return [Table("breaches", caption, columns, rows, note, folded=True)]


# --- whether it binds


def binds(inquiry: Inquiry) -> Part | None:
    """Return the section on whether joining draws members closer, with placebos."""
    known = inquiry.until(world.verdicts(), "last")
    own = known.filter(pl.col("organisation") == inquiry.organisation).sort("outcome", "status")
    if own.is_empty():
        what = say("Whether {organisation} binds", organisation=inquiry.name)
        command = f"multivector binds {inquiry.organisation}"
        why = say("no verdict on it is embedded")
        inquiry.miss(what, why, command)
        return empty(why)
    found = list(own.iter_rows(named=True))
    rows = tuple(row_of(row) for row in found)
    told = [_verdict(row) for row in found]
    charts = [chart for o in OUTCOMES if (chart := _effects(found, o)) is not None]
    tables = (table(rows, without="organisation"),)
    return part(told, charts, tables)


def _effect(row: dict[str, Any]) -> str:
    value = number(row["value"], 2)
    if row["low"] is None or row["high"] is None:
        return value
    return say(
        "{value}, 95% interval {low} to {high}",
        value=value,
        low=number(row["low"], 2),
        high=number(row["high"], 2),
    )


def _verdict(row: dict[str, Any]) -> Sentence:
    told = {"outcome": outcome_name(row["outcome"]), "status": word(row["status"])}
    if row["value"] is None:
        text = say("{outcome}, {status}: the data do not allow an answer.", **told)
        return Sentence(text, row_of(row).cites)
    least = row["minimum_detectable"]
    text = say(
        _PLAIN[row["verdict"]],
        **told,
        n=many(row["n"], "{n} pair", "{n} pairs"),
        effect=_effect(row),
        least=say("what is not known") if least is None else number(least, 2),
    )
    return Sentence(text, row_of(row).cites)


def _effects(found: list[dict[str, Any]], outcome: str) -> Chart | None:
    own = [row for row in found if row["outcome"] == outcome and row["value"] is not None]
    if not own:
        return None
    name = outcome_name(outcome)
    data = {
        "unit": "number",
        "reference": 0.0,
        "rows": [
            {
                "key": row["status"],
                "label": word(row["status"]),
                **{key: row[key] for key in ("value", "low", "high", "n")},
            }
            for row in own
        ],
    }
    told = [f"{word(row['status'])} {_effect(row)}" for row in own]
    text = say(
        "{outcome}, change of pairs after both joined: {effects}.",
        outcome=name,
        effects="; ".join(told),
    )
    title = say("{outcome}: change after joining, 95% interval", outcome=name)
    return Chart(f"binds-{outcome}", "bars", title, text, data, (Cite("table:verdicts"),))

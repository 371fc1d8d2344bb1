"""Commitments: what an organisation's members bound themselves to, and whether joining binds.

Of a state: the verdicts on its organisations, its votes in them, the criteria it met. Of an
organisation: how its criteria were kept, and whether joining draws members closer.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl

from multivector.brief.decisions import votes_of
from multivector.brief.seats import statuses_of
from multivector.content import charts
from multivector.content.draft import empty, part
from multivector.content.inquiry import Answer, Inquiry, cited, club, label, merge
from multivector.content.model import Chart, Cite, Part, Row, Sentence, Table
from multivector.content.tables import filled, heads, pick, table
from multivector.study import world
from multivector.words import many, mark, say
from multivector.words.figures import listing, number, percent
from multivector.words.figures import status as word

__all__ = ["binds", "commitments", "criteria"]

_NO_ANSWER = "no_answer"
_OUTCOMES = {"trade": mark("Trade"), "votes": mark("UN votes")}
_CRITERIA = {"debt": mark("debt"), "deficit": mark("deficit"), "inflation": mark("inflation")}
_VERDICTS = {
    "binds": mark("binds"),
    "moves_together": mark("moves together"),
    "diverges": mark("diverges"),
    "no_evidence": mark("no evidence"),
    _NO_ANSWER: mark("no answer"),
}
_IN_SHORT = {
    "binds": mark("drawn closer by {organisations}"),
    "moves_together": mark(
        "closer with {organisations}, but not because of joining as far as can be told"
    ),
    "diverges": mark("further apart in {organisations}"),
    "no_evidence": mark("no evidence either way for {organisations}"),
    _NO_ANSWER: mark("no answer possible for {organisations}"),
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
_REFERENCES = {
    "zero": mark("a fixed limit"),
    "lowest_member": mark("the lowest member"),
    "mean_of_three_lowest": mark("the mean of the three lowest members"),
}
_YEARS = {"state": 5, "organisation": 15}
"""So many years back the criteria of a subject are shown."""


def commitments(inquiry: Inquiry) -> Part:
    """Return the section on what the state's organisations bind it to."""
    held = statuses_of(inquiry)
    made = part(_verdicts(inquiry, held), votes_of(inquiry), _met(inquiry, held))
    text = say(
        "No verdict, decision rule or criterion of the organisations of {state} is in the data at "
        "hand.",
        state=inquiry.name,
    )
    return made if made.sentences else part(Sentence(text))


# --- whether it binds


def _outcome(name: str) -> str:
    return say(_OUTCOMES.get(name, name))


def _key(row: dict[str, Any]) -> str:
    """Return the key of a verdict; without an effect there is no answer."""
    return _NO_ANSWER if row["value"] is None else str(row["verdict"])


def _row(row: dict[str, Any]) -> Row:
    """Return an embedded verdict as a row with the releases it rests on."""
    low, high, organisation = row["low"], row["high"], row["organisation"]
    interval = None
    if low is not None and high is not None:
        interval = say("{low} to {high}", low=number(low, 2), high=number(high, 2))
    cells = {
        "organisation": organisation,
        "outcome": _outcome(row["outcome"]),
        "status": word(row["status"]),
        "verdict": say(_VERDICTS[_key(row)]),
        "interval": interval,
    }
    cells |= pick(row, "value", "low", "high", "placebo", "placebo_date", "minimum_detectable")
    place = say("verdict on {organisation}", organisation=organisation)
    releases = row["releases"].split(";")
    cites = (Cite(name, place, str(row["last"]), None, row["source"]) for name in releases)
    return Row(cells | pick(row, "n", "reason"), tuple(cites))


def _table(rows: Iterable[Row], *, without: str) -> Table:
    """Return the table of verdicts without one of its columns."""
    columns = heads(
        "organisation",
        outcome=say("Outcome"),
        status=say("Status"),
        verdict=say("Verdict"),
        value=(say("Effect"), "number"),
        interval=say("95% interval"),
        placebo=(say("Random clubs"), "share"),
        placebo_date=(say("Random dates"), "share"),
        minimum_detectable=(say("Least visible"), "number"),
        n=(say("Pairs"), "integer"),
    )
    note = say(
        "The change of pairs after both joined, beside pairs never tied. Trade in logarithms (0.10 "
        "is about 10%), UN votes in points of agreement (0 to 1). Random clubs: the share with as "
        "large an effect. No evidence is not evidence of none: less than the least visible effect "
        "could hardly be seen. Dates alone cannot tell an organisation from what else happened."
    )
    columns.pop(without)
    return table("verdicts", say("Do members draw closer after joining?"), columns, rows, note)


def _verdicts(inquiry: Inquiry, held: dict[str, str]) -> Part | None:
    rows = inquiry.until(world.verdicts(), "last")
    own = [r for r in rows.iter_rows(named=True) if held.get(r["organisation"]) == r["status"]]
    if not own:
        what = say("Whether the organisations of {state} bind", state=inquiry.name)
        inquiry.miss(what, say("no verdict on them is embedded"), "multivector binds ORG")
        return None
    judged = [(_row(row), _key(row)) for row in own]
    outcomes = dict.fromkeys(str(row.cells["outcome"]) for row, _ in judged)
    made = _table((row for row, _ in judged), without="placebo_date")
    return part((_in_short(judged, outcome) for outcome in outcomes), made)


def _in_short(judged: list[tuple[Row, str]], outcome: str) -> Sentence:
    own = [(row, key) for row, key in judged if row.cells["outcome"] == outcome]
    found: dict[str, list[str]] = {}
    for row, key in own:
        name = club(str(row.cells["organisation"]))
        pairs = many(int(str(row.cells["n"])), "{n} pair", "{n} pairs")
        answered = key not in ("no_evidence", _NO_ANSWER)
        found.setdefault(key, []).append(f"{name} ({pairs})" if answered else name)
    verdicts = "; ".join(
        say(form, organisations=listing(found[key]))
        for key, form in _IN_SHORT.items()
        if key in found
    )
    text = say(
        "{outcome} of members, after joining: {verdicts}.", outcome=outcome, verdicts=verdicts
    )
    return Sentence(text, merge(cite for row, _ in own for cite in row.cites))


def binds(inquiry: Inquiry) -> Part:
    """Return the section on whether joining draws members closer, with placebos."""
    judged = inquiry.until(world.verdicts(), "last")
    own = judged.filter(pl.col("organisation") == inquiry.organisation).sort("outcome", "status")
    if own.is_empty():
        what = say("Whether {organisation} binds", organisation=inquiry.name)
        why = say("no verdict on it is embedded")
        inquiry.miss(what, why, f"multivector binds {inquiry.organisation}")
        return empty(why)
    found = own.to_dicts()
    made = _table(map(_row, found), without="organisation")
    effects = (_effects(found, outcome) for outcome in _OUTCOMES)
    return part(map(_verdict, found), effects, made)


def _effect(row: dict[str, Any]) -> str:
    value = number(row["value"], 2)
    if row["low"] is None or row["high"] is None:
        return value
    low, high = number(row["low"], 2), number(row["high"], 2)
    return say("{value}, 95% interval {low} to {high}", value=value, low=low, high=high)


def _verdict(row: dict[str, Any]) -> Sentence:
    named = {"outcome": _outcome(row["outcome"]), "status": word(row["status"])}
    if row["value"] is None:
        text = say("{outcome}, {status}: the data do not allow an answer.", **named)
        return Sentence(text, _row(row).cites)
    least = row["minimum_detectable"]
    text = say(
        _PLAIN[row["verdict"]],
        **named,
        n=many(row["n"], "{n} pair", "{n} pairs"),
        effect=_effect(row),
        least=say("what is not known") if least is None else number(least, 2),
    )
    return Sentence(text, _row(row).cites)


def _effects(found: list[dict[str, Any]], outcome: str) -> Chart | None:
    own = [row for row in found if row["outcome"] == outcome and row["value"] is not None]
    name = _outcome(outcome)
    rows = [
        {"key": row["status"], "label": word(row["status"])}
        | pick(row, "value", "low", "high", "n")
        for row in own
    ]
    text = say(
        "{outcome}, change of pairs after both joined: {effects}.",
        outcome=name,
        effects="; ".join(f"{word(row['status'])} {_effect(row)}" for row in own),
    )
    title = say("{outcome}: change after joining, 95% interval", outcome=name)
    cites = (Cite("table:verdicts"),)
    made = charts.bars(f"binds-{outcome}", title, text, rows, "number", cites, reference=0.0)
    return made if own else None


# --- criteria


def _judged(inquiry: Inquiry, answer: Answer) -> pl.DataFrame:
    """Return whether each criterion was met, where that could be judged."""
    return inquiry.until(answer.frame).filter(pl.col("met").is_not_null())


def _latest(judged: pl.DataFrame, subject: str) -> pl.DataFrame:
    return judged.filter(pl.col("year") > pl.col("year").max() - _YEARS[subject])


def _figures(answer: Answer, year: object = None) -> tuple[Cite, ...]:
    return answer.cites(year, of=("indicators",))


def _criterion(row: dict[str, Any]) -> str:
    return say(_CRITERIA.get(row["criterion"], row["criterion"]))


def _met(inquiry: Inquiry, held: dict[str, str]) -> Part | None:
    """Return how the state met the criteria of the organisations it is a member of."""
    chosen = inquiry.table("criteria")
    if chosen is None:
        return None
    sentences: list[Sentence] = []
    rows: list[Row] = []
    for (name,), rules in chosen.frame.group_by("organisation", maintain_order=True):
        organisation = str(name)
        if held.get(organisation) != "member":
            continue
        answer = inquiry.compute("convergence", organisation=organisation, state=inquiry.state)
        if answer is None:
            continue
        judged = _judged(inquiry, answer)
        if judged.is_empty():
            text = say(
                "No criterion of {organisation} could be judged: the figures are not at hand.",
                organisation=club(organisation),
            )
            sentences.append(Sentence(text))
            continue
        judged = _latest(judged, "state").sort("criterion", "year")
        limits = {r["criterion"]: cited(r, "start") for r in rules.iter_rows(named=True)}
        figures = _figures(answer, judged["year"].max())
        text = _how_often(inquiry, organisation, judged)
        sentences.append(Sentence(text, (*limits.values(), *figures)))
        for row in judged.filter(~pl.col("met")).iter_rows(named=True):
            cells = {"organisation": organisation, "criterion": _criterion(row)}
            found = pick(row, "year", "figure", "limit", "value", "n")
            rows.append(Row({**cells, **found}, (limits[row["criterion"]], *figures)))
    return part(*sentences, _breached(inquiry, rows) if rows else None)


def _how_often(inquiry: Inquiry, organisation: str, judged: pl.DataFrame) -> str:
    broken = judged.filter(~pl.col("met")).group_by("criterion").len().sort("criterion")
    breaches = listing(
        [
            f"{_criterion(row)} {many(row['len'], '{n} time', '{n} times')}"
            for row in broken.iter_rows(named=True)
        ]
    )
    text = say(
        "Of the criteria of {organisation} that could be judged, {state} met {met} of {n} from "
        "{first} to {last}",
        organisation=club(organisation),
        state=inquiry.name,
        met=int(judged["met"].sum()),
        n=judged.height,
        first=judged["year"].min(),
        last=judged["year"].max(),
    )
    if breaches:
        text += say("; breached: {criteria}", criteria=breaches)
    return f"{text}."


def _breached(inquiry: Inquiry, rows: list[Row]) -> Table:
    columns = heads(
        "organisation criterion year",
        figure=(say("Figure"), "percent"),
        limit=(say("Limit"), "percent"),
        value=(say("Beyond it, points"), "number"),
        n=(say("Members with a figure"), "integer"),
    )
    note = say(
        "Deficit and debt in percent of GDP, a deficit negative; a limit on inflation moves with "
        "the members that have the least, so that it can be breached without any change at home."
    )
    caption = say("Criteria breached by {state}, the last five years judged", state=inquiry.name)
    return table("breaches", caption, columns, rows, note)


def criteria(inquiry: Inquiry) -> Part | None:
    """Return the section on criteria the members bound themselves to; null without any."""
    chosen, organisation = inquiry.table("criteria"), inquiry.organisation
    if chosen is None:
        return None
    rules = chosen.frame.filter(pl.col("organisation") == organisation).sort("criterion")
    answer = None
    if not rules.is_empty():
        answer = inquiry.compute("convergence", organisation=organisation)
    if answer is None:
        return None
    judged = _judged(inquiry, answer)
    if judged.is_empty():
        text = say("No criterion could be judged: the figures are not at hand.")
        return part(Sentence(text), _limits(rules))
    share = inquiry.compute("compliance", organisation=organisation)
    spells = inquiry.compute("breach_spells", organisation=organisation)
    kept = None if share is None else _kept(inquiry, share)
    heat = (_heat(answer, judged, rule) for rule in rules.iter_rows(named=True))
    breaches = None if spells is None else _breaches(inquiry, spells)
    return part(kept, *heat, _limits(rules), breaches)


def _limits(rules: pl.DataFrame) -> Table:
    columns = heads(
        "criterion",
        sense=say("Sense"),
        reference=say("Measured from"),
        margin=(say("Margin, points"), "number"),
        start=(say("Since"), "date"),
    )
    rows = filled(
        rules,
        columns,
        lambda rule: cited(rule, "start"),
        criterion=_criterion,
        sense=lambda rule: say("at most") if rule["sense"] == "most" else say("at least"),
        reference=lambda rule: say(_REFERENCES.get(rule["reference"], rule["reference"])),
    )
    return table("criteria", say("What the members bound themselves to"), columns, rows)


def _kept(inquiry: Inquiry, share: Answer) -> Part | None:
    """Return what share of the criteria the members met, by year."""
    shown = inquiry.until(share.frame).filter(pl.col("value").is_not_null()).sort("year")
    if shown.is_empty():
        return None
    row = shown.filter(pl.col("n") >= 0.75 * pl.col("n").max()).row(-1, named=True)
    text = many(
        row["n"],
        "In {year} the members met {share} of the {n} criterion that could be judged.",
        "In {year} the members met {share} of the {n} criteria that could be judged, counted for "
        "each member.",
        year=row["year"],
        share=percent(row["value"]),
    )
    low = shown.sort("value", "year").row(0, named=True)
    worst = say("Lowest: {share} in {year}.", share=percent(low["value"]), year=low["year"])
    said = Sentence(f"{text} {worst}", (share.cite, *_figures(share, row["year"])))
    if shown.height < 2:
        return part(said)
    line = charts.line(str(inquiry.organisation), say("criteria met"), shown.drop("low", "high"))
    text = say(
        "Share of criteria met by the members, {first} to {last}; fewer figures are known for the "
        "last years.",
        **charts.ends([line]),
    )
    cites = (share.cite, *_figures(share))
    chart = charts.lines("compliance", say("Share of criteria met"), text, [line], "share", cites)
    return part(said, chart)


def _breaches(inquiry: Inquiry, spells: Answer) -> Part:
    """Return the longest breaches, and all of them as a table."""
    columns = heads(
        "state criterion start end",
        n=(say("Years"), "integer"),
        value=(say("Largest breach, points"), "number"),
    )
    cites = (spells.cite, *_figures(spells))
    by = ["n", "value", "state", "criterion"]
    found = inquiry.until(spells.frame, "start").sort(by, descending=[True, True, False, False])
    rows = filled(found, columns, cites, criterion=_criterion)
    longest = [
        say(
            "{state}, {criterion}, {first} to {last}",
            **pick(row.cells, "state", "criterion"),
            first=row.cells["start"],
            last=row.cells["end"],
        )
        for row in rows[:3]
    ]
    text = say("Longest breaches: {breaches}.", breaches="; ".join(longest))
    note = say(
        "Deficit and debt in percent of GDP. A limit on inflation moves with the members that have "
        "the least, so that it can be breached without any change at home. A year without a figure "
        "ends a run."
    )
    caption = say("Spells of breach, the longest first")
    made = table("breaches", caption, columns, rows, note, folded=True)
    return part(Sentence(text, cites) if rows else None, made)


def _heat(answer: Answer, judged: pl.DataFrame, rule: dict[str, Any]) -> Chart | None:
    """Return each member's room to a limit by year; below zero the limit is breached."""
    own = _latest(judged.filter(pl.col("criterion") == rule["criterion"]), "organisation")
    if own.is_empty():
        return None
    years = sorted(own["year"].unique().to_list())
    room = {(s, y): -value for s, y, value in own.select("state", "year", "value").iter_rows()}
    rows = [
        {"key": s, "label": label(s), "cells": [room.get((s, year)) for year in years]}
        for s in sorted(own["state"].unique(), key=lambda state: (label(state), state))
    ]
    columns = [{"key": str(year), "label": str(year)} for year in years]
    data = {"unit": "points", "columns": columns, "rows": rows, "middle": 0.0, "worse": "below"}
    criterion = _criterion(rule)
    title = say(
        "Room to the limit on {criterion}, points; below 0 it is breached", criterion=criterion
    )
    text = many(
        own.filter(pl.col("value") > 0).height,
        "Room of each member to the limit on {criterion}, {first} to {last}: {n} breach "
        "among {known} figures.",
        "Room of each member to the limit on {criterion}, {first} to {last}: {n} breaches "
        "among {known} figures.",
        criterion=criterion,
        first=years[0],
        last=years[-1],
        known=own.height,
    )
    cites = (cited(rule, "start"), Cite("table:breaches"), *_figures(answer))
    return Chart(f"criterion-{rule['criterion']}", "heat", title, text, data, cites)

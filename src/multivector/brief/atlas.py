"""Atlas: one measure of every state in one year, as a map and as a ranking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from multivector.content.inquiry import Answer, Inquiry, label
from multivector.content.model import Chart, Cite, Kind, Section, Sentence, Table
from multivector.content.tables import Heads, filled, table
from multivector.measures.clubs import FULL
from multivector.names import organisations, states
from multivector.study.options import last_year
from multivector.words import language, many, mark, say
from multivector.words.figures import listing, number, percent, span

__all__ = ["VIEWS", "View", "drawn", "figures", "series", "titled_of"]

_WINDOW = 4
_EARLIEST = 1946
_WHOLE = 0.6
"""A year is the newest with figures if it has this share of the usual states and observations."""


@dataclass(frozen=True)
class View:
    """A measure with one figure a state: what it is called, asked with, and how it is written.

    ``pole`` says whether it is measured against a pole, and how the pole is given to the measure.
    """

    title: str
    explained: str
    measure: str
    options: dict[str, Any]
    pole: Literal["", "state", "partner", "poles"] = ""
    kind: Kind = "share"
    blocs: bool = False


VIEWS: dict[str, View] = {
    "agreement": View(
        mark("Votes as {pole} does"),
        mark(
            "Share of the roll calls of the UN General Assembly on which both cast the same vote, "
            "where both took part in ten or more."
        ),
        "agreement",
        {"min_shared": 10},
        "state",
    ),
    "ideal_distance": View(
        mark("Distance from {pole} in voting"),
        mark("Distance between the ideal points that the votes of a year imply; 0 is the same."),
        "ideal_distance",
        {},
        "state",
        "number",
    ),
    "exports_to": View(
        mark("Exports to {pole}"),
        mark("Share of a state's exports of goods that goes there."),
        "pole_shares",
        {"flow": "exports"},
        "poles",
        blocs=True,
    ),
    "imports_from": View(
        mark("Imports from {pole}"),
        mark("Share of a state's imports of goods that comes from there."),
        "pole_shares",
        {"flow": "imports"},
        "poles",
        blocs=True,
    ),
    "dependence": View(
        mark("Dependence on trade with {pole}"),
        mark("Exports and imports of goods with it, as a share of the state's product."),
        "dependence",
        {"flow": "both"},
        "partner",
    ),
    "shared_seats": View(
        mark("Organisations shared with {pole}"),
        mark("Share of the organisations a state belongs to in which it sits beside the pole."),
        "shared_seats",
        {},
        "poles",
    ),
    "concentration": View(
        mark("Concentration of exports"),
        mark("Herfindahl-Hirschman index of the partners of a state's exports; 1 is one partner."),
        "concentration",
        {"flow": "exports"},
        "",
        "number",
    ),
    "effective_partners": View(
        mark("Effective number of export partners"),
        mark("How many equal partners would give the same diversity of exports."),
        "effective_partners",
        {"flow": "exports"},
        "",
        "number",
    ),
    "participation": View(
        mark("Takes part in UN votes"),
        mark("Share of the roll calls of the year in which a member cast a vote or abstained."),
        "participation",
        {},
    ),
}


def drawn(inquiry: Inquiry, name: str, *, pole: str) -> Section | None:
    """Return map and ranking of a measure, of the inquiry's year or the newest with figures.

    Parameters
    ----------
    inquiry : Inquiry
        The question; its year is the year wanted.
    name : str
        One of ``VIEWS``.
    pole : str
        The pole, for the measures against one.

    Returns
    -------
    Section or None
        Null where no data set answers.
    """
    figured = figures(inquiry, name, pole=pole)
    if figured is None:
        return None
    view, frame, year, found = figured
    titled = say("{title}, {year}", title=titled_of(name, pole), year=year)
    drawn_on = (_map(frame, view, pole, titled, found),) if frame.height else ()
    ranking = (_ranking(frame, view, titled, found),) if frame.height else ()
    note = say("Borders follow Natural Earth; no position on the status of any territory is taken.")
    return Section("map", titled, _in_short(frame, view, year, found), drawn_on, ranking, (note,))


def figures(
    inquiry: Inquiry, name: str, *, pole: str
) -> tuple[View, pl.DataFrame, int, Answer] | None:
    """Return a measure's figure for every state in the inquiry's year, or the newest with figures.

    The frame has state, year, value, low, high and n, the highest first. Null where no data set
    answers.
    """
    view = VIEWS[name]
    year = inquiry.year if inquiry.year is not None else _newest(inquiry, view, pole)
    if year is None:
        return None
    found = inquiry.compute(view.measure, **_options(view, pole), years=(year, year))
    if found is None:
        return None
    frame = _by_state(found.frame, pole).filter(
        (pl.col("year") == year) & pl.col("value").is_not_null()
    )
    return view, frame, year, found


def series(
    inquiry: Inquiry, name: str, *, pole: str, years: tuple[int, int]
) -> tuple[View, pl.DataFrame, Answer] | None:
    """Return a measure's figures for every state through some years; null where none answers."""
    view = VIEWS[name]
    found = inquiry.compute(view.measure, **_options(view, pole), years=years)
    if found is None:
        return None
    return view, _by_state(found.frame, pole).filter(pl.col("year").is_between(*years)), found


def titled_of(name: str, pole: str) -> str:
    """Return what a measure is called, against a pole where it is measured against one."""
    view = VIEWS[name]
    return say(view.title, pole=label(pole)) if view.pole else say(view.title)


def _options(view: View, pole: str) -> dict[str, Any]:
    if not view.pole:
        return dict(view.options)
    return {**view.options, view.pole: (pole,) if view.pole == "poles" else pole}


def _newest(inquiry: Inquiry, view: View, pole: str) -> int | None:
    """Return the newest year with nearly as many states, and observations each, as usual."""
    last = last_year()
    for end in range(last, _EARLIEST, -_WINDOW):
        known = _known(inquiry, view, pole, end)
        if known.is_empty():
            continue
        newest = int(str(known["year"].max()))
        if newest < end:
            known = _known(inquiry, view, pole, newest)
        counted = known.group_by("year").agg(pl.len(), pl.col("n").median()).sort("year")
        most = {name: float(str(counted[name].max())) for name in ("len", "n")}
        enough = counted.filter(
            pl.all_horizontal(pl.col(name) >= _WHOLE * size for name, size in most.items())
        )
        return int(str(enough["year"].max())) if enough.height else newest
    return None


def _known(inquiry: Inquiry, view: View, pole: str, end: int) -> pl.DataFrame:
    """Return the figures of a few years up to one."""
    years = (end - _WINDOW + 1, end)
    asked = inquiry.workspace.compute(view.measure, **_options(view, pole), years=years)
    return asked.frame.filter(pl.col("value").is_not_null(), pl.col("year").is_between(*years))


def _by_state(frame: pl.DataFrame, pole: str) -> pl.DataFrame:
    """Return one row a state, whichever side of the pair it stands on."""
    if "state_a" in frame.columns:
        other = pl.when(pl.col("state_a") == pole).then("state_b").otherwise("state_a")
        frame = frame.with_columns(state=other)
    kept = frame.filter(pl.col("state") != pole)
    return kept.select("state", "year", "value", "low", "high", "n").sort(
        "value", "state", descending=[True, False], nulls_last=True
    )


def _in_short(frame: pl.DataFrame, view: View, year: int, found: Answer) -> tuple[Sentence, ...]:
    cites, text = _cites(found), say("There is no figure for {year}.", year=year)
    if frame.height:
        text = say(
            "{counted}; highest: {top}; lowest: {low}.",
            counted=many(frame.height, "{n} state has a figure", "{n} states have a figure"),
            top=listing([_figure(row, view) for row in frame.head(3).to_dicts()]),
            low=listing([_figure(row, view) for row in frame.tail(3).reverse().to_dicts()]),
        )
    return Sentence(say(view.explained), cites), Sentence(text, cites)


def _figure(row: dict[str, Any], view: View) -> str:
    value, low, high = row["value"], row["low"], row["high"]
    share = view.kind == "share"
    written = percent(value) if share else number(value, 3)
    if low is not None and high is not None:
        ends = span(low, high) if share else f"{number(low, 2)}–{number(high, 2)}"
        written = f"{written}, {ends}"
    return f"{label(row['state'])} ({written})"


def _cites(found: Answer) -> tuple[Cite, ...]:
    return found.cites() if len(found.releases) <= 3 else (found.cite,)


def _map(frame: pl.DataFrame, view: View, pole: str, title: str, found: Answer) -> Chart:
    values = [{"key": row["state"], "value": row["value"]} for row in frame.iter_rows(named=True)]
    data: dict[str, Any] = {"unit": view.kind, "values": values}
    if view.pole:
        data["highlight"] = _members(pole, frame)
    text = say("Map of the world shaded by: {title}. The table gives each figure.", title=title)
    return Chart("map", "map", title, text, data, _cites(found))


def _members(pole: str, frame: pl.DataFrame) -> list[str]:
    """Return the states a pole stands for, to be outlined."""
    if pole not in organisations.codes():
        return [pole]
    year = int(frame["year"].item(0))
    seated = organisations.members(pole, on=str(year))
    return sorted(seated.filter(pl.col("status").is_in(FULL))["state"].unique())


def _ranking(frame: pl.DataFrame, view: View, title: str, found: Answer) -> Table:
    bounds, today = frame["low"].null_count() < frame.height, set(states.today())
    ranked = frame.with_columns(rank=pl.col("value").rank("min", descending=True).cast(pl.Int64))
    rows = filled(
        ranked,
        ("rank", "value", "low", "high", "n"),
        (found.cite,),
        name=lambda row: states.name(row["state"], language()),
        state=lambda row: row["state"],
        href=lambda row: f"/states/{row['state']}" if row["state"] in today else None,
    )
    columns: Heads = {
        "name": say("State"),
        "rank": (say("Rank"), "integer"),
        "value": (say("Value"), view.kind),
    }
    if bounds:
        columns |= {"low": (say("Low"), view.kind), "high": (say("High"), view.kind)}
    note = say("A count of what happened, not a sample: no interval. n: observations behind it.")
    if bounds:
        note = say("Low and high: the measure's interval. n: observations behind the figure.")
    columns["n"] = ("n", "integer")
    return table("ranking", say("Ranking: {title}", title=title), columns, rows, note)

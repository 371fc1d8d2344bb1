"""Interdependence: how much of the economy trade with each pole is, and who leans on whom."""

from __future__ import annotations

from math import exp
from typing import Any

import polars as pl

from multivector.content.draft import part
from multivector.content.inquiry import Answer, Inquiry, in_money, label
from multivector.content.model import Chart, Column, Part, Row, Sentence, Table
from multivector.measures.integration import members_by_year
from multivector.words import say
from multivector.words.figures import listing, percent, ratio

_PARTNERS = 6
_ID = "interdependence"


def interdependence(inquiry: Inquiry) -> Part:
    """Return the section on dependence through trade."""
    asked = {"state": inquiry.state}
    flows = inquiry.table("flows")
    at_hand = flows is not None and in_money(flows.frame)
    answer = inquiry.compute("dependence", **asked) if at_hand else None
    rows = None if answer is None else inquiry.until(answer.frame)
    known = None if rows is None else rows.filter(pl.col("value").is_not_null())
    if answer is None or rows is None or known is None or known.is_empty():
        return _nothing(inquiry, rows)
    lines = _lines(inquiry, known)
    sentences = _told(inquiry, answer, lines, known)
    charts = [_chart(inquiry, answer, lines)] if lines else []
    leaning = _asymmetry(inquiry, int(str(known["year"].max())), answer, known)
    tables = () if leaning is None else (leaning[0],)
    sentences += [] if leaning is None else [leaning[1]]
    return part(*sentences, *charts, *tables, *_left_out(rows, known))


def _nothing(inquiry: Inquiry, rows: pl.DataFrame | None) -> Part:
    """Return the section that says which of the two figures is missing."""
    why = say("its trade with each partner by year is not in the data at hand")
    if rows is not None and rows.height:
        why = say("its GDP by year is not in the data at hand")
    what = say("How much of the economy of {state} hangs on each pole", state=inquiry.name)
    inquiry.miss(what, why)
    text = say(
        "Dependence of {state} on the poles cannot be told: {why}.", state=inquiry.name, why=why
    )
    return part(Sentence(text))


def _lines(inquiry: Inquiry, known: pl.DataFrame) -> list[dict[str, Any]]:
    """Return the series of each pole; an organisation's is the sum over its members of the year."""
    lines = []
    for pole in inquiry.poles:
        own = known.filter(pl.col("partner") == pole.pole)
        if pole.kind == "organisation":
            own = _summed(inquiry, pole.pole, known)
        points = [
            {"x": year, "y": value, "low": None, "high": None}
            for year, value in own.sort("year").select("year", "value").iter_rows()
        ]
        if points:
            lines.append({"key": pole.pole, "label": pole.name, "points": points})
    return lines


def _summed(inquiry: Inquiry, organisation: str, known: pl.DataFrame) -> pl.DataFrame:
    memberships = inquiry.table("memberships")
    if memberships is None:
        return known.clear()
    years = known["year"].unique().sort().to_list()
    members = members_by_year(memberships.frame, organisation, (), years)
    inside = members.select(pl.col("state").alias("partner"), pl.col("year").cast(pl.Int64))
    return known.join(inside, on=["partner", "year"]).group_by("year").agg(pl.col("value").sum())


def _told(
    inquiry: Inquiry, answer: Answer, lines: list[dict[str, Any]], known: pl.DataFrame
) -> list[Sentence]:
    last = int(str(known["year"].max()))
    ends = [
        (line["label"], line["points"][0], line["points"][-1])
        for line in lines
        if line["points"][-1]["x"] == last
    ]
    if not ends:
        text = say(
            "No trade of {state} with any pole in {year} is in the data.",
            state=inquiry.name,
            year=last,
        )
        return [Sentence(text, (answer.cite,))]
    ends.sort(key=lambda end: -end[2]["y"])
    told = [
        f"{name} {percent(new['y'])}" + (f" ({_then(old)})" if old["x"] < last else "")
        for name, old, new in ends
    ]
    text = say(
        "Trade with each pole as a share of the GDP of {state}, {year}: {shares}.",
        state=inquiry.name,
        year=last,
        shares=listing(told),
    )
    return [Sentence(text, inquiry.trade_cites(answer, last, inquiry.state))]


def _then(point: dict[str, Any]) -> str:
    return say("{share} in {year}", share=percent(point["y"]), year=point["x"])


def _chart(inquiry: Inquiry, answer: Answer, lines: list[dict[str, Any]]) -> Chart:
    years = [point["x"] for line in lines for point in line["points"]]
    first, last = min(years), max(years)
    ends = [
        f"{line['label']} {percent(line['points'][-1]['y'])} ({line['points'][-1]['x']})"
        for line in lines
    ]
    text = say(
        "Exports to and imports from each pole (an organisation: its members of the year) divided "
        "by GDP, {first} to {last}. Last values: {values}.",
        first=first,
        last=last,
        values=listing(ends),
    )
    data = {"unit": "share", "from": first, "to": last, "lines": lines}
    title = say("Trade with the poles in relation to GDP")
    return Chart(
        "dependence", "lines", title, text, data, inquiry.trade_cites(answer, last, inquiry.state)
    )


def _asymmetry(
    inquiry: Inquiry, year: int, dependence: Answer, known: pl.DataFrame
) -> tuple[Table, Sentence] | None:
    """Return who leans on whom, for the largest partners and the poles that are states."""
    answer = inquiry.compute("asymmetry", state=inquiry.state, years=(year, year))
    if answer is None:
        return None
    leaning = {
        row["partner"]: row["value"]
        for row in answer.frame.iter_rows(named=True)
        if row["state"] == inquiry.state and row["value"] is not None
    }
    own = known.filter(pl.col("year") == year).sort(["value", "partner"], descending=[True, False])
    shares = dict(own.select("partner", "value").iter_rows())
    wanted = [p for p in shares if p in leaning]
    named = {pole.pole for pole in inquiry.pole_states}
    chosen = [p for n, p in enumerate(wanted) if n < _PARTNERS or p in named]
    if not chosen:
        return None
    cites = tuple(
        cite for of in (answer, dependence) for cite in inquiry.trade_cites(of, year, inquiry.state)
    )
    rows = tuple(
        Row(
            {
                "partner": label(p),
                "code": p,
                "dependence": shares[p],
                "log_ratio": leaning[p],
                "times": exp(leaning[p]),
            },
            tuple(dict.fromkeys(cites)),
        )
        for p in chosen
    )
    return _table(rows, year), _leans(inquiry, rows, year)


def _table(rows: tuple[Row, ...], year: int) -> Table:
    columns = (
        Column("partner", say("Partner")),
        Column("dependence", say("Trade / GDP"), "share"),
        Column("times", say("Asymmetry"), "ratio"),
    )
    note = say(
        "Asymmetry: the partner's share in the state's trade divided by its own in theirs; "
        "above 1 the state leans on the partner more than the partner on it. Largest partners, and "
        "the poles."
    )
    return Table("leaning", say("Who leans on whom, {year}", year=year), columns, rows, note)


def _leans(inquiry: Inquiry, rows: tuple[Row, ...], year: int) -> Sentence:
    first = rows[0]
    ranked = sorted(rows, key=lambda row: -float(str(row.cells["times"])))
    most, least = ranked[0], ranked[-1]
    text = say(
        "Of those listed {state} leans most one-sidedly on {partner}, whose share in its trade was "
        "{ratio} its own in {partner}'s ({year})",
        state=inquiry.name,
        partner=most.cells["partner"],
        ratio=ratio(float(str(most.cells["times"]))),
        year=year,
    )
    if float(str(least.cells["times"])) < 1:
        text += say(
            "; {partner} leans more on {state} than the reverse",
            partner=least.cells["partner"],
            state=inquiry.name,
        )
    return Sentence(f"{text}.", first.cites)


def _left_out(rows: pl.DataFrame, known: pl.DataFrame) -> tuple[str, ...]:
    """Return a note on the years of which the trade is known and the GDP is not."""
    lost = sorted(set(rows["year"]) - set(known["year"]))
    years = listing([str(year) for year in lost])
    return (say("GDP is not known for {years}.", years=years),) if lost else ()

"""Interdependence: how much of the economy trade with each pole is, and who leans on whom."""

from __future__ import annotations

from math import exp
from typing import Any

import polars as pl

from multivector.brief.content import Chart, Column, Row, Section, Sentence, Table
from multivector.brief.inquiry import Answer, Inquiry, label
from multivector.brief.wording import listing, percent, ratio
from multivector.measures.integration import members_by_year

_PARTNERS = 6
_ID, _TITLE = "interdependence", "Interdependence"


def interdependence(inquiry: Inquiry) -> Section:
    """Return the section on dependence through trade."""
    asked = {"state": inquiry.state}
    answer = inquiry.compute("dependence", **asked) if _in_money(inquiry) else None
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
    return Section(_ID, _TITLE, tuple(sentences), tuple(charts), tables, _left_out(rows, known))


def _in_money(inquiry: Inquiry) -> bool:
    """Return whether the trade at hand is in dollars, not in the shares of printed lists."""
    chosen = inquiry.table("flows")
    if chosen is None:
        return False
    units = chosen.frame.filter(pl.col("flow").is_in(["exports", "imports"]))["unit"]
    return set(units.unique()) == {"USD"}


def _nothing(inquiry: Inquiry, rows: pl.DataFrame | None) -> Section:
    """Return the section that says which of the two figures is missing."""
    lost = "its GDP" if rows is not None and rows.height else "its trade with each partner"
    what = f"How much of the economy of {inquiry.name} hangs on each pole"
    inquiry.miss(what, f"{lost} by year is not in the data at hand")
    text = (
        f"Dependence of {inquiry.name} on the poles cannot be told: {lost} by year is not in the "
        "data at hand."
    )
    return Section(_ID, _TITLE, (Sentence(text),))


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
        text = f"No trade of {inquiry.name} with any pole in {last} is in the data."
        return [Sentence(text, (answer.cite,))]
    ends.sort(key=lambda end: -end[2]["y"])
    told = [
        f"{name} {percent(new['y'])}"
        + (f" ({percent(old['y'])} in {old['x']})" if old["x"] < last else "")
        for name, old, new in ends
    ]
    text = f"Trade with each pole as a share of the GDP of {inquiry.name}, {last}: {listing(told)}."
    return [Sentence(text, _cites(answer, last))]


def _cites(answer: Answer, year: int) -> tuple[Any, ...]:
    used = [s for s in answer.sources if not s.startswith("factbook")]
    return answer.cites(year, among=used)


def _chart(inquiry: Inquiry, answer: Answer, lines: list[dict[str, Any]]) -> Chart:
    years = [point["x"] for line in lines for point in line["points"]]
    first, last = min(years), max(years)
    ends = [
        f"{line['label']} {percent(line['points'][-1]['y'])} ({line['points'][-1]['x']})"
        for line in lines
    ]
    text = (
        f"Exports to and imports from each pole (an organisation: its members of the year) divided "
        f"by GDP, {first} to {last}. "
        f"Last values: {listing(ends)}."
    )
    data = {"unit": "share", "from": first, "to": last, "lines": lines}
    title = "Trade with the poles in relation to GDP"
    return Chart("dependence", "lines", title, text, data, _cites(answer, last))


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
    cites = (*_cites(answer, year), *_cites(dependence, year))
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
        Column("partner", "Partner"),
        Column("dependence", "Trade / GDP", "share"),
        Column("times", "Asymmetry", "ratio"),
    )
    note = (
        "Asymmetry: the partner's share in the state's trade divided by its own in theirs; "
        "above 1 the state leans on the partner more than the partner on it. Largest partners, and "
        "the poles."
    )
    return Table("leaning", f"Who leans on whom, {year}", columns, rows, note)


def _leans(inquiry: Inquiry, rows: tuple[Row, ...], year: int) -> Sentence:
    first = rows[0]
    ranked = sorted(rows, key=lambda row: -float(str(row.cells["times"])))
    most, least = ranked[0], ranked[-1]
    text = (
        f"Of those listed {inquiry.name} leans most one-sidedly on {most.cells['partner']}, whose "
        f"share in its trade was {ratio(float(str(most.cells['times'])))} its own in "
        f"{most.cells['partner']}'s ({year})"
    )
    if float(str(least.cells["times"])) < 1:
        text += f"; {least.cells['partner']} leans more on {inquiry.name} than the reverse"
    return Sentence(f"{text}.", first.cites)


def _left_out(rows: pl.DataFrame, known: pl.DataFrame) -> tuple[str, ...]:
    """Return a note on the years of which the trade is known and the GDP is not."""
    lost = sorted(set(rows["year"]) - set(known["year"]))
    return (f"GDP is not known for {listing([str(y) for y in lost])}.",) if lost else ()

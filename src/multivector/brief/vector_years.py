"""The vectors through the years: the index with its interval, and a small compass a few years."""

from __future__ import annotations

from typing import Any

import polars as pl

from multivector.brief.vectors import cites_of, domain_names, span_of
from multivector.content.draft import part
from multivector.content.inquiry import Answer, Inquiry
from multivector.content.model import Chart, Cite, Column, Part, Row, Sentence, Table
from multivector.errors import BadValue
from multivector.words import say
from multivector.words.figures import number, percent

__all__ = ["vector_years"]

_BACK = 20
_DRAWS = 100
_MOST = 6
_ALL = "all"


def vector_years(inquiry: Inquiry) -> Part:
    """Return the section on the index year by year."""
    last = span_of(inquiry)[1]
    try:
        answer = inquiry.compute(
            "multivector_index",
            state=inquiry.state,
            poles=inquiry.pole_codes,
            years=(last - _BACK, last),
            by="year",
            draws=_DRAWS,
        )
    except BadValue as error:
        return _refused(str(error).partition(";")[0])
    if answer is None or answer.frame["value"].drop_nulls().len() < 2:
        return _refused(say("fewer than two years have votes, trade or seats"))
    cites = cites_of(answer, f"{last - _BACK}/{last}")
    rows = answer.frame.drop_nulls("value").sort("start").to_dicts()
    charts = [_line(inquiry, rows, cites)]
    steps = _steps(inquiry, rows, answer, cites)
    charts += [steps] if steps is not None else []
    told = _told(inquiry, rows, cites)
    table = _table(inquiry, rows, cites)
    return part(*told, *charts, table)


def _refused(why: str) -> Part:
    text = say("The index year by year is not given: {why}.", why=why)
    return part(Sentence(text))


def _told(
    inquiry: Inquiry, rows: list[dict[str, Any]], cites: tuple[Cite, ...]
) -> tuple[Sentence, ...]:
    first, last = rows[0], rows[-1]
    text = say(
        "Multi-Vector Index of {state}: {first_value} in {first}, {last_value} in {last}.",
        state=inquiry.name,
        first=first["start"],
        last=last["start"],
        first_value=_figure(first),
        last_value=_figure(last),
    )
    apart = _apart(first, last)
    return Sentence(text, cites), *([Sentence(apart, cites)] if apart else [])


def _figure(row: dict[str, Any]) -> str:
    if row["low"] is None:
        return number(row["value"], 2)
    return say(
        "{value} (90% interval {low} to {high})",
        value=number(row["value"], 2),
        low=number(row["low"], 2),
        high=number(row["high"], 2),
    )


def _apart(first: dict[str, Any], last: dict[str, Any]) -> str | None:
    """Return whether the two intervals meet; null where one is missing."""
    if None in (first["low"], last["low"]):
        return None
    if first["low"] <= last["high"] and last["low"] <= first["high"]:
        return say("The two intervals overlap: a change between the two years is not shown.")
    return say("The two intervals do not overlap.")


def _line(inquiry: Inquiry, rows: list[dict[str, Any]], cites: tuple[Cite, ...]) -> Chart:
    points = [{"x": r["start"], "y": r["value"], "low": r["low"], "high": r["high"]} for r in rows]
    title = say("Multi-Vector Index year by year, with 90% intervals")
    text = say(
        "Multi-Vector Index of {state}, {first} to {last}: between {least} and {most}.",
        state=inquiry.name,
        first=rows[0]["start"],
        last=rows[-1]["start"],
        least=number(min(r["value"] for r in rows), 2),
        most=number(max(r["value"] for r in rows), 2),
    )
    line = {"key": inquiry.state, "label": inquiry.name, "points": points}
    data = {
        "from": rows[0]["start"],
        "to": rows[-1]["start"],
        "unit": "number",
        "lines": [line],
    }
    return Chart("index-by-year", "lines", title, text, data, cites)


def _steps(
    inquiry: Inquiry, rows: list[dict[str, Any]], answer: Answer, cites: tuple[Cite, ...]
) -> Chart | None:
    """Return small compasses of years that rest on the domains of most years."""
    kinds = [r["domains"] for r in rows]
    usual = max(sorted(set(kinds)), key=kinds.count)
    years = [r["start"] for r in rows if r["domains"] == usual]
    stride = max(-(-len(years) // _MOST), 1)
    chosen = sorted(years[::-1][::stride])
    domains = str(usual).split(";")
    roses = [_rose(inquiry, year, domains, answer) for year in chosen]
    if len(roses) < 2:
        return None
    title = say("The compass every few years, on one scale")
    text = say(
        "Shares of the poles in {first} and {last}: {changes}.",
        first=chosen[0],
        last=chosen[-1],
        changes="; ".join(
            f"{a['label']} {percent(a['value'] or 0)} → {percent(b['value'] or 0)}"
            for a, b in zip(roses[0]["poles"], roses[-1]["poles"], strict=True)
        ),
    )
    data = {"domains": domain_names(domains), "steps": roses}
    return Chart("compass-years", "steps", title, text, data, cites)


def _rose(inquiry: Inquiry, year: int, domains: list[str], answer: Answer) -> dict[str, Any]:
    own = answer.frames["shares"].filter(pl.col("start") == year)
    shares = {(r["domain"], r["pole"]): r for r in own.iter_rows(named=True)}
    held = answer.frames["domains"].filter(pl.col("start") == year)
    weights = dict(held.select("domain", "weight").iter_rows())
    poles = []
    for pole in inquiry.poles:
        whole = shares.get((_ALL, pole.pole), {})
        bands = [_share(shares, d, pole.pole) * weights.get(d, 0.0) for d in domains]
        ends = {key: whole.get(key) for key in ("value", "low", "high")}
        poles.append({"key": pole.pole, "label": pole.name, **ends, "bands": bands})
    return {"label": str(year), "from": year, "to": year, "poles": poles}


def _share(shares: dict[tuple[str, str], dict[str, Any]], domain: str, pole: str) -> float:
    return float(shares.get((domain, pole), {}).get("value") or 0.0)


def _table(inquiry: Inquiry, rows: list[dict[str, Any]], cites: tuple[Cite, ...]) -> Table:
    columns = (
        Column("year", say("Year")),
        Column("value", say("Index"), "number"),
        Column("low", say("Low"), "number"),
        Column("high", say("High"), "number"),
        Column("effective_vectors", say("Effective vectors"), "number"),
        Column("dominant", say("Largest share")),
        Column("dominance", say("Its share"), "share"),
        Column("domains", say("Rests on")),
        Column("n", say("Observations"), "integer"),
    )
    names = {pole.pole: pole.name for pole in inquiry.poles}
    keys = ("value", "low", "high", "effective_vectors", "dominance", "n")
    shown = tuple(
        Row(
            {
                "year": str(r["start"]),
                **{key: r[key] for key in keys},
                "dominant": names.get(r["dominant"], r["dominant"]),
                "domains": ", ".join(domain_names(str(r["domains"]).split(";"))),
            },
            cites[:1],
        )
        for r in rows
    )
    caption = say("Multi-Vector Index of {state} year by year", state=inquiry.name)
    note = say(
        "A year rests on fewer observations than five: intervals are wider. Years that rest on "
        "different domains are not alike; the column says which."
    )
    return Table("index-years", caption, columns, shown, note, folded=True)

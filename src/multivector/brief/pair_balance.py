"""Asymmetries of a pair: who is larger, and who leans on whom."""

from __future__ import annotations

from math import exp
from typing import Any

import polars as pl

from multivector.content.draft import part
from multivector.content.inquiry import Answer, Inquiry, Sides, merge
from multivector.content.model import (
    Cite,
    Column,
    Fact,
    Kind,
    PairFigure,
    Part,
    Row,
    Scalar,
    Sentence,
    Table,
)
from multivector.words import mark, say
from multivector.words.figures import number, percent, ratio

__all__ = ["asymmetries"]

_WINDOW = 12
_STEP = 5
_MOST = 5
_SIZES: tuple[tuple[str, str, Kind], ...] = (
    ("gdp", mark("GDP"), "amount"),
    ("population", mark("Population"), "amount"),
    ("military_expenditure", mark("Military spending, % of GDP"), "percent"),
    ("military_spending", mark("Military spending"), "ratio"),
)
_RATIOS = ("gdp", "population", "military_spending")


def asymmetries(inquiry: Inquiry) -> Part:
    """Return the section on the asymmetries between the two."""
    sides = Sides.of(inquiry)
    sentences: list[Sentence] = []
    tables: list[Table] = []
    facts: list[Fact] = []
    rows: list[PairFigure] = []
    sizes = _sizes(inquiry, sides)
    if sizes:
        sentences.append(_larger(sides, sizes))
        tables.append(_sizes_table(sides, sizes))
        rows += [_compared(row) for row in sizes if row.cells["ratio"] is not None]
    leaning = _leaning(inquiry, sides)
    if leaning:
        sentences.append(_leans(sides, leaning[-1]))
        tables.append(_leaning_table(sides, leaning))
        facts.append(_fact(sides, leaning[-1]))
    if not sentences:
        text = say(
            "Neither the sizes of {a} and {b} nor their trade can be set side by side with the "
            "data at hand.",
            a=sides.first,
            b=sides.second,
        )
        sentences.append(Sentence(text))
        what = say("Asymmetries between {a} and {b}", a=sides.first, b=sides.second)
        inquiry.miss(what, say("no figure of both in the same years is at hand"))
    return part(*sentences, *tables, *facts, *rows)


# --- sizes


def _sizes(inquiry: Inquiry, sides: Sides) -> list[Row]:
    """Return the newest figures of each, and the ratio where one source has both."""
    figures = inquiry.table("indicators")
    if figures is None or figures.frame.is_empty():
        return []
    last = inquiry.year or int(str(figures.frame["year"].max()))
    rows: list[Row] = []
    for indicator, title, kind in _SIZES:
        own, cites = _newest(figures.frame, sides, indicator, last)
        asked = indicator in _RATIOS and (bool(own) or kind == "ratio")
        ratio_of = _ratio(inquiry, sides, indicator, last) if asked else None
        if not own and ratio_of is None:
            continue
        cells: dict[str, Scalar] = {"what": say(title), "kind": kind}
        for key, state in (("a", sides.a), ("b", sides.b)):
            value, year = own.get(state, (None, None))
            cells |= {key: value, f"{key}_year": year}
        if ratio_of is not None:
            cells |= {"ratio": ratio_of[0]["value"], "year": str(ratio_of[0]["year"])}
            cites += ratio_of[1].cites(
                ratio_of[0]["year"], f"{indicator} of both", of=("indicators",)
            )
        rows.append(Row({"ratio": None, "year": None, **cells}, merge(cites)))
    return rows


def _newest(
    frame: pl.DataFrame, sides: Sides, indicator: str, last: int
) -> tuple[dict[str, tuple[float, str]], list[Cite]]:
    """Return the newest figure of each state and its year, with where it stands."""
    rows = frame.filter(
        (pl.col("indicator") == indicator)
        & pl.col("state").is_in([sides.a, sides.b])
        & pl.col("year").is_between(last - _WINDOW, last)
        & pl.col("value").is_not_null()
    ).sort("year", "source")
    newest = rows.unique("state", keep="last", maintain_order=True).to_dicts()
    cites = [
        Cite(row["source"], row["locator"], str(row["year"]), row.get("estimate")) for row in newest
    ]
    return {row["state"]: (row["value"], str(row["year"])) for row in newest}, cites


def _ratio(
    inquiry: Inquiry, sides: Sides, indicator: str, last: int
) -> tuple[dict[str, Any], Answer] | None:
    asked = {"state": sides.a, "poles": (sides.b,), "years": (last - _WINDOW, last)}
    answer = inquiry.compute("size_ratio", indicator=indicator, **asked)
    if answer is None:
        return None
    known = inquiry.until(answer.frame).filter(
        (pl.col("state") == sides.a) & pl.col("value").is_not_null()
    )
    return (known.sort("year").row(-1, named=True), answer) if known.height else None


def _larger(sides: Sides, sizes: list[Row]) -> Sentence:
    told = [
        f"{row.cells['what']} {ratio(float(str(row.cells['ratio'])))} ({row.cells['year']})"
        for row in sizes
        if row.cells["ratio"] is not None
    ]
    cites = merge(cite for row in sizes for cite in row.cites)
    if told:
        text = say(
            "Size of {a} divided by that of {b}: {sizes}.",
            a=sides.first,
            b=sides.second,
            sizes=", ".join(told),
        )
        return Sentence(text, cites)
    text = say(
        "No source at hand has the sizes of both {a} and {b}; the newest figures stand side by "
        "side.",
        a=sides.first,
        b=sides.second,
    )
    return Sentence(text, cites)


def _compared(row: Row) -> PairFigure:
    what = say("{size}, the first divided by the second", size=row.cells["what"])
    return PairFigure.of(what, "ratio", row.cells["year"], row.cites, both=row.cells["ratio"])


def _sizes_table(sides: Sides, sizes: list[Row]) -> Table:
    columns = (
        Column("what", say("Size")),
        Column("a", sides.first, "number"),
        Column("a_year", say("Year")),
        Column("b", sides.second, "number"),
        Column("b_year", say("Year")),
        Column("ratio", f"{sides.first} / {sides.second}", "ratio"),
        Column("year", say("Year of the ratio")),
    )
    note = say(
        "Newest figures of each; a ratio only where one source has both at most three years apart. "
        "Money in US dollars; the ratio of military spending is that of its percentage of GDP "
        "times GDP."
    )
    return Table("sizes", say("Sizes side by side"), columns, tuple(sizes), note)


# --- who leans on whom


def _leaning(inquiry: Inquiry, sides: Sides) -> list[Row]:
    """Return shares, asymmetry and interdependence of some years, the newest among them."""
    shares = {
        state: answer
        for state, _, partner, _ in sides.ways
        if (answer := _share(inquiry, state, partner)) is not None
    }
    if len(shares) < 2:
        return []
    a, b = (dict(shares[s].frame.select("year", "value").iter_rows()) for s in (sides.a, sides.b))
    years = sorted(set(a) & set(b))
    recent = [year for year in years if year % _STEP == 0 and year > years[-1] - _MOST * _STEP]
    chosen = sorted({*recent, *years[-1:]})
    rows: list[Row] = []
    for year in chosen:
        asked = {"years": (year, year)}
        lean = inquiry.compute("asymmetry", state=sides.a, partner=sides.b, **asked)
        tied = inquiry.compute("interdependence", state_a=sides.a, state_b=sides.b, **asked)
        log_ratio = _one(lean, state=sides.a)
        cells = {
            "year": str(year),
            "a_share": a[year],
            "b_share": b[year],
            "log_ratio": log_ratio,
            "times": None if log_ratio is None else exp(log_ratio),
            "interdependence": _one(tied),
        }
        used = [answer for answer in (lean, tied) if answer is not None]
        cites = merge(c for of in used for c in inquiry.trade_cites(of, year, sides.a, sides.b))
        rows.append(Row(cells, cites))
    return rows


def _share(inquiry: Inquiry, state: str, partner: str) -> Answer | None:
    answer = inquiry.compute("partner_shares", state=state, partner=partner, flow="both")
    if answer is None:
        return None
    rows = inquiry.until(answer.frame).filter(pl.col("value").is_not_null())
    return Answer(rows, answer.run, answer.sources) if rows.height else None


def _one(answer: Answer | None, **at: Any) -> float | None:
    if answer is None:
        return None
    rows = answer.frame.filter(**at) if at else answer.frame
    return rows["value"].item() if rows.height == 1 else None


def _who(sides: Sides, row: Row) -> tuple[str, str, float] | None:
    """Return who leans on whom, and how many times the other's share is its own."""
    times = row.cells["times"]
    if times is None:
        return None
    value = float(str(times))
    if value >= 1:
        return sides.first, sides.second, value
    return sides.second, sides.first, 1 / value


def _leans(sides: Sides, row: Row) -> Sentence:
    shares = {"a": sides.first, "b": sides.second, "year": row.cells["year"]}
    own, theirs = float(str(row.cells["a_share"])), float(str(row.cells["b_share"]))
    text = say(
        "Share of {b} in the trade of {a} {own}, of {a} in the trade of {b} {theirs} ({year})",
        own=percent(own),
        theirs=percent(theirs),
        **shares,
    )
    who = _who(sides, row)
    if who is not None:
        leaning, on, times = who
        text += say(
            ": {leaning} leans on {on} more than the reverse, by {times}",
            leaning=leaning,
            on=on,
            times=ratio(times),
        )
    tied = row.cells["interdependence"]
    if tied is not None:
        value = number(float(str(tied)), 2)
        text += say("; interdependence (Barbieri) {value}", value=value)
    return Sentence(f"{text}.", row.cites)


def _fact(sides: Sides, row: Row) -> Fact:
    who = _who(sides, row)
    text = "–" if who is None else who[0]
    detail = str(row.cells["year"])
    if who is not None:
        detail = say(
            "on {state}, by {times}, {year}", state=who[1], times=ratio(who[2]), year=detail
        )
    return Fact(say("Leans more in trade"), text, detail, row.cites)


def _leaning_table(sides: Sides, rows: list[Row]) -> Table:
    columns = (
        Column("year", say("Year")),
        Column("a_share", say("{b} in the trade of {a}", a=sides.first, b=sides.second), "share"),
        Column("b_share", say("{b} in the trade of {a}", a=sides.second, b=sides.first), "share"),
        Column("times", say("Asymmetry"), "ratio"),
        Column("interdependence", say("Interdependence"), "number"),
    )
    note = say(
        "Asymmetry: the first share divided by the second; above 1 {a} leans on {b} more than the "
        "reverse. Interdependence after Barbieri: salience times symmetry of the two shares, 0 to "
        "1. Goods only.",
        a=sides.first,
        b=sides.second,
    )
    return Table("leaning", say("Who leans on whom"), columns, tuple(rows), note)

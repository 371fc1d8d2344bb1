"""The profile: a state's size in a few figures, the newest and about ten years before."""

from __future__ import annotations

from typing import Any

import polars as pl

from multivector.content.inquiry import Inquiry, merge
from multivector.content.model import Cite, Column, Fact, Kind, Row, Section, Sentence, Table
from multivector.study import world
from multivector.words import mark, say
from multivector.words.figures import amount, estimated, in_percent, listing, lower_first, number

_SHOWN: tuple[tuple[str, str, Kind], ...] = (
    ("population", mark("Population"), "amount"),
    ("area", mark("Area (sq km)"), "amount"),
    ("gdp", mark("GDP (current US$)"), "amount"),
    ("gdp_per_capita_ppp", mark("GDP per person, PPP (US$)"), "amount"),
    ("gdp_growth", mark("Real growth of GDP (%)"), "number"),
    ("exports", mark("Exports (US$)"), "amount"),
    ("imports", mark("Imports (US$)"), "amount"),
    ("military_expenditure", mark("Military expenditure (% of GDP)"), "number"),
    ("public_debt", mark("Public debt (% of GDP)"), "number"),
    ("inflation", mark("Inflation (%)"), "number"),
)
_SPAN = 10
_NOTE = mark(
    "Both figures of a row are of one source. Definitions are the source's and can change between "
    "editions: the newer World Factbook counts services in exports and imports."
)


def profile(inquiry: Inquiry) -> tuple[Section, tuple[Fact, ...]]:
    """Return the profile section and the facts of the headline."""
    figures = _figures(inquiry)
    rows: list[Row] = []
    facts: list[Fact] = []
    for indicator, name, kind in _SHOWN:
        own = figures.filter(pl.col("indicator") == indicator).sort("year", "source")
        if own.is_empty():
            continue
        newest = own.row(-1, named=True)
        earlier = _before(own, newest)
        rows.append(_row(say(name), kind, earlier, newest))
        if indicator in ("population", "gdp", "military_expenditure"):
            facts.append(_fact(indicator, newest))
    parts = _parts(inquiry, set(figures["indicator"]))
    if not rows:
        inquiry.miss(
            say("Population, GDP and other figures of {state}", state=inquiry.name),
            _why(inquiry.year),
        )
    tables = (_table(inquiry, rows),) if rows else ()
    section = Section("profile", say("Profile"), _sentences(inquiry, facts), (), (*tables, *parts))
    return section, tuple(facts)


def _why(year: int | None) -> str:
    if year is None:
        return say("the embedded editions of the World Factbook have none for the state as a whole")
    return say(
        "the embedded editions of the World Factbook have none for the state as a whole up to "
        "{year}",
        year=year,
    )


def _table(inquiry: Inquiry, rows: list[Row]) -> Table:
    columns = (
        Column("indicator", say("Figure")),
        Column("earlier", say("Earlier"), "number"),
        Column("earlier_year", say("Year"), "date"),
        Column("newest", say("Newest"), "number"),
        Column("newest_year", say("Year"), "date"),
    )
    caption = say("{state} in figures", state=inquiry.name)
    return Table("profile", caption, columns, tuple(rows), say(_NOTE))


def _before(own: pl.DataFrame, newest: dict[str, Any]) -> dict[str, Any] | None:
    """Return the same source's figure nearest to ten years before the newest; null if none."""
    source = str(newest["source"]).partition("@")[0]
    rows = own.filter(
        (pl.col("year") < newest["year"]) & pl.col("source").str.starts_with(f"{source}@")
    )
    gap = (pl.col("year") - (newest["year"] - _SPAN)).abs()
    return None if rows.is_empty() else rows.sort(gap, "year").row(0, named=True)


def _figures(inquiry: Inquiry) -> pl.DataFrame:
    chosen = inquiry.table("indicators")
    if chosen is None:
        return pl.DataFrame(schema=["indicator", "year", "source"])
    return inquiry.until(chosen.frame.filter(pl.col("state") == inquiry.state))


def _cite(row: dict[str, Any]) -> Cite:
    return Cite(
        str(row["source"]),
        str(row["locator"]),
        str(row["year"]),
        bool(row["estimate"]) if row["estimate"] is not None else None,
    )


def _row(name: str, kind: Kind, earlier: dict[str, Any] | None, newest: dict[str, Any]) -> Row:
    cells = {
        "indicator": name,
        "earlier": None if earlier is None else earlier["value"],
        "earlier_year": None if earlier is None else _when(earlier),
        "newest": newest["value"],
        "newest_year": _when(newest),
        "kind": kind,
    }
    found = [row for row in (newest, earlier) if row is not None]
    return Row(cells, merge(_cite(row) for row in found))


def _when(row: dict[str, Any]) -> str:
    return estimated(row["year"], row["estimate"])


def _fact(indicator: str, row: dict[str, Any]) -> Fact:
    value = float(str(row["value"]))
    label, text = {
        "population": (say("Population"), amount(value)),
        "gdp": (say("GDP"), say("US$ {amount}", amount=amount(value))),
        "military_expenditure": (
            say("Military spending"),
            say("{share} of GDP", share=in_percent(number(value, 2))),
        ),
    }[indicator]
    return Fact(label, text, _when(row), (_cite(row),))


def _sentences(inquiry: Inquiry, facts: list[Fact]) -> tuple[Sentence, ...]:
    if not facts:
        text = say("No figures of {state} as a whole are in the data at hand.", state=inquiry.name)
        return (Sentence(text),)
    told = [f"{lower_first(fact.label)} {fact.text} ({fact.detail})" for fact in facts]
    cites = merge(cite for fact in facts for cite in fact.cites)
    return (Sentence(f"{inquiry.name}: {listing(told)}.", cites),)


def _parts(inquiry: Inquiry, whole: set[str]) -> tuple[Table, ...]:
    """Return the figures of a state's parts where the source has none for the whole."""
    shown = {name: (label, kind) for name, label, kind in _SHOWN if name not in whole}
    rows = world.read("factbook_indicators.parquet").filter(
        (pl.col("state") == inquiry.state)
        & pl.col("part").is_not_null()
        & pl.col("indicator").is_in(list(shown))
    )
    rows = inquiry.until(rows).sort("part", "indicator", "year", "source")
    newest = rows.unique(["part", "indicator"], keep="last", maintain_order=True)
    if newest.is_empty():
        return ()
    columns = (
        Column("part", say("Part")),
        Column("indicator", say("Figure")),
        Column("newest", say("Newest"), "number"),
        Column("newest_year", say("Year"), "date"),
    )
    body = tuple(
        Row(
            {
                "part": row["part"],
                "indicator": say(shown[row["indicator"]][0]),
                "newest": row["value"],
                "newest_year": _when(row),
                "kind": shown[row["indicator"]][1],
            },
            (_cite(row),),
        )
        for row in newest.iter_rows(named=True)
    )
    note = say(
        "The source has an entry for each part and none for the whole; they are not added up."
    )
    caption = say("Figures of parts of {state}", state=inquiry.name)
    return (Table("parts", caption, columns, body, note),)

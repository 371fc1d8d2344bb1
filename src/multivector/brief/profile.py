"""The profile: what a state or an organisation is.

A state in a few figures, the newest and about ten years before; an organisation by its names, its
field, its life and its members.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from multivector.brief.listings import field_name
from multivector.brief.seats import entry, members_of, year_of
from multivector.content.draft import Draft
from multivector.content.inquiry import Inquiry, cited, club, label, merge
from multivector.content.model import Cite, Fact, Kind, Part, Row, Sentence, Table
from multivector.content.tables import Heads, filled, heads, table
from multivector.names import organisations
from multivector.study import world
from multivector.words import language, many, mark, say
from multivector.words.figures import (
    amount,
    day,
    estimated,
    in_percent,
    listing,
    lower_first,
    number,
)

__all__ = ["profile"]

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
_NAMED = 12
_LANGUAGES = {
    "en": mark("English"),
    "tr": mark("Turkish"),
    "ru": mark("Russian"),
    "kk": mark("Kazakh"),
}
_MEMBERS = (Cite("table:members"),)


def profile(inquiry: Inquiry) -> Part:
    """Return the section on what the state or the organisation is, and the headline's facts."""
    draft = _of_organisation(inquiry) if inquiry.kind == "organisation" else _of_state(inquiry)
    return draft.part()


# --- a state in figures


def _of_state(inquiry: Inquiry) -> Draft:
    draft, figures, rows = Draft(), _figures(inquiry), []
    for indicator, name, kind in _SHOWN:
        own = figures.filter(pl.col("indicator") == indicator).sort("year", "source")
        if own.is_empty():
            continue
        newest = own.row(-1, named=True)
        rows.append(_row(say(name), kind, _before(own, newest), newest))
        if indicator in ("population", "gdp", "military_expenditure"):
            draft.add(_fact(indicator, newest))
    if rows:
        draft.add(_table(inquiry, rows))
    else:
        what = say("Population, GDP and other figures of {state}", state=inquiry.name)
        inquiry.miss(what, _why(inquiry.year))
    draft.add(_parts(inquiry, set(figures["indicator"])), _in_short(inquiry, draft.facts))
    return draft


def _why(year: int | None) -> str:
    if year is None:
        return say("the embedded editions of the World Factbook have none for the state as a whole")
    return say(
        "the embedded editions of the World Factbook have none for the state as a whole up to "
        "{year}",
        year=year,
    )


def _table(inquiry: Inquiry, rows: list[Row]) -> Table:
    columns: Heads = {
        "indicator": say("Figure"),
        "earlier": (say("Earlier"), "number"),
        "earlier_year": (say("Year"), "date"),
        **heads("newest newest_year"),
    }
    note = say(
        "Both figures of a row are of one source. Definitions are the source's and can change "
        "between editions: the newer World Factbook counts services in exports and imports."
    )
    return table("profile", say("{state} in figures", state=inquiry.name), columns, rows, note)


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


def _in_short(inquiry: Inquiry, facts: list[Fact]) -> Sentence:
    if not facts:
        text = say("No figures of {state} as a whole are in the data at hand.", state=inquiry.name)
        return Sentence(text)
    parts = listing([f"{lower_first(fact.label)} {fact.text} ({fact.detail})" for fact in facts])
    return Sentence(f"{inquiry.name}: {parts}.", merge(c for fact in facts for c in fact.cites))


def _parts(inquiry: Inquiry, whole: set[str]) -> Table | None:
    """Return the figures of a state's parts where the source has none for the whole."""
    shown = {name: (title, kind) for name, title, kind in _SHOWN if name not in whole}
    rows = world.read("factbook_indicators.parquet").filter(
        (pl.col("state") == inquiry.state)
        & pl.col("part").is_not_null()
        & pl.col("indicator").is_in(list(shown))
    )
    rows = inquiry.until(rows).sort("part", "indicator", "year", "source")
    newest = rows.unique(["part", "indicator"], keep="last", maintain_order=True)
    columns = {"part": say("Part"), "indicator": say("Figure"), **heads("newest newest_year")}
    body = filled(
        newest,
        columns,
        _cite,
        indicator=lambda row: say(shown[row["indicator"]][0]),
        newest=lambda row: row["value"],
        newest_year=_when,
        kind=lambda row: shown[row["indicator"]][1],
    )
    note = say(
        "The source has an entry for each part and none for the whole; they are not added up."
    )
    caption = say("Figures of parts of {state}", state=inquiry.name)
    return table("parts", caption, columns, body, note) if body else None


# --- an organisation


def _of_organisation(inquiry: Inquiry) -> Draft:
    row, year = entry(inquiry), year_of(inquiry)
    cite, held = cited(row, "founded"), members_of(inquiry, year)
    draft = Draft()
    draft.add(_founded(inquiry, row, cite))
    if row["predecessor"]:
        text = say("It goes back to: {organisations}.", organisations=_clubs(row["predecessor"]))
        draft.write(text, (cite,))
    if row["successor"]:
        text = say("It was followed by: {organisations}.", organisations=_clubs(row["successor"]))
        draft.write(text, (cite,))
    draft.add(_members(held, year), _names(row, cite))
    size = many(len(held), "{n} full member", "{n} full members")
    draft.add(
        Fact(say("Founded"), day(row["founded"]), field_name(row["field"]), (cite,)),
        Fact(say("Members"), size, say("{year}, of those in the table", year=year), _MEMBERS),
    )
    return draft


def _founded(inquiry: Inquiry, row: dict[str, Any], cite: Cite) -> Sentence:
    named = {
        "organisation": inquiry.name,
        "short": club(row["organisation"]),
        "date": day(row["founded"]),
        "field": field_name(row["field"]),
    }
    text = say("{organisation} ({short}): founded {date}; field: {field}.", **named)
    if row["dissolved"] is not None:
        text = say(
            "{organisation} ({short}): founded {date}, dissolved {end}; field: {field}.",
            **named,
            end=day(row["dissolved"]),
        )
    return Sentence(text, (cite,))


def _clubs(codes: str) -> str:
    known = organisations.codes()
    return listing(
        [
            f"{organisations.name(code, language())} ({club(code)})" if code in known else code
            for code in codes.split(";")
        ]
    )


def _members(held: list[str], year: int) -> Sentence:
    text = many(
        len(held),
        "{n} full member in {year}: {states}.",
        "{n} full members in {year}: {states}.",
        year=year,
        states=listing(sorted(map(label, held)), _NAMED),
    )
    if not held:
        text = say("The table of memberships has no full member of it in {year}.", year=year)
    return Sentence(text, _MEMBERS)


def _names(row: dict[str, Any], cite: Cite) -> Table:
    columns = heads(language=say("Language"), name=say("Name"), short=say("Abbreviation"))
    rows = []
    for code, name in _LANGUAGES.items():
        if row[f"name_{code}"]:
            cells = {"language": say(name), "name": row[f"name_{code}"]}
            rows.append(Row({**cells, "short": row[f"short_{code}"]}, (cite,)))
    return table("names", say("Names"), columns, rows)

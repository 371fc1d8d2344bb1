"""Asymmetries: a state beside its neighbours and poles, in size and in what each needs."""

from __future__ import annotations

from typing import Any

import polars as pl

from multivector.content.draft import part
from multivector.content.inquiry import Answer, Inquiry, label, merge
from multivector.content.model import Cite, Column, Part, PoleFigure, Row, Sentence, Table
from multivector.study import world
from multivector.words import say
from multivector.words.figures import listing, percent, ratio, whole

_WINDOW = 12
_SIZES = ("gdp", "population", "military_spending")


def ties(inquiry: Inquiry) -> Part:
    """Return the section on asymmetries with neighbours and poles."""
    borders = _borders(inquiry)
    others = [*borders, *(p for p in inquiry.pole_codes if p not in borders)]
    if not others:
        return Part()
    sizes, size_cites = _sizes(inquiry, others)
    trade, trade_cites = _trade(inquiry, others)
    rows = [
        Row(
            {
                "other": label(other),
                "code": other,
                "border": borders[other][0] if other in borders else None,
                "tie": _tie(inquiry, other, borders),
                **{name: sizes[name].get(other) for name in _SIZES},
                **{key: trade[key].get(other) for key in trade},
            },
            merge(
                (
                    *([borders[other][1]] if other in borders else []),
                    *size_cites.get(other, ()),
                    *trade_cites.get(other, ()),
                )
            ),
        )
        for other in others
    ]
    figures = [
        PoleFigure(flow, str(row.cells["code"]), _real(row, f"{flow}_own"), _of_flow(row, flow))
        for row in rows
        for flow in ("exports", "imports")
        if row.cells[f"{flow}_own"] is not None
    ]
    neighbours = _neighbours(inquiry, borders)
    return part(neighbours, *_told(inquiry, rows), _table(inquiry, rows), *figures)


def _of_flow(row: Row, flow: str) -> tuple[Cite, ...]:
    return tuple(cite for cite in row.cites if flow in (cite.locator or ""))


def _borders(inquiry: Inquiry) -> dict[str, tuple[float | None, Cite]]:
    chosen = inquiry.table("borders")
    if chosen is None:
        return {}
    own = chosen.frame.filter(pl.col("state") == inquiry.state)
    own = own.filter(pl.col("source") == own["source"].max()) if own.height else own
    rows = own.sort(["length", "partner"], descending=[True, False], nulls_last=True)
    if rows.is_empty():
        return _borders_of_parts(inquiry)
    return {
        row["partner"]: (row["length"], Cite(row["source"], row["locator"], _edition(row)))
        for row in rows.iter_rows(named=True)
    }


def _borders_of_parts(inquiry: Inquiry) -> dict[str, tuple[float | None, Cite]]:
    """Return the neighbours of a state whose parts have entries of their own, without lengths."""
    rows = world.read("factbook_borders.tsv").filter(
        (pl.col("state") == inquiry.state)
        & pl.col("part").is_not_null()
        & pl.col("neighbour").is_not_null()
        & (pl.col("neighbour") != inquiry.state)
    )
    newest = rows.filter(pl.col("source") == pl.col("source").max())
    return {
        row["neighbour"]: (None, Cite(row["source"], row["locator"], _edition(row)))
        for row in newest.sort("neighbour", "part").iter_rows(named=True)
    }


def _edition(row: dict[str, Any]) -> str:
    return str(row["source"]).partition("@")[2]


def _tie(inquiry: Inquiry, other: str, borders: dict[str, tuple[float | None, Cite]]) -> str:
    kinds = [say("neighbour")] if other in borders else []
    kinds += [say("pole")] if other in inquiry.pole_codes else []
    return ", ".join(kinds)


def _sizes(
    inquiry: Inquiry, others: list[str]
) -> tuple[dict[str, dict[str, float]], dict[str, list[Cite]]]:
    values: dict[str, dict[str, float]] = {}
    cites: dict[str, list[Cite]] = {}
    figures = inquiry.table("indicators")
    if figures is None or figures.frame.is_empty():
        return {indicator: {} for indicator in _SIZES}, cites
    last = inquiry.year or int(str(figures.frame["year"].max()))
    asked = {"state": inquiry.state, "poles": tuple(others), "years": (last - _WINDOW, last)}
    for indicator in _SIZES:
        answer = inquiry.compute("size_ratio", indicator=indicator, **asked)
        values[indicator] = {}
        for row in _newest(inquiry, answer):
            values[indicator][row["partner"]] = row["value"]
            if answer is not None:
                cites.setdefault(row["partner"], []).extend(
                    answer.cites(row["year"], f"{indicator} of both", of=("indicators",))
                )
    return values, cites


def _newest(inquiry: Inquiry, answer: Answer | None) -> list[dict[str, Any]]:
    """Return the newest defined row of each partner, up to the year asked for."""
    if answer is None:
        return []
    rows = inquiry.until(answer.frame.filter(pl.col("state") == inquiry.state))
    rows = rows.filter(pl.col("value").is_not_null()).sort("partner", "year")
    return rows.unique("partner", keep="last", maintain_order=True).to_dicts()


def _trade(
    inquiry: Inquiry, others: list[str]
) -> tuple[dict[str, dict[str, float]], dict[str, list[Cite]]]:
    """Return the newest share of each other in the state's flows, and the state's in theirs."""
    values: dict[str, dict[str, float]] = {}
    cites: dict[str, list[Cite]] = {}
    releases = inquiry.sources_of("flows", "factbook")
    for flow in ("exports", "imports"):
        values[f"{flow}_own"], values[f"{flow}_theirs"] = {}, {}
        for release in releases:
            _own(inquiry, flow, release, values, cites)
            _theirs(inquiry, flow, release, others, values, cites)
    return values, cites


def _own(
    inquiry: Inquiry,
    flow: str,
    release: str,
    values: dict[str, dict[str, float]],
    cites: dict[str, list[Cite]],
) -> None:
    answer = inquiry.compute(
        "pole_shares",
        poles=tuple(sorted({*inquiry.pole_codes, *_borders(inquiry)})),
        flow=flow,
        state=inquiry.state,
        source=release,
    )
    if answer is None:
        return
    if inquiry.until(answer.frame.filter(pl.col("state") == inquiry.state)).height:
        values[f"{flow}_own"].clear()
    for row in _newest(inquiry, answer):
        values[f"{flow}_own"][row["partner"]] = row["value"]
        cites.setdefault(row["partner"], []).extend(
            answer.cites(row["year"], f"{flow} - partners", among=(release,))
        )


def _theirs(
    inquiry: Inquiry,
    flow: str,
    release: str,
    others: list[str],
    values: dict[str, dict[str, float]],
    cites: dict[str, list[Cite]],
) -> None:
    """Set what the newer list says, also that it no longer names the state."""
    answer = inquiry.compute("partner_shares", flow=flow, source=release)
    if answer is None:
        return
    lists = inquiry.until(answer.frame.filter(pl.col("state").is_in(others)))
    for other in lists["state"].unique():
        values[f"{flow}_theirs"].pop(other, None)
    rows = lists.filter((pl.col("partner") == inquiry.state) & pl.col("value").is_not_null())
    for row in rows.sort("state", "year").iter_rows(named=True):
        values[f"{flow}_theirs"][row["state"]] = row["value"]
        cites.setdefault(row["state"], []).extend(
            answer.cites(row["year"], f"{flow} - partners", among=(release,))
        )


def _neighbours(inquiry: Inquiry, borders: dict[str, tuple[float | None, Cite]]) -> Sentence:
    if not borders:
        text = say("No land border of {state} is in the data at hand.", state=inquiry.name)
        return Sentence(text)
    told = [
        label(code) + (f" ({say('{n} km', n=whole(length))})" if length is not None else "")
        for code, (length, _) in borders.items()
    ]
    cites = merge(cite for _, cite in borders.values())
    return Sentence(say("Land borders with {states}.", states=listing(told)), cites[:1])


def _told(inquiry: Inquiry, rows: list[Row]) -> list[Sentence]:
    said: list[Sentence] = []
    sized = [row for row in rows if row.cells["gdp"] is not None]
    if sized:
        told = [f"{row.cells['other']} {ratio(_real(row, 'gdp'))}" for row in sized]
        cites = merge(cite for row in sized for cite in row.cites if "gdp" in (cite.locator or ""))
        text = say("Its GDP divided by theirs: {ratios}.", ratios=listing(told))
        said.append(Sentence(text, cites))
    both = [
        row
        for row in rows
        if row.cells["exports_own"] is not None and row.cells["exports_theirs"] is not None
    ]
    both.sort(key=lambda row: -abs(_real(row, "exports_own") - _real(row, "exports_theirs")))
    for row in both[:3]:
        text = say(
            "{own} of {state}'s exports go to {other}; {theirs} of {other}'s go to {state}.",
            own=percent(_real(row, "exports_own")),
            state=inquiry.name,
            other=row.cells["other"],
            theirs=percent(_real(row, "exports_theirs")),
        )
        said.append(Sentence(text, _of_flow(row, "exports")))
    return said


def _real(row: Row, key: str) -> float:
    return float(str(row.cells[key]))


def _table(inquiry: Inquiry, rows: list[Row]) -> Table:
    name, code = inquiry.name, inquiry.state
    columns = (
        Column("other", say("Neighbour or pole")),
        Column("tie", say("Tie")),
        Column("border", say("Border, km"), "integer"),
        Column("gdp", say("GDP ratio"), "ratio"),
        Column("population", say("Population ratio"), "ratio"),
        Column("military_spending", say("Military spending ratio"), "ratio"),
        Column("exports_own", say("Share in exports of {state}", state=code), "share"),
        Column("exports_theirs", say("Share of {state} in their exports", state=code), "share"),
        Column("imports_own", say("Share in imports of {state}", state=code), "share"),
        Column("imports_theirs", say("Share of {state} in their imports", state=code), "share"),
    )
    note = say(
        "Ratios: {state} divided by the other, newest figures at most three years apart; military "
        "spending is its percentage of GDP times GDP. Shares come from lists of main partners: "
        "empty means not listed, not zero; for an organisation they are the members listed, a "
        "lower bound. An organisation's figures are sums over its members, without the state.",
        state=name,
    )
    caption = say("{state} beside its neighbours and poles", state=name)
    return Table("asymmetries", caption, columns, tuple(rows), note)

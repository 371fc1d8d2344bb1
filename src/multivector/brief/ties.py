"""Ties: a state beside its neighbours and poles, or two states: who is larger, who needs whom."""

from __future__ import annotations

from math import exp
from typing import Any

import polars as pl

from multivector.content.draft import Draft, part
from multivector.content.inquiry import Answer, Inquiry, Sides, in_money, label, merge
from multivector.content.model import (
    Cite,
    Fact,
    Kind,
    PairFigure,
    Part,
    PoleFigure,
    Row,
    Scalar,
    Sentence,
    Table,
)
from multivector.content.tables import Heads, figure, known, table
from multivector.study import world
from multivector.words import mark, say
from multivector.words.figures import listing, number, percent, ratio, whole

__all__ = ["ties"]

_WINDOW = 12
_SIZES = ("gdp", "population", "military_spending")
_FLOWS = ("exports", "imports")
_STEP = 5
_MOST = 5
_SHOWN: tuple[tuple[str, str, Kind], ...] = (
    ("gdp", mark("GDP"), "amount"),
    ("population", mark("Population"), "amount"),
    ("military_expenditure", mark("Military spending, % of GDP"), "percent"),
    ("military_spending", mark("Military spending"), "ratio"),
)
_LEAST_HEADS = {
    "exports": mark("Share in exports of {state}, at least"),
    "imports": mark("Share in imports of {state}, at least"),
}
Values = dict[str, dict[str, float]]
Cited = dict[str, dict[str, list[Cite]]]
"""Figures, and where they stand: by what they are of, then by the other state."""


def ties(inquiry: Inquiry) -> Part:
    """Return the section on asymmetries with neighbours and poles, or between two states."""
    return _of_pair(inquiry) if inquiry.kind == "pair" else _of_state(inquiry)


# --- sizes


def _last(inquiry: Inquiry) -> int | None:
    """Return the year before which figures are looked for; null if there are none."""
    figures = inquiry.table("indicators")
    if figures is None or figures.frame.is_empty():
        return None
    return inquiry.year or int(str(figures.frame["year"].max()))


def _newest(inquiry: Inquiry, answer: Answer | None) -> list[dict[str, Any]]:
    """Return the newest defined row of each partner, up to the year asked for."""
    if answer is None:
        return []
    rows = inquiry.until(answer.frame.filter(pl.col("state") == inquiry.state))
    rows = rows.filter(pl.col("value").is_not_null()).sort("partner", "year")
    return rows.unique("partner", keep="last", maintain_order=True).to_dicts()


def _ratios(
    inquiry: Inquiry, indicator: str, others: tuple[str, ...], last: int
) -> dict[str, tuple[dict[str, Any], tuple[Cite, ...]]]:
    """Return the newest ratio of the state's size to that of each other, and where it stands."""
    asked = {"state": inquiry.state, "poles": others, "years": (last - _WINDOW, last)}
    answer = inquiry.compute("size_ratio", indicator=indicator, **asked)
    if answer is None:
        return {}
    place, of = f"{indicator} of both", ("indicators",)
    return {
        row["partner"]: (row, answer.cites(row["year"], place, of=of))
        for row in _newest(inquiry, answer)
    }


# --- a state, its neighbours and its poles


def _of_state(inquiry: Inquiry) -> Part:
    borders = _borders(inquiry)
    others = (*borders, *(p for p in inquiry.pole_codes if p not in borders))
    if not others:
        return Part()
    values, cited = _sizes(inquiry, others)
    flows, flow_cites = _trade(inquiry, others)
    values |= flows
    cited |= flow_cites
    rows = []
    for other in others:
        cells: dict[str, Scalar] = {"other": label(other), "code": other, "border": None}
        cites = [cite for own in cited.values() for cite in own.get(other, ())]
        if other in borders:
            cells["border"], cite = borders[other]
            cites.insert(0, cite)
        kinds = [say("neighbour")] if other in borders else []
        kinds += [say("pole")] if other in inquiry.pole_codes else []
        cells |= {"tie": ", ".join(kinds), **{key: values[key].get(other) for key in values}}
        rows.append(Row(cells, merge(cites)))
    whole_trade = inquiry.table("flows")
    printed = whole_trade is None or not in_money(whole_trade.frame)
    _bounded(inquiry, rows, shown=printed)
    said = [_neighbours(inquiry, borders), _largest(rows, cited), _needs(inquiry, rows, cited)]
    figures = _printed_figures(rows, cited) if printed else []
    return part(*said, _table(inquiry, rows), figures)


def _bounded(inquiry: Inquiry, rows: list[Row], *, shown: bool) -> None:
    """Put what lists name of an organisation's members among the bounds; it is no share.

    Where the whole trade is at hand, the organisation's share of it stands with the poles.
    """
    groups = {pole.pole for pole in inquiry.poles if pole.kind == "organisation"}
    for row in rows:
        for flow in _FLOWS:
            least = row.cells[f"{flow}_own"] if row.cells["code"] in groups else None
            if row.cells["code"] in groups:
                row.cells[f"{flow}_own"] = None
            row.cells[f"{flow}_least"] = least if shown else None


def _printed_figures(rows: list[Row], cited: Cited) -> list[PoleFigure]:
    return [
        PoleFigure(key, code, figure(row, column), merge(cited[flow].get(code, ())))
        for flow in _FLOWS
        for key, column in ((flow, f"{flow}_own"), (f"{flow}_least", f"{flow}_least"))
        for row in known(rows, column)
        for code in [str(row.cells["code"])]
    ]


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


def _sizes(inquiry: Inquiry, others: tuple[str, ...]) -> tuple[Values, Cited]:
    last = _last(inquiry)
    values: Values = {indicator: {} for indicator in _SIZES}
    cited: Cited = {indicator: {} for indicator in _SIZES}
    for indicator in _SIZES if last is not None else ():
        for other, (row, cites) in _ratios(inquiry, indicator, others, last or 0).items():
            values[indicator][other] = row["value"]
            cited[indicator][other] = list(cites)
    return values, cited


def _trade(inquiry: Inquiry, others: tuple[str, ...]) -> tuple[Values, Cited]:
    """Return the newest share of each other in the state's flows, and the state's in theirs.

    A newer list also says that it no longer names a partner.
    """
    values: Values = {}
    cited: Cited = {flow: {} for flow in _FLOWS}
    for flow in _FLOWS:
        own, theirs = values.setdefault(f"{flow}_own", {}), values.setdefault(f"{flow}_theirs", {})
        for release in inquiry.sources_of("flows", "factbook"):
            asked = {"flow": flow, "source": release}
            poles = tuple(sorted(others))
            mine = inquiry.compute("pole_shares", poles=poles, state=inquiry.state, **asked)
            lists = inquiry.compute("partner_shares", **asked)
            if mine is not None:
                of_state = mine.frame.filter(pl.col("state") == inquiry.state)
                if inquiry.until(of_state).height:
                    own.clear()
                rows = [(row["partner"], row) for row in _newest(inquiry, mine)]
                _keep(mine, release, flow, rows, own, cited)
            if lists is not None:
                frame = inquiry.until(lists.frame.filter(pl.col("state").is_in(others)))
                for other in frame["state"].unique():
                    theirs.pop(other, None)
                of_state = frame.filter(
                    (pl.col("partner") == inquiry.state) & pl.col("value").is_not_null()
                )
                rows = [(row["state"], row) for row in of_state.sort("state", "year").to_dicts()]
                _keep(lists, release, flow, rows, theirs, cited)
    return values, cited


def _keep(
    answer: Answer,
    release: str,
    flow: str,
    rows: list[tuple[str, dict[str, Any]]],
    values: dict[str, float],
    cited: Cited,
) -> None:
    for other, row in rows:
        values[other] = row["value"]
        cites = answer.cites(row["year"], f"{flow} - partners", among=(release,))
        cited[flow].setdefault(other, []).extend(cites)


def _neighbours(inquiry: Inquiry, borders: dict[str, tuple[float | None, Cite]]) -> Sentence:
    if not borders:
        text = say("No land border of {state} is in the data at hand.", state=inquiry.name)
        return Sentence(text)
    named = [
        label(code) + (f" ({say('{n} km', n=whole(length))})" if length is not None else "")
        for code, (length, _) in borders.items()
    ]
    cites = merge(cite for _, cite in borders.values())
    return Sentence(say("Land borders with {states}.", states=listing(named)), cites[:1])


def _cites_of(cited: Cited, what: str, rows: list[Row]) -> tuple[Cite, ...]:
    return merge(cite for row in rows for cite in cited[what].get(str(row.cells["code"]), ()))


def _largest(rows: list[Row], cited: Cited) -> Sentence | None:
    sized = known(rows, "gdp")
    if not sized:
        return None
    ratios = [f"{row.cells['other']} {ratio(figure(row, 'gdp'))}" for row in sized]
    text = say("Its GDP divided by theirs: {ratios}.", ratios=listing(ratios))
    return Sentence(text, _cites_of(cited, "gdp", sized))


def _needs(inquiry: Inquiry, rows: list[Row], cited: Cited) -> list[Sentence]:
    """Return where the two shares of exports differ most."""

    def gap(row: Row) -> float:
        return abs(figure(row, "exports_own") - figure(row, "exports_theirs"))

    both = known(known(rows, "exports_own"), "exports_theirs")
    said = []
    for row in sorted(both, key=lambda row: -gap(row))[:3]:
        text = say(
            "{own} of {state}'s exports go to {other}; {theirs} of {other}'s go to {state}.",
            own=percent(figure(row, "exports_own")),
            state=inquiry.name,
            other=row.cells["other"],
            theirs=percent(figure(row, "exports_theirs")),
        )
        said.append(Sentence(text, _cites_of(cited, "exports", [row])))
    return said


def _table(inquiry: Inquiry, rows: list[Row]) -> Table:
    code = inquiry.state
    heads: Heads = {
        "other": say("Neighbour or pole"),
        "tie": say("Tie"),
        "border": (say("Border, km"), "integer"),
        "gdp": (say("GDP ratio"), "ratio"),
        "population": (say("Population ratio"), "ratio"),
        "military_spending": (say("Military spending ratio"), "ratio"),
        "exports_own": (say("Share in exports of {state}", state=code), "share"),
        "exports_theirs": (say("Share of {state} in their exports", state=code), "share"),
        "imports_own": (say("Share in imports of {state}", state=code), "share"),
        "imports_theirs": (say("Share of {state} in their imports", state=code), "share"),
    }
    for flow, head in _LEAST_HEADS.items():
        if known(rows, f"{flow}_least"):
            heads[f"{flow}_least"] = (say(head, state=code), "share")
    note = say(
        "Ratios: {state} divided by the other, newest figures at most three years apart; military "
        "spending is its percentage of GDP times GDP. Shares come from lists of main partners: "
        "empty means not listed, not zero; of an organisation they name members only, so its share "
        "stands there as a lower bound or, where all trade is at hand, with the poles. An "
        "organisation's sizes are sums over its members, without the state.",
        state=inquiry.name,
    )
    caption = say("{state} beside its neighbours and poles", state=inquiry.name)
    return table("asymmetries", caption, heads, rows, note)


# --- two states


def _of_pair(inquiry: Inquiry) -> Part:
    sides, draft = Sides.of(inquiry), Draft()
    sizes, leaning = _both_sizes(inquiry, sides), _leaning(inquiry, sides)
    if sizes:
        draft.add(_larger(sides, sizes), _sizes_table(sides, sizes))
        draft.add(map(_compared, known(sizes, "ratio")))
    if leaning:
        draft.add(_leans(sides, leaning[-1]), _leaning_table(sides, leaning))
        draft.add(_fact(sides, leaning[-1]))
    if not draft.sentences:
        text = say(
            "Neither the sizes of {a} and {b} nor their trade can be set side by side with the "
            "data at hand.",
            **sides.names,
        )
        draft.write(text)
        what = say("Asymmetries between {a} and {b}", **sides.names)
        inquiry.miss(what, say("no figure of both in the same years is at hand"))
    return draft.part()


def _both_sizes(inquiry: Inquiry, sides: Sides) -> list[Row]:
    """Return the newest figures of each, and the ratio where one source has both."""
    last, rows = _last(inquiry), []
    for indicator, title, kind in _SHOWN if last is not None else ():
        cells: dict[str, Scalar] = {"what": say(title), "kind": kind}
        own, cites = _figures(inquiry, sides, indicator, last or 0)
        found = None
        if indicator in _SIZES and (own or kind == "ratio"):
            found = _ratios(inquiry, indicator, (sides.b,), last or 0).get(sides.b)
        if not own and found is None:
            continue
        for key, state, _ in sides.keyed:
            cells[key], cells[f"{key}_year"] = own.get(state, (None, None))
        cells |= {"ratio": None, "year": None}
        if found is not None:
            cells |= {"ratio": found[0]["value"], "year": str(found[0]["year"])}
            cites += found[1]
        rows.append(Row(cells, merge(cites)))
    return rows


def _figures(
    inquiry: Inquiry, sides: Sides, indicator: str, last: int
) -> tuple[dict[str, tuple[float, str]], list[Cite]]:
    """Return the newest figure of each state and its year, with where it stands."""
    figures = inquiry.table("indicators")
    if figures is None:
        return {}, []
    rows = figures.frame.filter(
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


def _larger(sides: Sides, sizes: list[Row]) -> Sentence:
    cites = merge(cite for row in sizes for cite in row.cites)
    ratios = [
        f"{row.cells['what']} {ratio(figure(row, 'ratio'))} ({row.cells['year']})"
        for row in known(sizes, "ratio")
    ]
    text = say(
        "Size of {a} divided by that of {b}: {sizes}.", **sides.names, sizes=", ".join(ratios)
    )
    if not ratios:
        text = say(
            "No source at hand has the sizes of both {a} and {b}; the newest figures stand side by "
            "side.",
            **sides.names,
        )
    return Sentence(text, cites)


def _compared(row: Row) -> PairFigure:
    what = say("{size}, the first divided by the second", size=row.cells["what"])
    return PairFigure.of(what, "ratio", row.cells["year"], row.cites, both=row.cells["ratio"])


def _sizes_table(sides: Sides, sizes: list[Row]) -> Table:
    heads: Heads = {
        "what": say("Size"),
        "a": (sides.first, "number"),
        "a_year": say("Year"),
        "b": (sides.second, "number"),
        "b_year": say("Year"),
        "ratio": (f"{sides.first} / {sides.second}", "ratio"),
        "year": say("Year of the ratio"),
    }
    note = say(
        "Newest figures of each; a ratio only where one source has both at most three years apart. "
        "Money in US dollars; the ratio of military spending is that of its percentage of GDP "
        "times GDP."
    )
    return table("sizes", say("Sizes side by side"), heads, sizes, note)


def _leaning(inquiry: Inquiry, sides: Sides) -> list[Row]:
    """Return shares, asymmetry and interdependence of some years, the newest among them."""
    (a, of_a), (b, of_b) = (_share(inquiry, s, partner) for s, _, partner, _ in sides.ways)
    years = sorted(set(a) & set(b))
    if not a or not b:
        return []
    recent = [year for year in years if year % _STEP == 0 and year > years[-1] - _MOST * _STEP]
    rows = []
    for year in sorted({*recent, *years[-1:]}):
        asked = {"years": (year, year)}
        lean = inquiry.compute("asymmetry", state=sides.a, partner=sides.b, **asked)
        tied = inquiry.compute("interdependence", state_a=sides.a, state_b=sides.b, **asked)
        log_ratio = _one(lean, state=sides.a)
        cells: dict[str, Scalar] = {
            "year": str(year),
            "a_share": a[year],
            "b_share": b[year],
            "log_ratio": log_ratio,
            "times": None if log_ratio is None else exp(log_ratio),
            "interdependence": _one(tied),
        }
        used = [answer for answer in (of_a, of_b, lean, tied) if answer is not None]
        cites = merge(c for of in used for c in inquiry.trade_cites(of, year, sides.a, sides.b))
        rows.append(Row(cells, cites))
    return rows


def _share(inquiry: Inquiry, state: str, partner: str) -> tuple[dict[int, float], Answer | None]:
    """Return the partner's share in the state's trade by year, and the answer it stands in."""
    answer = inquiry.compute("partner_shares", state=state, partner=partner, flow="both")
    rows = inquiry.known(answer)
    values = {} if rows is None else dict(rows.select("year", "value").iter_rows())
    return values, answer


def _one(answer: Answer | None, **at: Any) -> float | None:
    if answer is None:
        return None
    rows = answer.frame.filter(**at) if at else answer.frame
    return rows["value"].item() if rows.height == 1 else None


def _who(sides: Sides, row: Row) -> tuple[str, str, float] | None:
    """Return who leans on whom, and how many times the other's share is its own."""
    if row.cells["times"] is None:
        return None
    value = figure(row, "times")
    if value >= 1:
        return sides.first, sides.second, value
    return sides.second, sides.first, 1 / value


def _leans(sides: Sides, row: Row) -> Sentence:
    text = say(
        "Share of {b} in the trade of {a} {own}, of {a} in the trade of {b} {theirs} ({year})",
        own=percent(figure(row, "a_share")),
        theirs=percent(figure(row, "b_share")),
        year=row.cells["year"],
        **sides.names,
    )
    who = _who(sides, row)
    if who is not None:
        text += say(
            ": {leaning} leans on {on} more than the reverse, by {times}",
            leaning=who[0],
            on=who[1],
            times=ratio(who[2]),
        )
    if row.cells["interdependence"] is not None:
        value = number(figure(row, "interdependence"), 2)
        text += say("; interdependence (Barbieri) {value}", value=value)
    return Sentence(f"{text}.", row.cites)


def _fact(sides: Sides, row: Row) -> Fact:
    who, year = _who(sides, row), str(row.cells["year"])
    title = say("Leans more in trade")
    if who is None:
        return Fact(title, "–", year, row.cites)
    leaning, on, times = who
    detail = say("on {state}, by {times}, {year}", state=on, times=ratio(times), year=year)
    return Fact(title, leaning, detail, row.cites)


def _leaning_table(sides: Sides, rows: list[Row]) -> Table:
    heads: Heads = {
        "year": say("Year"),
        "a_share": (say("{b} in the trade of {a}", **sides.names), "share"),
        "b_share": (say("{b} in the trade of {a}", a=sides.second, b=sides.first), "share"),
        "times": (say("Asymmetry"), "ratio"),
        "interdependence": (say("Interdependence"), "number"),
    }
    note = say(
        "Asymmetry: the first share divided by the second; above 1 {a} leans on {b} more than the "
        "reverse. Interdependence after Barbieri: salience times symmetry of the two shares, 0 to "
        "1. Goods only.",
        **sides.names,
    )
    return table("leaning", say("Who leans on whom"), heads, rows, note)

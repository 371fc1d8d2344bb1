"""Trade between two states: what flows each way, what each reports, and how much each needs it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl

from multivector.content.charts import points
from multivector.content.draft import part
from multivector.content.inquiry import Answer, Inquiry, Sides, merge
from multivector.content.model import (
    Chart,
    Cite,
    Column,
    Fact,
    PairFigure,
    Part,
    Row,
    Sentence,
    Table,
)
from multivector.words import say
from multivector.words.figures import amount, percent

__all__ = ["pair_trade"]

_SOURCE = "factbook"
_COMMAND = "multivector --study DIR data add FILE"
Report = tuple[str, str, Answer]
"""Which way (``ab`` or ``ba``), whose report (``seller``, ``buyer`` or ``both``), and the rows."""


def pair_trade(inquiry: Inquiry) -> Part:
    """Return the section on trade between the two."""
    sides = Sides.of(inquiry)
    reports = _reports(inquiry, sides)
    sentences: list[Sentence] = []
    charts: list[Chart] = []
    tables: list[Table] = []
    facts: list[Fact] = []
    rows: list[PairFigure] = []
    if reports:
        sentences += _told(sides, reports)
        charts.append(_flows_chart(sides, reports))
        tables.append(_years(sides, reports))
        facts += _facts(sides, reports)
        rows += _sums(reports)
    else:
        _nothing(inquiry, sides, sentences)
    for found in (_shares(inquiry, sides), _needs(inquiry, sides)):
        if found is not None:
            sentences.append(found[0])
            charts.append(found[1])
            rows.append(found[2])
            facts += found[3]
    printed = _printed(inquiry, sides)
    if printed is not None:
        sentences.append(printed[0])
        tables.append(printed[1])
    return replace(part(sentences, charts, tables, facts, rows), lead=2)


def _nothing(inquiry: Inquiry, sides: Sides, sentences: list[Sentence]) -> None:
    what = say("Trade of {a} with {b} in money", a=sides.first, b=sides.second)
    inquiry.miss(what, say("no flow between the two is embedded or installed"), _COMMAND)
    text = say(
        "No trade of {a} with {b} in money is in the data at hand; that is not to say that there "
        "is none.",
        a=sides.first,
        b=sides.second,
    )
    sentences.append(Sentence(text))


# --- flows


def _reports(inquiry: Inquiry, sides: Sides) -> list[Report]:
    """Return the flows each way: one figure where reports are reconciled, else one a side."""
    found: list[Report] = []
    for way, (seller, _, buyer, _) in zip(("ab", "ba"), sides.ways, strict=True):
        sold = _flow(inquiry, seller, buyer, "exports")
        bought = _flow(inquiry, buyer, seller, "imports")
        if sold is not None and bought is not None and _same(sold, bought):
            found.append((way, "both", sold))
            continue
        found += [(way, "seller", sold)] if sold is not None else []
        found += [(way, "buyer", bought)] if bought is not None else []
    return found


def _flow(inquiry: Inquiry, state: str, partner: str, flow: str) -> Answer | None:
    answer = inquiry.compute("trade_values", state=state, partner=partner, flow=flow)
    if answer is None:
        return None
    rows = inquiry.until(answer.frame).filter(pl.col("value").is_not_null())
    return Answer(rows, answer.run, answer.sources) if rows.height else None


def _same(sold: Answer, bought: Answer) -> bool:
    return sold.frame.select("year", "value").equals(bought.frame.select("year", "value"))


def _way(sides: Sides, way: str) -> str:
    ends = (sides.first, sides.second) if way == "ab" else (sides.second, sides.first)
    return f"{ends[0]} → {ends[1]}"


def _named(sides: Sides, way: str, whose: str) -> str:
    """Return a flow as a line is named: from whom to whom, and who says so."""
    if whose == "both":
        return _way(sides, way)
    reporter = _reporter(sides, way, whose)
    return say("{flow}, reported by {state}", flow=_way(sides, way), state=reporter)


def _reporter(sides: Sides, way: str, whose: str) -> str:
    return sides.first if (way == "ab") == (whose == "seller") else sides.second


def _newest(reports: list[Report]) -> list[tuple[str, str, dict[str, Any], tuple[Cite, ...]]]:
    told = []
    for way, whose, answer in reports:
        row = answer.frame.sort("year").row(-1, named=True)
        told.append((way, whose, row, answer.cites(row["year"])))
    return told


def _told(sides: Sides, reports: list[Report]) -> list[Sentence]:
    said: list[Sentence] = []
    for (way, whose, row, cites), (_, _, answer) in zip(_newest(reports), reports, strict=True):
        first = answer.frame.sort("year").row(0, named=True)
        text = say(
            "{flow}: goods of {value} US dollars in {year}",
            flow=_named(sides, way, whose),
            value=amount(row["value"]),
            year=row["year"],
        )
        if first["year"] < row["year"]:
            then = amount(first["value"])
            text += say(" ({value} in {year})", value=then, year=first["year"])
        said.append(Sentence(f"{text}.", cites))
    return said


def _facts(sides: Sides, reports: list[Report]) -> list[Fact]:
    shown: dict[str, Fact] = {}
    for way, whose, row, cites in _newest(reports):
        detail = say("US dollars, {year}", year=row["year"])
        if whose != "both":
            reporter = _reporter(sides, way, whose)
            detail = say(
                "US dollars, {year}, reported by {state}", year=row["year"], state=reporter
            )
        shown.setdefault(way, Fact(_way(sides, way), amount(row["value"]), detail, cites))
    return list(shown.values())


def _sums(reports: list[Report]) -> list[PairFigure]:
    """Return the exports of each to the other, as the seller reports if it does."""
    values: dict[str, float] = {}
    years: dict[str, int] = {}
    cites: list[Cite] = []
    for way, _, row, own in _newest(reports):
        if way not in values:
            values[way], years[way] = row["value"], row["year"]
            cites += own
    when = "/".join(dict.fromkeys(str(year) for year in years.values()))
    what = say("Exports to the other, US dollars")
    return [PairFigure.of(what, "amount", when, cites, a=values.get("ab"), b=values.get("ba"))]


def _flows_chart(sides: Sides, reports: list[Report]) -> Chart:
    lines = [
        {**_line(sides, way, whose), "points": points(answer.frame)}
        for way, whose, answer in reports
    ]
    years = [point["x"] for _, _, answer in reports for point in points(answer.frame)]
    data = {"unit": "amount", "from": min(years), "to": max(years), "lines": lines}
    text = say("Trade in goods by year, US dollars, {first} to {last}.", **_ends(years))
    cites = merge(cite for _, _, _, own in _newest(reports) for cite in own)
    title = say("Trade between the two, US dollars")
    told = " ".join(s.text for s in _told(sides, reports))
    return Chart("pair-trade", "lines", title, f"{text} {told}", data, cites)


def _line(sides: Sides, way: str, whose: str) -> dict[str, str]:
    """Return key and label of a flow's line: the seller's colour, short enough for its end."""
    seller, buyer = (sides.a, sides.b) if way == "ab" else (sides.b, sides.a)
    flow = f"{seller} → {buyer}"
    if whose == "both":
        return {"key": seller, "label": flow}
    reporter = seller if whose == "seller" else buyer
    key = seller if whose == "seller" else f"{seller}-{buyer}"
    return {"key": key, "label": say("{flow}, by {state}", flow=flow, state=reporter)}


def _ends(years: list[int]) -> dict[str, int]:
    return {"first": min(years), "last": max(years)}


def _years(sides: Sides, reports: list[Report]) -> Table:
    columns = [Column("year", say("Year"))]
    columns += [Column(f"{w}_{v}", _named(sides, w, v), "amount") for w, v, _ in reports]
    cells: dict[int, dict[str, Any]] = {}
    cites: dict[int, list[Cite]] = {}
    for way, whose, answer in reports:
        for year, value in answer.frame.sort("year").select("year", "value").iter_rows():
            cells.setdefault(year, {"year": str(year)})[f"{way}_{whose}"] = value
            cites.setdefault(year, []).extend(answer.cites(year))
    empty = {column.key: None for column in columns}
    rows = tuple(Row({**empty, **cells[y]}, merge(cites[y])) for y in sorted(cells))
    mirrored = any(whose != "both" for _, whose, _ in reports)
    note = (
        say(
            "The same flow as each side reports it: exports as the seller counts them on leaving, "
            "imports as the buyer counts them on arrival, mostly with freight."
        )
        if mirrored
        else say("Both sides' reports reconciled by the source; US dollars at current prices.")
    )
    caption = say("Trade between the two, year by year")
    return Table("trade-years", caption, tuple(columns), rows, note, folded=True)


# --- how much of each side's trade and economy

Lined = tuple[Sentence, Chart, PairFigure, list[Fact]]


def _series(
    inquiry: Inquiry, sides: Sides, measure: str, **asked: Any
) -> list[tuple[str, str, list[dict[str, Any]], Answer]]:
    """Return for each side its code, name, values by year, and where they come from."""
    found = []
    for state, name, partner, _ in sides.ways:
        answer = inquiry.compute(measure, state=state, partner=partner, **asked)
        if answer is None:
            continue
        own = points(inquiry.until(answer.frame))
        if own:
            found.append((state, name, own, answer))
    return found


def _shares(inquiry: Inquiry, sides: Sides) -> Lined | None:
    found = _series(inquiry, sides, "partner_shares", flow="both")
    if not found:
        return None
    told = {state: own[-1] for state, _, own, _ in found}
    last = max(point["x"] for point in told.values())
    parts = [
        say(
            "{b} in the trade of {a} {share}{year}",
            a=name,
            b=sides.second if state == sides.a else sides.first,
            share=percent(own[-1]["y"]),
            year=_when(own[-1]["x"], last),
        )
        for state, name, own, _ in found
    ]
    text = say("Share in all trade in goods, {year}: {shares}.", year=last, shares="; ".join(parts))
    cites = merge(c for _, _, own, answer in found for c in answer.cites(own[-1]["x"]))
    title = say("Share of each in the trade of the other")
    chart = _chart("pair-shares", title, text, found, cites)
    what = say("Share of the other in its trade")
    fact = Fact(
        say("Share in the other's trade"),
        " · ".join(percent(own[-1]["y"]) for _, _, own, _ in found),
        f"{' · '.join(name for _, name, _, _ in found)}, {last}",
        cites,
    )
    return Sentence(text, cites), chart, _row(sides, what, told, cites), [fact]


def _needs(inquiry: Inquiry, sides: Sides) -> Lined | None:
    found = _series(inquiry, sides, "dependence") if _in_money(inquiry) else []
    if not found:
        return None
    told = {state: own[-1] for state, _, own, _ in found}
    last = max(point["x"] for point in told.values())
    parts = [
        say(
            "{state} {share}{year}",
            state=name,
            share=percent(own[-1]["y"]),
            year=_when(own[-1]["x"], last),
        )
        for _, name, own, _ in found
    ]
    text = say(
        "Trade with the other in relation to the own GDP, {year}: {shares}.",
        year=last,
        shares="; ".join(parts),
    )
    cites = merge(
        c for state, _, own, of in found for c in inquiry.trade_cites(of, own[-1]["x"], state)
    )
    title = say("Trade with the other in relation to GDP")
    chart = _chart("pair-dependence", title, text, found, cites)
    what = say("Trade with the other / GDP")
    return Sentence(text, cites), chart, _row(sides, what, told, cites), []


def _in_money(inquiry: Inquiry) -> bool:
    chosen = inquiry.table("flows")
    if chosen is None:
        return False
    units = chosen.frame.filter(pl.col("flow").is_in(["exports", "imports"]))["unit"]
    return set(units.unique()) == {"USD"}


def _when(year: int, last: int) -> str:
    return "" if year == last else f" ({year})"


def _row(
    sides: Sides, what: str, told: dict[str, dict[str, Any]], cites: tuple[Cite, ...]
) -> PairFigure:
    when = "/".join(dict.fromkeys(str(point["x"]) for point in told.values()))
    ends = {key: told[s]["y"] for key, s in (("a", sides.a), ("b", sides.b)) if s in told}
    return PairFigure.of(what, "share", when, cites, **ends)


def _chart(
    name: str,
    title: str,
    text: str,
    found: list[tuple[str, str, list[dict[str, Any]], Answer]],
    cites: tuple[Cite, ...],
) -> Chart:
    lines = [{"key": state, "label": label, "points": own} for state, label, own, _ in found]
    years = [point["x"] for _, _, own, _ in found for point in own]
    data = {"unit": "share", "from": min(years), "to": max(years), "lines": lines}
    told = say("{title}, {first} to {last}. {text}", title=title, text=text, **_ends(years))
    return Chart(name, "lines", title, told, data, cites)


# --- printed lists


def _printed(inquiry: Inquiry, sides: Sides) -> tuple[Sentence, Table] | None:
    """Return the other's share in the newest printed lists of main partners, where it is named."""
    releases = list(reversed(inquiry.sources_of("flows", _SOURCE)))
    rows: list[Row] = []
    for state, name, partner, other in sides.ways:
        for flow in ("exports", "imports"):
            row = _listed(inquiry, state, partner, flow, releases)
            if row is not None:
                heading = {
                    "exports": say("Exports of {state}", state=name),
                    "imports": say("Imports of {state}", state=name),
                }[flow]
                rows.append(Row({"what": heading, "partner": other, **row.cells}, row.cites))
    if not rows:
        return None
    columns = (
        Column("what", say("Total")),
        Column("partner", say("Partner")),
        Column("value", say("Share"), "share"),
        Column("year", say("Year")),
    )
    note = say(
        "As printed in lists of main partners; an empty share means that the list does not name "
        "the partner, not zero."
    )
    told = [
        f"{row.cells['what']}: {percent(float(str(row.cells['value'])))} ({row.cells['year']})"
        for row in rows
        if row.cells["value"] is not None
    ]
    cites = merge(cite for row in rows for cite in row.cites)
    text = (
        say("Newest printed lists, share of the other: {shares}.", shares="; ".join(told))
        if told
        else say("Neither names the other in the newest printed lists of main partners.")
    )
    caption = say("The other in printed lists of main partners")
    return Sentence(text, cites), Table("printed", caption, columns, tuple(rows), note)


def _listed(
    inquiry: Inquiry, state: str, partner: str, flow: str, releases: list[str]
) -> Row | None:
    """Return the share in the newest list up to the year asked for; null if not named in it."""
    for release in releases:
        answer = inquiry.compute("partner_shares", state=state, flow=flow, source=release)
        if answer is None:
            continue
        rows = inquiry.until(answer.frame.filter(pl.col("state") == state))
        if rows.is_empty():
            continue
        year = int(str(rows["year"].max()))
        own = rows.filter((pl.col("year") == year) & (pl.col("partner") == partner))
        value = own["value"].item() if own.height == 1 else None
        cites = answer.cites(year, f"{flow} - partners", among=(release,))
        return Row({"value": value, "year": str(year)}, cites)
    return None

"""Trade: of a state with its partners, of two states with each other, of members among themselves.

In money where amounts are at hand; the printed lists of main partners stand in ``partners``.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from multivector.brief.dependence import mutual, on_the_others
from multivector.brief.partners import partners, printed_shares
from multivector.content import charts
from multivector.content.draft import Draft, empty, part
from multivector.content.inquiry import Answer, Inquiry, Sides, in_money, label, merge
from multivector.content.model import (
    Chart,
    Cite,
    Fact,
    PairFigure,
    Part,
    PoleFigure,
    Row,
    Sentence,
    Statement,
    Table,
)
from multivector.content.tables import Heads, heads, table
from multivector.words import mark, say
from multivector.words.figures import amount, listing, number, percent

__all__ = ["trade"]

_LARGEST = {
    "exports": (
        mark("Goods exports mostly to"),
        mark("Goods exports of {year} went most to {partners}, of {n} partners."),
    ),
    "imports": (
        mark("Goods imports mostly from"),
        mark("Goods imports of {year} came most from {partners}, of {n} partners."),
    ),
}
_COMMAND = "multivector --study DIR data add FILE"
_Report = tuple[str, str, Answer]
"""Which way (``ab`` or ``ba``), whose report (``seller``, ``buyer`` or ``both``), and the rows."""


def trade(inquiry: Inquiry) -> Part:
    """Return the section on trade of a state, of a pair, or among an organisation's members."""
    if inquiry.kind == "state":
        goods = _largest(inquiry) if _whole(inquiry) else None
        return part(goods, partners(inquiry, headline=goods is None), _with_poles(inquiry))
    return _of_pair(inquiry) if inquiry.kind == "pair" else _among_members(inquiry)


# --- a state with its partners and poles


def _whole(inquiry: Inquiry) -> bool:
    """Return whether amounts of all partners, not printed lists of the main ones, are at hand."""
    flows = inquiry.table("flows")
    return flows is not None and in_money(flows.frame)


def _largest(inquiry: Inquiry) -> Part | None:
    """Return the largest of all partners in goods, each way, with the headline's facts."""
    told = [_largest_of(inquiry, flow) for flow in _LARGEST]
    return part(*told) if any(told) else None


def _largest_of(inquiry: Inquiry, flow: str) -> Part | None:
    answer = inquiry.compute("partner_shares", state=inquiry.state, flow=flow)
    if answer is None:
        return None
    rows = inquiry.until(answer.frame.filter(state=inquiry.state)).filter(pl.col("value") > 0)
    rows = rows.filter(pl.col("year") == pl.col("year").max())
    rows = rows.sort(["value", "partner"], descending=[True, False])
    if rows.is_empty():
        return None
    title, sentence = _LARGEST[flow]
    year, cites = int(rows["year"][0]), answer.cites(rows["year"][0], of=("flows",))
    named = [
        f"{label(p)} ({percent(v)})" for p, v in rows.select("partner", "value").head(5).rows()
    ]
    among = f"partners:{rows.height}"
    stated = Statement.of("rank", cites, n=rows.height, years=(year,), among=among)
    text = say(sentence, year=year, partners=listing(named), n=rows.height)
    detail = f"{percent(rows['value'][0])}, {year}"
    return part(
        Fact(say(title), label(rows["partner"][0]), detail, cites), Sentence(text, cites, stated)
    )


def _with_poles(inquiry: Inquiry) -> Part | None:
    """Return the poles' shares by year where amounts, not printed lists, are at hand."""
    if not _whole(inquiry):
        return None
    asked = {"poles": inquiry.pole_codes, "state": inquiry.state}
    answer = inquiry.compute("pole_shares", flow="both", **asked)
    if answer is None:
        return None
    rows = _seen(inquiry, answer)
    if rows["year"].n_unique() < 2:
        return None
    lines = [
        charts.line(pole.pole, pole.name, rows.filter(pl.col("partner") == pole.pole))
        for pole in inquiry.poles
    ]
    lines = [line for line in lines if line["points"]]
    first, last = int(str(rows["year"].min())), int(str(rows["year"].max()))
    text = _shares_said(inquiry, lines, last)
    cites = answer.cites(last, of=("flows",))
    span = say("Share of each pole in trade by year, {first} to {last}.", first=first, last=last)
    title = say("Trade with the poles")
    data = {"unit": "share", "from": first, "to": last, "lines": lines}
    among = ";".join(inquiry.pole_codes)
    stated = Statement.of("comparison", cites, n=len(lines), years=(last,), among=among)
    return part(
        Sentence(text, cites, stated),
        Chart("trade-series", "lines", title, f"{span} {text}", data, cites),
        *(_of_poles(inquiry, flow, last) for flow in _LARGEST),
    )


def _seen(inquiry: Inquiry, answer: Answer) -> pl.DataFrame:
    """Return the rows with a flow of the pole: where the release has none, nothing is known."""
    rows = inquiry.until(answer.frame.filter(pl.col("state") == inquiry.state))
    return rows.filter(pl.col("value").is_not_null(), pl.col("n") > 0)


def _shares_said(inquiry: Inquiry, lines: list[charts.Line], last: int) -> str:
    newest = {line["key"]: line["points"][-1] for line in lines}
    spoken, lacking = [], []
    for pole in inquiry.poles:
        point = newest.get(pole.pole)
        if point is not None and point["x"] == last:
            spoken.append(f"{pole.name} {percent(point['y'])}")
        else:
            lacking.append(pole.name)
    text = say(
        "Share in goods trade, exports and imports, {year}: {shares}.",
        year=last,
        shares=listing(spoken),
    )
    if lacking:
        text += " " + say(
            "For {poles} the release has no row of that year, which is not to say that there was "
            "no trade.",
            poles=listing(lacking),
        )
    return text


def _of_poles(inquiry: Inquiry, flow: str, year: int) -> list[PoleFigure]:
    """Return each pole's whole share in the exports, or imports, of a year for the overview."""
    answer = inquiry.compute(
        "pole_shares", poles=inquiry.pole_codes, state=inquiry.state, flow=flow
    )
    if answer is None:
        return []
    cites = answer.cites(year, of=("flows",))
    rows = _seen(inquiry, answer).filter(pl.col("year") == year)
    return [
        PoleFigure(flow, pole, value, cites, year)
        for pole, value in rows.select("partner", "value").iter_rows()
    ]


# --- two states with each other


def _of_pair(inquiry: Inquiry) -> Part:
    sides, draft = Sides.of(inquiry), Draft()
    reports = _reports(inquiry, sides)
    if reports:
        draft.add(_flows(sides, reports), _years(sides, reports))
    else:
        what = say("Trade of {a} with {b} in money", **sides.names)
        inquiry.miss(what, say("no flow between the two is embedded or installed"), _COMMAND)
        text = say(
            "No trade of {a} with {b} in money is in the data at hand; that is not to say that "
            "there is none.",
            **sides.names,
        )
        draft.write(text)
    draft.add(mutual(inquiry, sides), printed_shares(inquiry, sides))
    return draft.part(lead=2)


def _reports(inquiry: Inquiry, sides: Sides) -> list[_Report]:
    """Return the flows each way: one figure where reports are reconciled, else one a side."""
    found: list[_Report] = []
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
    rows = inquiry.until(answer.frame).filter(pl.col("value").is_not_null()).sort("year")
    return Answer(rows, answer.run, answer.sources) if rows.height else None


def _same(sold: Answer, bought: Answer) -> bool:
    return sold.frame.select("year", "value").equals(bought.frame.select("year", "value"))


def _ends(sides: Sides, way: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """Return code and name of the seller and of the buyer."""
    a, b = (sides.a, sides.first), (sides.b, sides.second)
    return (a, b) if way == "ab" else (b, a)


def _named(sides: Sides, way: str, whose: str) -> str:
    """Return a flow as a line is named: from whom to whom, and who says so."""
    (_, seller), (_, buyer) = _ends(sides, way)
    flow = f"{seller} → {buyer}"
    if whose == "both":
        return flow
    reporter = seller if whose == "seller" else buyer
    return say("{flow}, reported by {state}", flow=flow, state=reporter)


def _line(sides: Sides, way: str, whose: str, frame: pl.DataFrame) -> charts.Line:
    """Return a flow's line: the seller's colour, a label short enough for its end."""
    (seller, _), (buyer, _) = _ends(sides, way)
    flow = f"{seller} → {buyer}"
    if whose == "both":
        return charts.line(seller, flow, frame)
    reporter, key = (seller, seller) if whose == "seller" else (buyer, f"{seller}-{buyer}")
    return charts.line(key, say("{flow}, by {state}", flow=flow, state=reporter), frame)


def _flows(sides: Sides, reports: list[_Report]) -> Part:
    """Return the newest of each flow and its line; in the headline the seller's report if any."""
    said = [_newest(sides, *report) for report in reports]
    lines = [_line(sides, way, whose, answer.frame) for way, whose, answer in reports]
    first: dict[str, _Report] = {}
    for report in reports:
        first.setdefault(report[0], report)
    ends = {way: answer.frame.row(-1, named=True) for way, _, answer in first.values()}
    when = "/".join(dict.fromkeys(str(row["year"]) for row in ends.values()))
    sums = PairFigure.of(
        say("Exports to the other, US dollars"),
        "amount",
        when,
        (cite for way, _, answer in first.values() for cite in answer.cites(ends[way]["year"])),
        **{way[0]: row["value"] for way, row in ends.items()},
    )
    text = say("Trade in goods by year, US dollars, {first} to {last}.", **charts.ends(lines))
    text = " ".join([text, *(sentence.text for sentence in said)])
    title = say("Trade between the two, US dollars")
    cites = merge(cite for sentence in said for cite in sentence.cites)
    chart = charts.lines("pair-trade", title, text, lines, "amount", cites)
    return part(said, chart, (_fact(sides, *report) for report in first.values()), sums)


def _newest(sides: Sides, way: str, whose: str, answer: Answer) -> Sentence:
    first, last = answer.frame.row(0, named=True), answer.frame.row(-1, named=True)
    text = say(
        "{flow}: goods of {value} US dollars in {year}",
        flow=_named(sides, way, whose),
        value=amount(last["value"]),
        year=last["year"],
    )
    if first["year"] < last["year"]:
        text += say(" ({value} in {year})", value=amount(first["value"]), year=first["year"])
    return Sentence(f"{text}.", answer.cites(last["year"]))


def _fact(sides: Sides, way: str, whose: str, answer: Answer) -> Fact:
    row = answer.frame.row(-1, named=True)
    detail = say("US dollars, {year}", year=row["year"])
    if whose != "both":
        _, reporter = _ends(sides, way)[whose != "seller"]
        detail = say("US dollars, {year}, reported by {state}", year=row["year"], state=reporter)
    cites = answer.cites(row["year"])
    return Fact(_named(sides, way, "both"), amount(row["value"]), detail, cites)


def _years(sides: Sides, reports: list[_Report]) -> Table:
    columns: Heads = {"year": say("Year")}
    columns |= {
        f"{way}_{whose}": (_named(sides, way, whose), "amount") for way, whose, _ in reports
    }
    cells: dict[int, dict[str, Any]] = {}
    cites: dict[int, list[Cite]] = {}
    for way, whose, answer in reports:
        for year, value in answer.frame.select("year", "value").iter_rows():
            empties = dict.fromkeys(columns) | {"year": str(year)}
            cells.setdefault(year, empties)[f"{way}_{whose}"] = value
            cites.setdefault(year, []).extend(answer.cites(year))
    rows = [Row(cells[year], merge(cites[year])) for year in sorted(cells)]
    note = say("Both sides' reports reconciled by the source; US dollars at current prices.")
    if any(whose != "both" for _, whose, _ in reports):
        note = say(
            "The same flow as each side reports it: exports as the seller counts them on leaving, "
            "imports as the buyer counts them on arrival, mostly with freight."
        )
    caption = say("Trade between the two, year by year")
    return table("trade-years", caption, columns, rows, note, folded=True)


# --- members among themselves


def _among_members(inquiry: Inquiry) -> Part:
    code = inquiry.organisation
    inward = inquiry.compute("introversion", organisation=code)
    rows = inquiry.known(inward)
    if inward is None or rows is None:
        what = say("Trade among the members of {organisation}", organisation=inquiry.name)
        why = say("no trade is at hand for the years in which it had two members")
        inquiry.miss(what, why)
        return empty(why)
    share = inquiry.compute("introversion", organisation=code, measure="share")
    shown = inquiry.known(share)
    runs = (inward.cite, *(() if share is None else (share.cite,)))
    first, last = rows.row(0, named=True), rows.row(-1, named=True)
    cites = merge((*runs, *inward.group_cites(last["year"])))
    text = say(
        "Symmetric introversion {value} ({year}): above 0, members trade with one another more "
        "than outsiders trade with them; {first} in {start}.",
        value=number(last["value"], 2),
        year=last["year"],
        first=number(first["value"], 2),
        start=first["year"],
    )
    return part(
        _inward_share(shown, last["year"], cites),
        Sentence(text, cites),
        _inward_table(rows, shown, runs, inward),
        _inward_chart(inward, rows),
        on_the_others(inquiry, last["year"]),
    )


def _inward_share(shown: pl.DataFrame | None, year: int, cites: tuple[Cite, ...]) -> Part | None:
    own = [] if shown is None else shown.filter(pl.col("year") == year).to_dicts()
    if not own:
        return None
    row, share = own[0], percent(own[0]["value"])
    text = say(
        "Trade with one another is {share} of all trade of the {n} members ({year}).",
        share=share,
        n=row["n"],
        year=year,
    )
    fact = Fact(say("Trade among members"), share, str(year), cites)
    return part(Sentence(text, cites), fact)


def _inward_table(
    rows: pl.DataFrame, shown: pl.DataFrame | None, runs: tuple[Cite, ...], answer: Answer
) -> Table:
    columns = heads(
        "year",
        share=(say("Share of members' trade"), "share"),
        introversion=(say("Introversion"), "signed"),
        n=(say("Members with trade"), "integer"),
    )
    values: dict[int, dict[str, Any]] = {}
    for name, frame in (("introversion", rows), ("share", shown)):
        for year, value, n in () if frame is None else frame.select("year", "value", "n").rows():
            own = values.setdefault(year, {"year": str(year), "share": None, "n": n})
            own[name] = value
    made = [
        Row(values[year], merge((*runs, *answer.group_cites(year))))
        for year in sorted(values, reverse=True)
    ]
    note = say(
        "Shares grow with the size of a group. Introversion lies between −1 and 1 and does not "
        "depend on the size."
    )
    caption = say("Trade of the members with one another")
    return table("group-trade", caption, columns, made, note, folded=True)


def _inward_chart(answer: Answer, rows: pl.DataFrame) -> Chart | None:
    if rows.height < 2:
        return None
    line = charts.line(rows["organisation"][0], say("members"), rows)
    text = say(
        "Symmetric trade introversion, {first} to {last}: from {start} to {end}.",
        **charts.ends([line]),
        start=number(rows["value"][0], 2),
        end=number(rows["value"][-1], 2),
    )
    title = say("Symmetric introversion of trade; 0 = neutral")
    cites = answer.group_cites()
    return charts.lines("introversion", title, text, [line], "number", cites, reference=0.0)

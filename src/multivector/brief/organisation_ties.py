"""An organisation's members beside one another: how they vote, trade, and who is how large."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from multivector.brief.seats import members_of, year_of
from multivector.content.draft import empty, part
from multivector.content.inquiry import Answer, Inquiry, label
from multivector.content.model import Chart, Cite, Column, Fact, Part, Row, Sentence, Table
from multivector.words import mark, say
from multivector.words.figures import listing, number, percent

__all__ = ["asymmetry", "cohesion", "group_trade"]

_TOP = 20
_OPEN = 15
_HUBS = 60
"""With more members than this nobody is the hub of their trade."""
_SHARED = 20
"""Roll calls a pair must share in a year for its agreement to count."""
_SEATS = ("memberships",)
"""What says who belongs to the group; it is cited with the members, not with every figure."""
_INDICATORS = {"gdp": mark("GDP"), "population": mark("population")}


def _points(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return [
        {"x": row["year"], "y": row["value"], "low": row["low"], "high": row["high"]}
        for row in frame.sort("year").iter_rows(named=True)
    ]


def _known(inquiry: Inquiry, answer: Answer | None) -> pl.DataFrame | None:
    """Return the rows with a value, up to the year asked for, oldest first; null if none."""
    if answer is None:
        return None
    rows = inquiry.until(answer.frame).filter(pl.col("value").is_not_null()).sort("year")
    return None if rows.is_empty() else rows


def _line(
    name: str, title: str, text: str, frame: pl.DataFrame, cites: tuple[Cite, ...], **more: Any
) -> Chart | None:
    if frame.height < 2:
        return None
    points = _points(frame)
    lines = [{"key": frame["organisation"][0], "label": more.pop("label"), "points": points}]
    data = {"from": points[0]["x"], "to": points[-1]["x"], "lines": lines, **more}
    return Chart(name, "lines", title, text, data, cites)


# --- votes


def cohesion(inquiry: Inquiry) -> Part | None:
    """Return the section on how alike the members vote, and the headline's fact."""
    code = inquiry.organisation
    spread = inquiry.compute("vote_spread", organisation=code)
    centre = inquiry.compute("vote_spread", organisation=code, measure="centre")
    agree = inquiry.compute("cohesion", organisation=code, min_shared=_SHARED)
    apart, same = _known(inquiry, spread), _known(inquiry, agree)
    if spread is None or apart is None:
        what = say("How alike the members of {organisation} vote", organisation=inquiry.name)
        why = say("two members with votes in one year are not in the data")
        inquiry.miss(what, why, "multivector --study DIR data add UNVotes.csv")
        return empty(why)
    sentences, facts = _spread(spread, apart)
    charts = [_spread_chart(spread, apart)]
    if agree is not None and same is not None:
        sentences.append(_agreement(inquiry, agree, same))
        charts.append(_agreement_chart(agree, same))
    middle = _known(inquiry, centre)
    if centre is not None and middle is not None:
        sentences.append(_centre(centre, middle))
    table = _positions(inquiry, int(str(apart["year"].max())))
    if table is not None:
        charts.append(_position_chart(table))
    tables = () if table is None else (table,)
    made = tuple(chart for chart in charts if chart is not None)
    return part(sentences, made, tables, facts)


def _spread(answer: Answer, rows: pl.DataFrame) -> tuple[list[Sentence], tuple[Fact, ...]]:
    last, first = rows.row(-1, named=True), rows.row(0, named=True)
    cites = (answer.cite, *answer.cites(last["year"], without=_SEATS))
    told = {
        "value": number(last["value"], 2),
        "low": number(last["low"], 2),
        "high": number(last["high"], 2),
        "year": last["year"],
        "n": last["n"],
    }
    text = say(
        "Ideal points of the members in {year}: {value} times as far apart as those of all states "
        "(90% interval {low} to {high}; {n} members).",
        **told,
    )
    then = say("In {year}: {value} times.", year=first["year"], value=number(first["value"], 2))
    sentence = Sentence(text if first["year"] == last["year"] else f"{text} {then}", cites)
    detail = say("{year}, all states = 1; {low} to {high}", **{k: told[k] for k in _DETAIL})
    return [sentence], (Fact(say("Spread of votes"), str(told["value"]), detail, cites),)


_DETAIL = ("year", "low", "high")


def _spread_chart(answer: Answer, rows: pl.DataFrame) -> Chart | None:
    text = say(
        "How far apart the members' ideal points are, in relation to all states, {first} to "
        "{last}; the newest {value}.",
        first=rows["year"][0],
        last=rows["year"][-1],
        value=number(rows["value"][-1], 2),
    )
    more = {"label": say("members"), "unit": "number", "reference": 1.0}
    title = say("Spread of the members' votes; all states = 1")
    cites = (answer.cite, *answer.cites(without=_SEATS))
    return _line("vote-spread", title, text, rows, cites, **more)


def _agreement(inquiry: Inquiry, answer: Answer, rows: pl.DataFrame) -> Sentence:
    last = rows.row(-1, named=True)
    held = len(members_of(inquiry, last["year"]))
    text = say(
        "Pairs of members chose the same on {share} of the roll calls of {year} on average "
        "({n} of {pairs} pairs: those whose joint votes are at hand).",
        share=percent(last["value"]),
        year=last["year"],
        n=last["n"],
        pairs=held * (held - 1) // 2,
    )
    return Sentence(text, (answer.cite, *answer.cites(last["year"], without=_SEATS)))


def _agreement_chart(answer: Answer, rows: pl.DataFrame) -> Chart | None:
    text = say(
        "Mean share of roll calls on which two members chose the same, {first} to {last}; the "
        "newest {value}.",
        first=rows["year"][0],
        last=rows["year"][-1],
        value=percent(rows["value"][-1]),
    )
    cites = (answer.cite, *answer.cites(without=_SEATS))
    title = say("Same vote, mean of the members' pairs")
    more = {"label": say("members"), "unit": "share"}
    return _line("cohesion", title, text, rows, cites, **more)


def _centre(answer: Answer, rows: pl.DataFrame) -> Sentence:
    last = rows.row(-1, named=True)
    text = say(
        "Mean ideal point of the members in {year}: {value} (90% interval {low} to {high}; the "
        "mean of all states and years is 0).",
        year=last["year"],
        **{key: number(last[key]) for key in ("value", "low", "high")},
    )
    return Sentence(text, (answer.cite, *answer.cites(last["year"], without=_SEATS)))


def _positions(inquiry: Inquiry, year: int) -> Table | None:
    chosen = inquiry.table("ideal_points")
    if chosen is None:
        return None
    own = members_of(inquiry, year)
    shown = [*own, *(p.pole for p in inquiry.pole_states if p.pole not in own)]
    frame = chosen.frame.filter(pl.col("state").is_in(shown) & (pl.col("year") == year))
    columns = (
        Column("state", say("State")),
        Column("code", say("Code")),
        Column("value", say("Ideal point"), "signed"),
        Column("low", say("Low"), "signed"),
        Column("high", say("High"), "signed"),
        Column("n", say("Roll calls"), "integer"),
        Column("role", say("In the organisation")),
    )
    rows = tuple(
        Row(
            {
                "state": label(row["state"]),
                "code": row["state"],
                **{key: row[key] for key in ("value", "low", "high", "n")},
                "role": say("member") if row["state"] in own else say("pole"),
            },
            (Cite(row["source"], say("session {n}", n=row["session"]), str(year)),),
        )
        for row in frame.sort("value", "state").iter_rows(named=True)
    )
    if not rows:
        return None
    caption = say("Ideal points of the members, {year}", year=year)
    note = say("Positions in UN votes; low and high are the 5% and 95% quantiles.")
    return Table("positions", caption, columns, rows, note, folded=True)


def _position_chart(table: Table) -> Chart | None:
    if len(table.rows) > 2 * _TOP:
        return None
    return _bars("positions", table.caption, table.rows, "value", table.id, unit="number")


def _bars(
    name: str,
    title: str,
    rows: Sequence[Row],
    key: str,
    table: str,
    *,
    unit: str,
) -> Chart:
    """Return a ranking of the states of a table by one of its columns, with intervals."""
    shown = [row for row in rows if row.cells[key] is not None][: 2 * _TOP]
    data = {
        "unit": unit,
        "rows": [
            {
                "key": row.cells["code"],
                "label": row.cells["state"],
                "value": row.cells[key],
                "low": row.cells.get("low"),
                "high": row.cells.get("high"),
            }
            for row in shown
        ],
    }
    write = percent if unit == "share" else lambda value: number(value, 2)
    told = listing([f"{row.cells['state']} {write(float(str(row.cells[key])))}" for row in shown])
    return Chart(name, "bars", title, f"{title}: {told}.", data, (Cite(f"table:{table}"),))


# --- trade


def group_trade(inquiry: Inquiry) -> Part | None:
    """Return the section on how much the members trade with one another, and a fact."""
    code = inquiry.organisation
    inward = inquiry.compute("introversion", organisation=code)
    rows = _known(inquiry, inward)
    if inward is None or rows is None:
        what = say("Trade among the members of {organisation}", organisation=inquiry.name)
        why = say("no trade is at hand for the years in which it had two members")
        inquiry.miss(what, why)
        return empty(why)
    share = inquiry.compute("introversion", organisation=code, measure="share")
    sentences, facts, table = _inward(inquiry, inward, share)
    charts = [_inward_chart(inward, rows)]
    members = _dependence(inquiry, int(rows["year"][-1]))
    tables = [table]
    if members is not None:
        sentences.append(members[1])
        charts.append(members[2])
        tables.append(members[0])
    made = tuple(chart for chart in charts if chart is not None)
    return part(sentences, made, tables, facts)


def _inward(
    inquiry: Inquiry, inward: Answer, share: Answer | None
) -> tuple[list[Sentence], tuple[Fact, ...], Table]:
    values: dict[int, dict[str, Any]] = {}
    for name, answer in (("introversion", inward), ("share", share)):
        known = _known(inquiry, answer)
        for row in [] if known is None else known.iter_rows(named=True):
            values.setdefault(row["year"], {"n": row["n"]})[name] = row["value"]
    runs = tuple(a.cite for a in (inward, share) if a is not None)
    last = max(values)
    cites = (*runs, *inward.cites(last, without=_SEATS))
    found = values[last]
    sentences: list[Sentence] = []
    facts: tuple[Fact, ...] = ()
    if found.get("share") is not None:
        written = percent(found["share"])
        text = say(
            "Trade with one another is {share} of all trade of the {n} members ({year}).",
            share=written,
            n=found["n"],
            year=last,
        )
        sentences.append(Sentence(text, cites))
        facts = (Fact(say("Trade among members"), written, str(last), cites),)
    text = say(
        "Symmetric introversion {value} ({year}): above 0, members trade with one another more "
        "than outsiders trade with them; {first} in {start}.",
        value=number(found["introversion"], 2),
        year=last,
        first=number(values[min(values)]["introversion"], 2),
        start=min(values),
    )
    sentences.append(Sentence(text, cites))
    return sentences, facts, _inward_table(values, runs, inward)


def _inward_table(
    values: dict[int, dict[str, Any]], runs: tuple[Cite, ...], answer: Answer
) -> Table:
    columns = (
        Column("year", say("Year"), "date"),
        Column("share", say("Share of members' trade"), "share"),
        Column("introversion", say("Introversion"), "signed"),
        Column("n", say("Members with trade"), "integer"),
    )
    rows = tuple(
        Row(
            {"year": str(year), "share": None, **found},
            (*runs, *answer.cites(year, without=_SEATS)),
        )
        for year, found in sorted(values.items(), reverse=True)
    )
    note = say(
        "Shares grow with the size of a group. Introversion lies between −1 and 1 and does not "
        "depend on the size."
    )
    caption = say("Trade of the members with one another")
    return Table("group-trade", caption, columns, rows, note, folded=True)


def _inward_chart(answer: Answer, rows: pl.DataFrame) -> Chart | None:
    title = say("Symmetric introversion of trade; 0 = neutral")
    text = say(
        "Symmetric trade introversion, {first} to {last}: from {start} to {end}.",
        first=rows["year"][0],
        last=rows["year"][-1],
        start=number(rows["value"][0], 2),
        end=number(rows["value"][-1], 2),
    )
    more = {"label": say("members"), "unit": "number", "reference": 0.0}
    cites = (answer.cite, *answer.cites(without=_SEATS))
    return _line("introversion", title, text, rows, cites, **more)


def _dependence(inquiry: Inquiry, year: int) -> tuple[Table, Sentence, Chart] | None:
    """Return how large the others of the group are in each member's trade."""
    answer = inquiry.compute("group_share", organisation=inquiry.organisation, years=(year, year))
    if answer is None:
        return None
    own = members_of(inquiry, year)
    frame = answer.frame.filter(pl.col("state").is_in(own) & pl.col("value").is_not_null())
    if frame.is_empty():
        return None
    cites = (answer.cite, *answer.cites(year, without=_SEATS))
    rows = tuple(
        Row({"state": label(r["state"]), "code": r["state"], "value": r["value"], "n": r["n"]},
            cites)
        for r in frame.sort(["value", "state"], descending=[True, False]).iter_rows(named=True)
    )  # fmt: skip
    columns = (
        Column("state", say("State")),
        Column("code", say("Code")),
        Column("value", say("Share of the other members"), "share"),
        Column("n", say("Members with a known flow"), "integer"),
    )
    caption = say("The other members in each member's trade, {year}", year=year)
    table = Table("dependence", caption, columns, rows, folded=len(rows) > _OPEN)
    ends = (rows[0], rows[-1])
    text = say(
        "The other members take the largest part in the trade of {first} ({high}), the smallest "
        "in that of {last} ({low}), {year}.",
        first=ends[0].cells["state"],
        high=percent(float(str(ends[0].cells["value"]))),
        last=ends[1].cells["state"],
        low=percent(float(str(ends[1].cells["value"]))),
        year=year,
    )
    return table, Sentence(text, cites), _bars(
        "dependence", caption, rows, "value", table.id, unit="share"
    )  # fmt: skip


# --- who is how large


def asymmetry(inquiry: Inquiry) -> Part | None:
    """Return the section on who is how large among the members, and the headline's fact."""
    code = inquiry.organisation
    shares: dict[str, tuple[Answer, pl.DataFrame]] = {}
    for indicator in _INDICATORS:
        answer = inquiry.compute("member_shares", organisation=code, indicator=indicator)
        _keep(inquiry, shares, indicator, answer)
    _keep(inquiry, shares, "trade", inquiry.compute("hub_share", organisation=code, among="world"))
    if len(members_of(inquiry, year_of(inquiry))) <= _HUBS:
        _keep(inquiry, shares, "hub", inquiry.compute("hub_share", organisation=code))
    if not shares:
        what = say("Weights of the members of {organisation}", organisation=inquiry.name)
        why = say("figures of all members in one year are not at hand")
        inquiry.miss(what, why)
        return empty(why)
    table = _share_table(shares)
    sentences, facts = _largest(inquiry, shares)
    key = next(k for k in ("gdp", "population", "trade", "hub") if k in shares)
    title = {
        "gdp": say("Share of the members' GDP"),
        "population": say("Share of the members' population"),
    }.get(key, say("Share of the members' trade"))
    chart = _bars("weights", title, table.rows, key, table.id, unit="share")
    whole = (chart,) if table.rows else ()
    return part(sentences, whole, table, facts)


def _keep(
    inquiry: Inquiry,
    shares: dict[str, tuple[Answer, pl.DataFrame]],
    name: str,
    answer: Answer | None,
) -> None:
    known = _known(inquiry, answer)
    if answer is not None and known is not None:
        newest = known.filter(pl.col("year") == known["year"].max())
        shares[name] = answer, newest.sort(["value", "state"], descending=[True, False])


def _cited(answer: Answer, year: object) -> tuple[Cite, ...]:
    return answer.cite, *answer.cites(year, without=_SEATS)


def _largest(
    inquiry: Inquiry, shares: dict[str, tuple[Answer, pl.DataFrame]]
) -> tuple[tuple[Sentence, ...], tuple[Fact, ...]]:
    forms = {
        "gdp": mark("Largest share of GDP: {state}, {share} ({year})."),
        "population": mark("Largest share of people: {state}, {share} ({year})."),
        "trade": mark("Largest share of the members' trade with the world: {state}, {share} "
                      "({year})."),
        "hub": mark("Of the trade among members {share} has {state} at one end ({year})."),
    }  # fmt: skip
    sentences, facts = [], []
    for name, (answer, rows) in shares.items():
        top = rows.row(0, named=True)
        told = {"state": label(top["state"]), "share": percent(top["value"]), "year": top["year"]}
        cites = _cited(answer, top["year"])
        sentences.append(Sentence(say(forms[name], **told), cites))
        if name == "gdp":
            detail = say("{state}, {year}", **told)
            facts.append(Fact(say("Largest share of GDP"), told["share"], detail, cites))
    effective = inquiry.compute(
        "member_asymmetry", organisation=inquiry.organisation, measure="effective"
    )
    known = _known(inquiry, effective)
    if effective is not None and known is not None:
        last = known.row(-1, named=True)
        text = say(
            "By GDP the {n} members are as concentrated as {value} equal ones ({year}).",
            n=last["n"],
            value=number(last["value"], 2),
            year=last["year"],
        )
        sentences.append(Sentence(text, _cited(effective, last["year"])))
    return tuple(sentences), tuple(facts)


def _share_table(shares: dict[str, tuple[Answer, pl.DataFrame]]) -> Table:
    labels = {
        "gdp": say("GDP"),
        "population": say("Population"),
        "trade": say("Trade with the world"),
        "hub": say("At one end of trade among members"),
    }
    columns = [Column("state", say("State")), Column("code", say("Code"))]
    values: dict[str, dict[str, float]] = {}
    cites: list[Cite] = []
    for name, (answer, rows) in shares.items():
        year = rows["year"][0]
        head = say("{figure}, {year}", figure=labels[name], year=year)
        columns.append(Column(name, head, "share"))
        cites += _cited(answer, year)
        for state, value in rows.select("state", "value").iter_rows():
            values.setdefault(state, {})[name] = value
    first = next(iter(shares))
    order = sorted(values, key=lambda s: (-values[s].get(first, -1.0), s))
    rows_told = tuple(
        Row(
            {"state": label(s), "code": s, **{name: values[s].get(name) for name in shares}},
            tuple(dict.fromkeys(cites)),
        )
        for s in order
    )
    note = say(
        "Shares of GDP and people stand only for years in which every member has a figure. Trade "
        "among members has two ends, so that this column adds up to 200%."
    )
    caption = say("Each member's share of what the members have together")
    return Table("weights", caption, tuple(columns), rows_told, note, folded=len(order) > _OPEN)

"""Dependence: how much of an economy or its trade hangs on whom, and who is how large.

Of a state: on each pole, and who leans on whom. Of a pair: on each other. Of an organisation's
members: on the others, and what share of the whole each has.
"""

from __future__ import annotations

from math import exp

import polars as pl

from multivector.brief.seats import members_of, year_of
from multivector.content import charts
from multivector.content.draft import Draft, empty, part
from multivector.content.inquiry import Answer, Inquiry, Sides, in_money, label, merge
from multivector.content.model import Chart, Cite, Fact, PairFigure, Part, Row, Sentence, Table
from multivector.content.tables import figure, filled, heads, table
from multivector.measures.integration import members_by_year
from multivector.words import mark, say
from multivector.words.figures import listing, number, percent, ratio

__all__ = ["asymmetry", "interdependence", "mutual", "on_the_others"]

_PARTNERS = 6
_OPEN = 15
_HUBS = 60
"""With more members than this nobody is the hub of their trade."""


# --- a state on its poles


def interdependence(inquiry: Inquiry) -> Part:
    """Return the section on a state's dependence through trade."""
    answer = _dependence(inquiry, state=inquiry.state)
    rows = None if answer is None else inquiry.until(answer.frame)
    shown = None if rows is None else rows.filter(pl.col("value").is_not_null())
    if answer is None or rows is None or shown is None or shown.is_empty():
        return part(_nothing(inquiry, rows))
    last = int(str(shown["year"].max()))
    cites = inquiry.trade_cites(answer, last, inquiry.state)
    lines = _lines(inquiry, shown)
    newest = _newest(inquiry, lines, last)
    draft = Draft()
    if newest:
        text = say(
            "Trade with each pole as a share of the GDP of {state}, {year}: {shares}.",
            state=inquiry.name,
            year=last,
            shares=newest,
        )
        draft.write(text, cites)
    else:
        text = say(
            "No trade of {state} with any pole in {year} is in the data.",
            state=inquiry.name,
            year=last,
        )
        draft.write(text, (answer.cite,))
    draft.add(_chart(inquiry, answer, lines) if lines else None)
    draft.add(_leaning(inquiry, last, answer, shown))
    lost = sorted(set(rows["year"]) - set(shown["year"]))
    if lost:
        draft.add(say("GDP is not known for {years}.", years=listing([str(y) for y in lost])))
    return draft.part()


def _dependence(inquiry: Inquiry, **of: str) -> Answer | None:
    """Return trade over GDP, where the trade at hand is in money."""
    flows = inquiry.table("flows")
    if flows is None or not in_money(flows.frame):
        return None
    return inquiry.compute("dependence", **of)


def _nothing(inquiry: Inquiry, rows: pl.DataFrame | None) -> Sentence:
    """Say which of the two figures is missing."""
    why = say("its trade with each partner by year is not in the data at hand")
    if rows is not None and rows.height:
        why = say("its GDP by year is not in the data at hand")
    what = say("How much of the economy of {state} hangs on each pole", state=inquiry.name)
    inquiry.miss(what, why)
    text = say(
        "Dependence of {state} on the poles cannot be told: {why}.", state=inquiry.name, why=why
    )
    return Sentence(text)


def _lines(inquiry: Inquiry, shown: pl.DataFrame) -> list[charts.Line]:
    """Return the series of each pole; an organisation's is the sum over its members of the year."""
    memberships = inquiry.table("memberships")
    lines = []
    for pole in inquiry.poles:
        own = shown.filter(pl.col("partner") == pole.pole)
        if pole.kind == "organisation":
            years = shown["year"].unique().sort().to_list()
            inside = pl.DataFrame(schema={"partner": pl.String, "year": pl.Int64})
            if memberships is not None:
                members = members_by_year(memberships.frame, pole.pole, (), years)
                inside = members.select(partner="state", year=pl.col("year").cast(pl.Int64))
            own = shown.join(inside, on=["partner", "year"])
            own = own.group_by("year").agg(pl.col("value").sum())
        lines.append(charts.line(pole.pole, pole.name, own.select("year", "value")))
    return [line for line in lines if line["points"]]


def _newest(inquiry: Inquiry, lines: list[charts.Line], last: int) -> str:
    ends = [
        (line["label"], line["points"][0], line["points"][-1])
        for line in lines
        if line["points"][-1]["x"] == last
    ]
    spoken = []
    for name, old, new in sorted(ends, key=lambda end: -end[2]["y"]):
        then = say("{share} in {year}", share=percent(old["y"]), year=old["x"])
        spoken.append(f"{name} {percent(new['y'])}" + (f" ({then})" if old["x"] < last else ""))
    return listing(spoken)


def _chart(inquiry: Inquiry, answer: Answer, lines: list[charts.Line]) -> Chart:
    span = charts.ends(lines)
    newest = [(line["label"], line["points"][-1]) for line in lines]
    text = say(
        "Exports to and imports from each pole (an organisation: its members of the year) divided "
        "by GDP, {first} to {last}. Last values: {values}.",
        **span,
        values=listing([f"{name} {percent(end['y'])} ({end['x']})" for name, end in newest]),
    )
    title = say("Trade with the poles in relation to GDP")
    cites = inquiry.trade_cites(answer, span["last"], inquiry.state)
    return charts.lines("dependence", title, text, lines, "share", cites)


def _leaning(inquiry: Inquiry, year: int, dependence: Answer, shown: pl.DataFrame) -> Part | None:
    """Return who leans on whom, for the largest partners and the poles that are states."""
    answer = inquiry.compute("asymmetry", state=inquiry.state, years=(year, year))
    if answer is None:
        return None
    found = answer.frame.filter(
        (pl.col("state") == inquiry.state) & pl.col("value").is_not_null()
    ).select("partner", lean="value")
    both = shown.filter(pl.col("year") == year).join(found, on="partner")
    both = both.sort(["value", "partner"], descending=[True, False])
    named = {pole.pole for pole in inquiry.pole_states}
    cites = merge(
        cite for of in (answer, dependence) for cite in inquiry.trade_cites(of, year, inquiry.state)
    )
    rows = [
        Row(
            {
                "partner": label(partner),
                "code": partner,
                "dependence": share,
                "log_ratio": lean,
                "times": exp(lean),
            },
            cites,
        )
        for n, (partner, share, lean) in enumerate(both.select("partner", "value", "lean").rows())
        if n < _PARTNERS or partner in named
    ]
    if not rows:
        return None
    columns = heads(
        "partner", dependence=(say("Trade / GDP"), "share"), times=(say("Asymmetry"), "ratio")
    )
    note = say(
        "Asymmetry: the partner's share in the state's trade divided by its own in theirs; "
        "above 1 the state leans on the partner more than the partner on it. Largest partners, and "
        "the poles."
    )
    caption = say("Who leans on whom, {year}", year=year)
    return part(table("leaning", caption, columns, rows, note), _leans(inquiry, rows, year))


def _leans(inquiry: Inquiry, rows: list[Row], year: int) -> Sentence:
    ranked = sorted(rows, key=lambda row: -figure(row, "times"))
    most, least = ranked[0], ranked[-1]
    text = say(
        "Of those listed {state} leans most one-sidedly on {partner}, whose share in its trade was "
        "{ratio} its own in {partner}'s ({year})",
        state=inquiry.name,
        partner=most.cells["partner"],
        ratio=ratio(figure(most, "times")),
        year=year,
    )
    if figure(least, "times") < 1:
        text += say(
            "; {partner} leans more on {state} than the reverse",
            partner=least.cells["partner"],
            state=inquiry.name,
        )
    return Sentence(f"{text}.", rows[0].cites)


# --- two states on each other

_MUTUAL = {
    "partner_shares": (
        "pair-shares",
        mark("Share of each in the trade of the other"),
        mark("Share of the other in its trade"),
        mark("{b} in the trade of {a} {share}{year}"),
        mark("Share in all trade in goods, {year}: {shares}."),
    ),
    "dependence": (
        "pair-dependence",
        mark("Trade with the other in relation to GDP"),
        mark("Trade with the other / GDP"),
        mark("{state} {share}{year}"),
        mark("Trade with the other in relation to the own GDP, {year}: {shares}."),
    ),
}
"""By measure: the chart's id and title, the figure's name, and the sentence of one and of both."""


def mutual(inquiry: Inquiry, sides: Sides) -> Part:
    """Return the share of each of two states in the other's trade, and in relation to its GDP."""
    return part(_mutual(inquiry, sides, measure) for measure in _MUTUAL)


def _mutual(inquiry: Inquiry, sides: Sides, measure: str) -> Part | None:
    name, title, what, one, both = _MUTUAL[measure]
    lines, cites, names = list[charts.Line](), list[Cite](), dict[str, tuple[str, str]]()
    for state, own, partner, other in sides.ways:
        of = {"state": state, "partner": partner}
        if measure == "dependence":
            answer = _dependence(inquiry, **of)
        else:
            answer = inquiry.compute(measure, **of, flow="both")
        line = None if answer is None else charts.line(state, own, inquiry.until(answer.frame))
        if answer is not None and line is not None and line["points"]:
            lines.append(line)
            cites += inquiry.trade_cites(answer, line["points"][-1]["x"], state)
            names[state] = (own, other)
    if not lines:
        return None
    newest = {line["key"]: line["points"][-1] for line in lines}
    last = max(point["x"] for point in newest.values())
    parts = []
    for state, point in newest.items():
        a, b = names[state]
        year = "" if point["x"] == last else f" ({point['x']})"
        parts.append(say(one, a=a, b=b, state=a, share=percent(point["y"]), year=year))
    text = say(both, year=last, shares="; ".join(parts))
    sources, title = merge(cites), say(title)
    spoken = say("{title}, {first} to {last}. {text}", title=title, text=text, **charts.ends(lines))
    when = "/".join(dict.fromkeys(str(point["x"]) for point in newest.values()))
    ends = sides.ends({state: point["y"] for state, point in newest.items()})
    values = " · ".join(percent(point["y"]) for point in newest.values())
    detail = f"{' · '.join(own for own, _ in names.values())}, {last}"
    fact = Fact(say("Share in the other's trade"), values, detail, sources)
    return part(
        Sentence(text, sources),
        charts.lines(name, title, spoken, lines, "share", sources),
        PairFigure.of(say(what), "share", when, sources, **ends),
        fact if measure == "partner_shares" else None,
    )


# --- an organisation's members on the others


def on_the_others(inquiry: Inquiry, year: int) -> Part | None:
    """Return how large the others of the group are in each member's trade."""
    answer = inquiry.compute("group_share", organisation=inquiry.organisation, years=(year, year))
    if answer is None:
        return None
    frame = answer.frame.filter(
        pl.col("state").is_in(members_of(inquiry, year)) & pl.col("value").is_not_null()
    ).sort(["value", "state"], descending=[True, False])
    if frame.is_empty():
        return None
    cites = answer.group_cites(year)
    columns = heads(
        "state code",
        value=(say("Share of the other members"), "share"),
        n=(say("Members with a known flow"), "integer"),
    )
    rows = filled(frame, columns, cites)
    caption = say("The other members in each member's trade, {year}", year=year)
    text = say(
        "The other members take the largest part in the trade of {first} ({high}), the smallest "
        "in that of {last} ({low}), {year}.",
        first=rows[0].cells["state"],
        high=percent(figure(rows[0], "value")),
        last=rows[-1].cells["state"],
        low=percent(figure(rows[-1], "value")),
        year=year,
    )
    made = table("dependence", caption, columns, rows, folded=len(rows) > _OPEN)
    chart = charts.ranking("dependence", caption, made, "value", "share")
    return part(made, Sentence(text, cites), chart)


# --- who is how large

_Shares = dict[str, tuple[Answer, pl.DataFrame]]
"""By figure: where it comes from, and each member's share in its newest year, largest first."""


def asymmetry(inquiry: Inquiry) -> Part:
    """Return the section on who is how large among the members, and the headline's fact."""
    shares = _member_shares(inquiry)
    if not shares:
        what = say("Weights of the members of {organisation}", organisation=inquiry.name)
        why = say("figures of all members in one year are not at hand")
        inquiry.miss(what, why)
        return empty(why)
    made = _share_table(shares)
    key = next(k for k in ("gdp", "population", "trade", "hub") if k in shares)
    title = {
        "gdp": say("Share of the members' GDP"),
        "population": say("Share of the members' population"),
    }.get(key, say("Share of the members' trade"))
    chart = charts.ranking("weights", title, made, key, "share") if made.rows else None
    return part(_largest(shares), _equal_members(inquiry), chart, made)


def _member_shares(inquiry: Inquiry) -> _Shares:
    of = {"organisation": inquiry.organisation}
    answers = {
        "gdp": inquiry.compute("member_shares", **of, indicator="gdp"),
        "population": inquiry.compute("member_shares", **of, indicator="population"),
        "trade": inquiry.compute("hub_share", **of, among="world"),
    }
    if len(members_of(inquiry, year_of(inquiry))) <= _HUBS:
        answers["hub"] = inquiry.compute("hub_share", **of)
    shares: _Shares = {}
    for name, answer in answers.items():
        shown = inquiry.known(answer)
        if answer is not None and shown is not None:
            newest = shown.filter(pl.col("year") == shown["year"].max())
            shares[name] = answer, newest.sort(["value", "state"], descending=[True, False])
    return shares


def _largest(shares: _Shares) -> Part:
    forms = {
        "gdp": mark("Largest share of GDP: {state}, {share} ({year})."),
        "population": mark("Largest share of people: {state}, {share} ({year})."),
        "trade": mark(
            "Largest share of the members' trade with the world: {state}, {share} ({year})."
        ),
        "hub": mark("Of the trade among members {share} has {state} at one end ({year})."),
    }
    draft = Draft()
    for name, (answer, rows) in shares.items():
        state, year, share = rows["state"][0], rows["year"][0], percent(rows["value"][0])
        named, cites = {"state": label(state), "year": year}, answer.group_cites(year)
        draft.write(say(forms[name], share=share, **named), cites)
        if name == "gdp":
            detail = say("{state}, {year}", **named)
            draft.add(Fact(say("Largest share of GDP"), share, detail, cites))
    return draft.part()


def _equal_members(inquiry: Inquiry) -> Sentence | None:
    answer = inquiry.compute(
        "member_asymmetry", organisation=inquiry.organisation, measure="effective"
    )
    shown = inquiry.known(answer)
    if answer is None or shown is None:
        return None
    last = shown.row(-1, named=True)
    text = say(
        "By GDP the {n} members are as concentrated as {value} equal ones ({year}).",
        n=last["n"],
        value=number(last["value"], 2),
        year=last["year"],
    )
    return Sentence(text, answer.group_cites(last["year"]))


def _share_table(shares: _Shares) -> Table:
    titles = {
        "gdp": say("GDP"),
        "population": say("Population"),
        "trade": say("Trade with the world"),
        "hub": say("At one end of trade among members"),
    }
    columns = heads("state code")
    values: dict[str, dict[str, float]] = {}
    cites: list[Cite] = []
    for name, (answer, rows) in shares.items():
        year = rows["year"][0]
        columns[name] = (say("{figure}, {year}", figure=titles[name], year=year), "share")
        cites += answer.group_cites(year)
        for state, value in rows.select("state", "value").iter_rows():
            values.setdefault(state, {})[name] = value
    first = next(iter(shares))
    made = [
        Row(
            {"state": label(s), "code": s} | {name: values[s].get(name) for name in shares},
            merge(cites),
        )
        for s in sorted(values, key=lambda s: (-values[s].get(first, -1.0), s))
    ]
    note = say(
        "Shares of GDP and people stand only for years in which every member has a figure. Trade "
        "among members has two ends, so that this column adds up to 200%."
    )
    caption = say("Each member's share of what the members have together")
    return table("weights", caption, columns, made, note, folded=len(made) > _OPEN)

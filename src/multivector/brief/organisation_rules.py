"""An organisation's rules: how deep its treaties go, and who decides."""

from __future__ import annotations

from typing import Any

import polars as pl

from multivector.brief.seats import entry, year_of
from multivector.content.draft import empty, part
from multivector.content.inquiry import Answer, Inquiry, label
from multivector.content.model import Chart, Cite, Column, Part, Row, Scalar, Sentence, Table
from multivector.names.spells import RULES
from multivector.words import many, mark, say
from multivector.words.figures import day, number, percent

__all__ = ["depth", "voting_power"]

_SCALES = {"trade": mark("trade"), "money": mark("money"), "desta": mark("provisions (DESTA)")}
_TRADE_STEPS = {
    1: mark("preferential area"),
    2: mark("free trade area"),
    3: mark("customs union"),
    4: mark("common market"),
    5: mark("economic union"),
    6: mark("political union"),
}
_STAGES = {
    "declared": mark("declared"),
    "in_force": mark("in force"),
    "implemented": mark("carried out"),
}
_ROLES = {"founding": mark("founding treaty"), "agreement": mark("agreement")}
_POWERS = ("weight_share", "banzhaf", "shapley_shubik")


# --- how deep


def depth(inquiry: Inquiry) -> Part | None:
    """Return the section on what the organisation's treaties bind, stage by stage."""
    year = year_of(inquiry)
    answer = inquiry.compute("depth", organisation=inquiry.organisation, years=(year, year))
    if answer is None:
        return None
    treaties = _treaties(inquiry)
    cites: dict[str | None, Cite] = {
        None: Cite(*(entry(inquiry)[key] for key in ("source", "locator")))
    }
    cites |= {r["treaty"]: Cite(r["source"], r["locator"]) for r in treaties.values()}
    rows = [
        _depth_row(row, treaties, (cites[row["treaty"]],))
        for row in answer.frame.iter_rows(named=True)
        if row["treaty"] is not None or row["declared"] is not None
    ]
    coded = any(row.cells["declared"] is not None for row in rows)
    if not coded:
        what = say("How deep the integration of {organisation} goes", organisation=inquiry.name)
        why = say("no depth of its treaties is embedded")
        inquiry.miss(what, why, "multivector --study DIR data add DESTA.csv")
    if not rows:
        text = say(
            "No step on the ladders of trade or money, and no trade agreement, of {organisation} "
            "is in the data at hand.",
            organisation=inquiry.name,
        )
        return part(Sentence(text))
    sentences = [_deep(inquiry, row, year) for row in rows if row.cells["declared"] is not None]
    if treaties:
        text = many(
            len(treaties),
            "{n} trade agreement of its own is listed.",
            "{n} trade agreements of its own are listed.",
        )
        sentences.append(Sentence(text, tuple(cites[treaty] for treaty in treaties)))
    return part(sentences, _depth_table(rows, year))


def _treaties(inquiry: Inquiry) -> dict[str, dict[str, Any]]:
    chosen = inquiry.table("organisation_treaties")
    if chosen is None:
        return {}
    own = chosen.frame.filter(pl.col("organisation") == inquiry.organisation).sort("treaty")
    return {row["treaty"]: row for row in own.iter_rows(named=True)}


def _depth_row(
    row: dict[str, Any], treaties: dict[str, dict[str, Any]], cites: tuple[Cite, ...]
) -> Row:
    treaty = treaties.get(row["treaty"])
    what = say("the organisation itself")
    if treaty is not None:
        _, _, named = treaty["locator"].partition(": ")
        what = f"{named or treaty['treaty']} ({say(_ROLES.get(treaty['role'], treaty['role']))})"
    stage = row["stage"]
    cells: dict[str, Scalar] = {
        "what": what,
        "scale": say(_SCALES.get(row["scale"], row["scale"])),
        "ladder": row["scale"],
        **{key: row[key] for key in ("declared", "in_force", "implemented", "note", "n")},
        "stage": None if stage is None else say(_STAGES.get(stage, stage)),
    }
    return Row(cells, cites)


def _deep(inquiry: Inquiry, row: Row, year: int) -> Sentence:
    step = int(str(row.cells["declared"]))
    name = say(_TRADE_STEPS[step]) if row.cells["ladder"] == "trade" else str(step)
    text = say(
        "{what}, {scale}: {step} declared; furthest stage that a source shows in {year}: {stage}.",
        what=inquiry.name if row.cells["ladder"] in ("trade", "money") else row.cells["what"],
        scale=row.cells["scale"],
        step=name,
        stage=row.cells["stage"] or say("none"),
        year=year,
    )
    return Sentence(text, row.cites)


def _depth_table(rows: list[Row], year: int) -> Table:
    columns = (
        Column("what", say("What")),
        Column("scale", say("Scale")),
        Column("declared", say("Declared"), "integer"),
        Column("in_force", say("In force"), "integer"),
        Column("implemented", say("Carried out"), "integer"),
        Column("stage", say("Furthest stage shown")),
        Column("note", say("Note")),
    )
    note = say(
        "Trade: 1 preferential area, 2 free trade area, 3 customs union, 4 common market, 5 "
        "economic union, 6 political union. DESTA: 0 to 7 provisions. The scales are not added. "
        "An empty cell: no source at hand says, which is not the same as no."
    )
    return Table("depth", say("Depth by stage, {year}", year=year), columns, tuple(rows), note)


# --- who decides


def voting_power(inquiry: Inquiry) -> Part | None:
    """Return the section on voting power; a note where no decision rule is at hand."""
    chosen = inquiry.table("voting_rules")
    rules = None
    if chosen is not None:
        rules = chosen.frame.filter(pl.col("organisation") == inquiry.organisation)
        if inquiry.year is not None:
            rules = rules.filter(RULES.begun(inquiry.year))
    if rules is None or rules.is_empty():
        what = say("Voting power in {organisation}", organisation=inquiry.name)
        why = say("no decision rule with weighted votes is at hand")
        inquiry.miss(what, why, "multivector measure voting_power --weights A=3,B=2 --quota 4")
        return empty(why)
    last = rules["start"].max()
    rule = rules.filter(pl.col("start").eq_missing(pl.lit(last))).sort("state")
    answer = _game(inquiry, rule)
    if answer is None:
        return None
    found = answer.frame
    if inquiry.quota is None:
        found = found.filter(pl.col("start").eq_missing(pl.lit(last)))
    rows = _power_rows(rule, found, answer)
    quota = _quota(inquiry, rule)
    sentences = [_rule(rule, quota), _strongest(rows), *_act(found, rows)]
    chart = _power_chart(rows, quota)
    table = _power_table(rows, last)
    return part(sentences, chart, table)


def _game(inquiry: Inquiry, rule: pl.DataFrame) -> Answer | None:
    """Return the power under the rules, or in a game of the newest one's votes and a quota."""
    if inquiry.quota is None:
        return inquiry.compute("voting_power", organisation=inquiry.organisation)
    votes = tuple(f"{state}={weight}" for state, weight in rule.select("state", "weight").rows())
    return inquiry.compute("voting_power", weights=votes, quota=inquiry.quota)


def _power_rows(rule: pl.DataFrame, found: pl.DataFrame, answer: Answer) -> list[Row]:
    values: dict[str, dict[str, float | None]] = {}
    for state, index, value in found.select("state", "index", "value").iter_rows():
        values.setdefault(state, {})[index] = value
    rows = [
        Row(
            {
                "state": label(row["state"]),
                "code": row["state"],
                "weight": row["weight"],
                **{name: values.get(row["state"], {}).get(name) for name in _POWERS},
            },
            (Cite(row["source"], row["locator"], row["start"], None, answer.run),),
        )
        for row in rule.iter_rows(named=True)
    ]
    return sorted(rows, key=lambda r: (-float(str(r.cells["weight"])), str(r.cells["code"])))


def _quota(inquiry: Inquiry, rule: pl.DataFrame) -> str:
    if inquiry.quota is not None:
        asked = percent(inquiry.quota) if inquiry.quota < 1 else number(inquiry.quota, 6)
        return say("{quota}, as asked for", quota=asked)
    given = rule["quota"][0]
    if given is None:
        return say("more than half of the votes, for the source states none")
    return number(given, 6)


def _rule(rule: pl.DataFrame, quota: str) -> Sentence:
    text = say(
        "Newest decision rule at hand, from {start}: {members}; {votes} votes; quota: {quota}.",
        start=day(rule["start"][0]),
        members=many(rule.height, "{n} member", "{n} members"),
        votes=number(float(rule["weight"].sum()), 6),
        quota=quota,
    )
    cites = tuple(Cite(s, loc) for s, loc in rule.select("source", "locator").unique(
        maintain_order=True).iter_rows())  # fmt: skip
    return Sentence(text, cites)


def _strongest(rows: list[Row]) -> Sentence:
    known = [row for row in rows if row.cells["banzhaf"] is not None][:3]
    told = [
        say(
            "{state} {votes} of the votes, {power} of the power",
            state=row.cells["state"],
            votes=percent(float(str(row.cells["weight_share"]))),
            power=percent(float(str(row.cells["banzhaf"]))),
        )
        for row in known
    ]
    text = say("The largest votes and their power (Banzhaf): {members}.", members="; ".join(told))
    return Sentence(text, tuple(cite for row in known for cite in row.cites))


def _act(found: pl.DataFrame, rows: list[Row]) -> list[Sentence]:
    value = found.filter(pl.col("index") == "coleman_act")["value"].max()
    if value is None or not rows:
        return []
    text = say(
        "Of all possible coalitions {share} can decide (Coleman's power to act).",
        share=percent(float(str(value))),
    )
    return [Sentence(text, rows[0].cites)]


def _power_chart(rows: list[Row], quota: str) -> Chart:
    data = {
        "from_label": say("share of votes"),
        "to_label": say("share of power"),
        "rows": [
            {
                "key": row.cells["code"],
                "label": row.cells["state"],
                "from": row.cells["weight_share"],
                "to": row.cells["banzhaf"],
            }
            for row in rows
        ],
    }
    text = say("Share of votes and share of power of each member; quota: {quota}.", quota=quota)
    cites = (Cite("table:power"),)
    return Chart("power", "dumbbell", say("Votes and power"), text, data, cites)


def _power_table(rows: list[Row], start: object) -> Table:
    columns = (
        Column("state", say("State")),
        Column("code", say("Code")),
        Column("weight", say("Votes"), "number"),
        Column("weight_share", say("Share of votes"), "share"),
        Column("banzhaf", say("Banzhaf"), "share"),
        Column("shapley_shubik", say("Shapley–Shubik"), "share"),
    )
    note = say(
        "Power: how often a member's vote decides, as a share of all deciding votes (Banzhaf), or "
        "its expected part of a prize (Shapley–Shubik). Rules since then may differ."
    )
    since = day(None if start is None else str(start))
    caption = say("Voting power under the rule from {start}", start=since)
    return Table("power", caption, columns, tuple(rows), note, folded=len(rows) > 15)

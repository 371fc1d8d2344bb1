"""Decisions: how deep an organisation's treaties go, and who decides in it with how many votes."""

from __future__ import annotations

from typing import Any

import polars as pl

from multivector.brief.seats import entry, year_of
from multivector.content import charts
from multivector.content.draft import empty, part
from multivector.content.inquiry import Answer, Inquiry, cited, club, label
from multivector.content.model import Chart, Cite, Part, Row, Sentence, Table
from multivector.content.tables import figure, heads, known, pick, table
from multivector.names.spells import RULES
from multivector.words import many, mark, say
from multivector.words.figures import day, number, percent

__all__ = ["depth", "votes_of", "voting_power"]

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
_POWERS = "weight_share banzhaf shapley_shubik"
_OPEN = 15


# --- how deep


def depth(inquiry: Inquiry) -> Part | None:
    """Return the section on what the organisation's treaties bind, stage by stage."""
    year, own = year_of(inquiry), entry(inquiry)
    answer = inquiry.compute("depth", organisation=inquiry.organisation, years=(year, year))
    if answer is None:
        return None
    treaties = _treaties(inquiry)
    cites = {treaty: cited(row) for treaty, row in treaties.items()}
    whole = cited(own)
    rows = [
        _depth_row(row, treaties, (cites.get(row["treaty"], whole),))
        for row in answer.frame.iter_rows(named=True)
        if row["treaty"] is not None or row["declared"] is not None
    ]
    coded = known(rows, "declared")
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
    text = many(
        len(treaties),
        "{n} trade agreement of its own is listed.",
        "{n} trade agreements of its own are listed.",
    )
    listed = Sentence(text, tuple(cites.values())) if treaties else None
    said = (_deep(inquiry, row, year) for row in coded)
    return part(*said, listed, _depth_table(rows, year))


def _treaties(inquiry: Inquiry) -> dict[str, dict[str, Any]]:
    chosen = inquiry.table("organisation_treaties")
    if chosen is None:
        return {}
    own = chosen.frame.filter(pl.col("organisation") == inquiry.organisation).sort("treaty")
    return {row["treaty"]: row for row in own.iter_rows(named=True)}


def _depth_row(
    row: dict[str, Any], treaties: dict[str, dict[str, Any]], cites: tuple[Cite, ...]
) -> Row:
    treaty, stage = treaties.get(row["treaty"]), row["stage"]
    what = say("the organisation itself")
    if treaty is not None:
        _, _, named = treaty["locator"].partition(": ")
        what = f"{named or treaty['treaty']} ({say(_ROLES.get(treaty['role'], treaty['role']))})"
    cells = {
        "what": what,
        "scale": say(_SCALES.get(row["scale"], row["scale"])),
        "ladder": row["scale"],
        "stage": None if stage is None else say(_STAGES.get(stage, stage)),
    }
    return Row(cells | pick(row, "declared", "in_force", "implemented", "note", "n"), cites)


def _deep(inquiry: Inquiry, row: Row, year: int) -> Sentence:
    step, ladder = int(figure(row, "declared")), row.cells["ladder"]
    text = say(
        "{what}, {scale}: {step} declared; furthest stage that a source shows in {year}: {stage}.",
        what=inquiry.name if ladder in ("trade", "money") else row.cells["what"],
        scale=row.cells["scale"],
        step=say(_TRADE_STEPS[step]) if ladder == "trade" else step,
        stage=row.cells["stage"] or say("none"),
        year=year,
    )
    return Sentence(text, row.cites)


def _depth_table(rows: list[Row], year: int) -> Table:
    columns = heads(
        "what",
        scale=say("Scale"),
        declared=(say("Declared"), "integer"),
        in_force=(say("In force"), "integer"),
        implemented=(say("Carried out"), "integer"),
        stage=say("Furthest stage shown"),
        note=say("Note"),
    )
    note = say(
        "Trade: 1 preferential area, 2 free trade area, 3 customs union, 4 common market, 5 "
        "economic union, 6 political union. DESTA: 0 to 7 provisions. The scales are not added. "
        "An empty cell: no source at hand says, which is not the same as no."
    )
    return table("depth", say("Depth by stage, {year}", year=year), columns, rows, note)


# --- who decides


def _rules(inquiry: Inquiry) -> pl.DataFrame | None:
    """Return the decision rules with the state's or the organisation's votes, up to the year."""
    chosen = inquiry.table("voting_rules")
    if chosen is None:
        return None
    column = "state" if inquiry.kind == "state" else "organisation"
    rules = chosen.frame.filter(pl.col(column) == inquiry.subject)
    if inquiry.year is not None:
        rules = rules.filter(RULES.begun(inquiry.year))
    return None if rules.is_empty() else rules


def _powers(found: pl.DataFrame) -> dict[str, float | None]:
    """Return a member's shares of the votes and of the power by the indices shown."""
    values = dict(found.select("index", "value").iter_rows())
    return {name: values.get(name) for name in _POWERS.split()}


def votes_of(inquiry: Inquiry) -> Part | None:
    """Return a state's votes and power in its organisations, rule by rule; null without any."""
    rules, rows = _rules(inquiry), list[Row]()
    if rules is None:
        return None
    for (organisation,), own in rules.group_by("organisation", maintain_order=True):
        answer = inquiry.compute("voting_power", organisation=organisation)
        if answer is None:
            continue
        power = answer.frame.filter(pl.col("state") == inquiry.state)
        for rule in own.iter_rows(named=True):
            found = power.filter(pl.col("start") == rule["start"])
            cells = {**pick(rule, "organisation", "start", "end"), **_powers(found)}
            cells["n"] = found["n"].max()
            cite = Cite(rule["source"], rule["locator"], rule["start"], None, answer.run)
            rows.append(Row(cells, (cite,)))
    if not rows:
        return None
    newest = max(rows, key=lambda row: str(row.cells["start"] or ""))
    text = say(
        "Under the newest decision rule at hand of {organisation} (from {start}), {state} had "
        "{votes} of the votes and {power} of the voting power (Banzhaf).",
        organisation=club(str(newest.cells["organisation"])),
        start=newest.cells["start"],
        state=inquiry.name,
        votes=percent(figure(newest, "weight_share")),
        power=percent(figure(newest, "banzhaf")),
    )
    columns = {
        **heads("organisation", start=(say("Rule from"), "date"), end=(say("Rule until"), "date")),
        **heads(_POWERS, n=(say("Members"), "integer")),
    }
    note = say(
        "Power: how often a member's vote decides, as a share of all deciding votes. Where the "
        "source states no quota, more than half of the votes."
    )
    caption = say("Voting power of {state} under weighted voting", state=inquiry.name)
    return part(Sentence(text, newest.cites), table("voting-power", caption, columns, rows, note))


def voting_power(inquiry: Inquiry) -> Part | None:
    """Return the section on voting power; a note where no decision rule is at hand."""
    rules = _rules(inquiry)
    if rules is None:
        what = say("Voting power in {organisation}", organisation=inquiry.name)
        why = say("no decision rule with weighted votes is at hand")
        inquiry.miss(what, why, "multivector measure voting_power --weights A=3,B=2 --quota 4")
        return empty(why)
    newest = pl.col("start").eq_missing(pl.lit(rules["start"].max()))
    rule = rules.filter(newest).sort("state")
    answer = _game(inquiry, rule)
    if answer is None:
        return None
    found = answer.frame if inquiry.quota is not None else answer.frame.filter(newest)
    rows = []
    for row in rule.iter_rows(named=True):
        power = _powers(found.filter(pl.col("state") == row["state"]))
        cells = {"state": label(row["state"]), "code": row["state"], "weight": row["weight"]}
        cite = Cite(row["source"], row["locator"], row["start"], None, answer.run)
        rows.append(Row({**cells, **power}, (cite,)))
    rows.sort(key=lambda row: (-figure(row, "weight"), str(row.cells["code"])))
    quota = _quota(inquiry, rule)
    act = found.filter(pl.col("index") == "coleman_act")["value"].max()
    said = (_rule(rule, quota), _strongest(rows), None if act is None else _act(act, rows))
    return part(*said, _power_chart(rows, quota), _power_table(rows, rules["start"].max()))


def _game(inquiry: Inquiry, rule: pl.DataFrame) -> Answer | None:
    """Return the power under the rules, or in a game of the newest one's votes and a quota."""
    if inquiry.quota is None:
        return inquiry.compute("voting_power", organisation=inquiry.organisation)
    votes = tuple(f"{state}={weight}" for state, weight in rule.select("state", "weight").rows())
    return inquiry.compute("voting_power", weights=votes, quota=inquiry.quota)


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
    where = rule.select("source", "locator").unique(maintain_order=True)
    return Sentence(text, tuple(Cite(*row) for row in where.iter_rows()))


def _strongest(rows: list[Row]) -> Sentence:
    strongest = known(rows, "banzhaf")[:3]
    members = [
        say(
            "{state} {votes} of the votes, {power} of the power",
            state=row.cells["state"],
            votes=percent(figure(row, "weight_share")),
            power=percent(figure(row, "banzhaf")),
        )
        for row in strongest
    ]
    text = say(
        "The largest votes and their power (Banzhaf): {members}.", members="; ".join(members)
    )
    return Sentence(text, tuple(cite for row in strongest for cite in row.cites))


def _act(share: Any, rows: list[Row]) -> Sentence:
    text = say(
        "Of all possible coalitions {share} can decide (Coleman's power to act).",
        share=percent(share),
    )
    return Sentence(text, rows[0].cites)


def _power_chart(rows: list[Row], quota: str) -> Chart:
    text = say("Share of votes and share of power of each member; quota: {quota}.", quota=quota)
    labels = (say("share of votes"), say("share of power"))
    ends = [
        (str(r.cells["code"]), str(r.cells["state"]), r.cells["weight_share"], r.cells["banzhaf"])
        for r in rows
    ]
    cites = (Cite("table:power"), *rows[0].cites)
    return charts.dumbbell("power", say("Votes and power"), text, labels, ends, cites)


def _power_table(rows: list[Row], start: Any) -> Table:
    columns = heads("state code", weight=(say("Votes"), "number")) | heads(_POWERS)
    note = say(
        "Power: how often a member's vote decides, as a share of all deciding votes (Banzhaf), or "
        "its expected part of a prize (Shapley–Shubik). Rules since then may differ."
    )
    caption = say("Voting power under the rule from {start}", start=day(start))
    return table("power", caption, columns, rows, note, folded=len(rows) > _OPEN)

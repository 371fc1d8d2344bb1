"""What the organisations bind: verdicts, voting power, and criteria the state bound itself to."""

from __future__ import annotations

import polars as pl

from multivector.brief.seats import statuses_of
from multivector.brief.verdicts import NO_ANSWER, criterion_name, row_of, table, verdict
from multivector.content.draft import part
from multivector.content.inquiry import Inquiry, club, merge
from multivector.content.model import Cite, Column, Part, Row, Scalar, Sentence, Table
from multivector.names.spells import RULES
from multivector.study import world
from multivector.words import many, mark, say
from multivector.words.figures import listing, percent

_TOLD = {
    "binds": mark("drawn closer by {organisations}"),
    "moves_together": mark(
        "closer with {organisations}, but not because of joining as far as can be told"
    ),
    "diverges": mark("further apart in {organisations}"),
    "no_evidence": mark("no evidence either way for {organisations}"),
    NO_ANSWER: mark("no answer possible for {organisations}"),
}
_POWERS = ("weight_share", "banzhaf", "shapley_shubik")
_YEARS = 5


def commitments(inquiry: Inquiry) -> Part:
    """Return the section on what the state's organisations bind it to."""
    held = statuses_of(inquiry)
    sentences: list[Sentence] = []
    tables: list[Table] = []
    for found in (_verdicts(inquiry, held), _power(inquiry), _criteria(inquiry, held)):
        sentences += found[0]
        tables += found[1]
    if not sentences:
        text = say(
            "No verdict, decision rule or criterion of the organisations of {state} is in the data "
            "at hand.",
            state=inquiry.name,
        )
        sentences.append(Sentence(text))
    return part(*sentences, *tables)


# --- verdicts


def _verdicts(inquiry: Inquiry, held: dict[str, str]) -> tuple[list[Sentence], list[Table]]:
    rows = inquiry.until(world.verdicts(), "last")
    mine = [r for r in rows.iter_rows(named=True) if held.get(r["organisation"]) == r["status"]]
    if not mine:
        what = say("Whether the organisations of {state} bind", state=inquiry.name)
        inquiry.miss(what, say("no verdict on them is embedded"), "multivector binds ORG")
        return [], []
    told = tuple(row_of(r) for r in mine)
    judged = list(zip(told, (verdict(r) for r in mine), strict=True))
    said = [_said(judged, outcome) for outcome in _outcomes(told)]
    return said, [table(told, without="placebo_date")]


def _outcomes(rows: tuple[Row, ...]) -> list[str]:
    return list(dict.fromkeys(str(row.cells["outcome"]) for row in rows))


def _said(judged: list[tuple[Row, str]], outcome: str) -> Sentence:
    own = [(row, key) for row, key in judged if row.cells["outcome"] == outcome]
    found: dict[str, list[str]] = {}
    for row, key in own:
        name = club(str(row.cells["organisation"]))
        pairs = many(int(str(row.cells["n"])), "{n} pair", "{n} pairs")
        known = key not in ("no_evidence", NO_ANSWER)
        found.setdefault(key, []).append(f"{name} ({pairs})" if known else name)
    told = "; ".join(
        say(form, organisations=listing(found[key])) for key, form in _TOLD.items() if key in found
    )
    text = say("{outcome} of members, after joining: {verdicts}.", outcome=outcome, verdicts=told)
    return Sentence(text, merge(cite for row, _ in own for cite in row.cites))


# --- voting power


def _power(inquiry: Inquiry) -> tuple[list[Sentence], list[Table]]:
    chosen = inquiry.table("voting_rules")
    if chosen is None:
        return [], []
    rules = chosen.frame.filter(pl.col("state") == inquiry.state)
    if inquiry.year is not None:
        rules = rules.filter(RULES.begun(inquiry.year))
    rows: list[Row] = []
    for organisation in rules["organisation"].unique(maintain_order=True):
        answer = inquiry.compute("voting_power", organisation=organisation)
        if answer is None:
            continue
        own = answer.frame.filter(pl.col("state") == inquiry.state)
        for rule in rules.filter(pl.col("organisation") == organisation).iter_rows(named=True):
            found = own.filter(pl.col("start") == rule["start"])
            values = dict(found.select("index", "value").iter_rows())
            cells: dict[str, Scalar] = {
                "organisation": organisation,
                "start": rule["start"],
                "end": rule["end"],
                **{name: values.get(name) for name in _POWERS},
                "n": found["n"].max() if found.height else None,  # type: ignore[dict-item]
            }
            rows.append(Row(cells, (Cite(rule["source"], rule["locator"], rule["start"]),)))
    if not rows:
        return [], []
    return [_powerful(inquiry, rows[-1])], [_power_table(inquiry, rows)]


def _powerful(inquiry: Inquiry, row: Row) -> Sentence:
    c = row.cells
    text = say(
        "Under the newest decision rule at hand of {organisation} (from {start}), {state} had "
        "{votes} of the votes and {power} of the voting power (Banzhaf).",
        organisation=club(str(c["organisation"])),
        start=c["start"],
        state=inquiry.name,
        votes=percent(float(str(c["weight_share"]))),
        power=percent(float(str(c["banzhaf"]))),
    )
    return Sentence(text, row.cites)


def _power_table(inquiry: Inquiry, rows: list[Row]) -> Table:
    columns = (
        Column("organisation", say("Organisation")),
        Column("start", say("Rule from"), "date"),
        Column("end", say("Rule until"), "date"),
        Column("weight_share", say("Share of votes"), "share"),
        Column("banzhaf", say("Banzhaf"), "share"),
        Column("shapley_shubik", say("Shapley–Shubik"), "share"),
        Column("n", say("Members"), "integer"),
    )
    note = say(
        "Power: how often a member's vote decides, as a share of all deciding votes. Where the "
        "source states no quota, more than half of the votes."
    )
    caption = say("Voting power of {state} under weighted voting", state=inquiry.name)
    return Table("voting-power", caption, columns, tuple(rows), note)


# --- criteria


def _criteria(inquiry: Inquiry, held: dict[str, str]) -> tuple[list[Sentence], list[Table]]:
    chosen = inquiry.table("criteria")
    if chosen is None:
        return [], []
    sentences: list[Sentence] = []
    rows: list[Row] = []
    for organisation in chosen.frame["organisation"].unique(maintain_order=True):
        if held.get(organisation) != "member":
            continue
        told, breaches = _breaches(inquiry, organisation, chosen.frame)
        sentences += told
        rows += breaches
    return sentences, [_breach_table(inquiry, rows)] if rows else []


def _breaches(
    inquiry: Inquiry, organisation: str, criteria: pl.DataFrame
) -> tuple[list[Sentence], list[Row]]:
    answer = inquiry.compute("convergence", organisation=organisation, state=inquiry.state)
    if answer is None:
        return [], []
    judged = inquiry.until(answer.frame).filter(pl.col("met").is_not_null())
    if judged.is_empty():
        text = say(
            "No criterion of {organisation} could be judged: the figures are not at hand.",
            organisation=club(organisation),
        )
        return [Sentence(text)], []
    last = int(str(judged["year"].max()))
    judged = judged.filter(pl.col("year") > last - _YEARS).sort("criterion", "year")
    origin = {
        row["criterion"]: Cite(row["source"], row["locator"], row["start"])
        for row in criteria.filter(pl.col("organisation") == organisation).iter_rows(named=True)
    }
    figures = tuple(answer.cites(last, of=("indicators",)))
    rows = [
        Row(
            {
                "organisation": organisation,
                "criterion": criterion_name(row["criterion"]),
                **{k: row[k] for k in ("year", "figure", "limit", "value", "n")},
            },
            (origin[row["criterion"]], *figures),
        )
        for row in judged.filter(~pl.col("met")).iter_rows(named=True)
    ]
    text = _met(inquiry, organisation, judged, last)
    return [Sentence(text, (*origin.values(), *figures))], rows


def _met(inquiry: Inquiry, organisation: str, judged: pl.DataFrame, last: int) -> str:
    total, met = judged.height, int(judged["met"].sum())
    first = int(str(judged["year"].min()))
    broken = judged.filter(~pl.col("met")).group_by("criterion").len().sort("criterion")
    told = [
        f"{criterion_name(criterion)} {many(n, '{n} time', '{n} times')}"
        for criterion, n in broken.iter_rows()
    ]
    text = say(
        "Of the criteria of {organisation} that could be judged, {state} met {met} of {n} from "
        "{first} to {last}",
        organisation=club(organisation),
        state=inquiry.name,
        met=met,
        n=total,
        first=first,
        last=last,
    )
    if told:
        text += say("; breached: {criteria}", criteria=listing(told))
    return f"{text}."


def _breach_table(inquiry: Inquiry, rows: list[Row]) -> Table:
    columns = (
        Column("organisation", say("Organisation")),
        Column("criterion", say("Criterion")),
        Column("year", say("Year"), "date"),
        Column("figure", say("Figure"), "percent"),
        Column("limit", say("Limit"), "percent"),
        Column("value", say("Beyond it, points"), "number"),
        Column("n", say("Members with a figure"), "integer"),
    )
    note = say(
        "Deficit and debt in percent of GDP, a deficit negative; a limit on inflation moves with "
        "the members that have the least, so that it can be breached without any change at home."
    )
    caption = say("Criteria breached by {state}, the last five years judged", state=inquiry.name)
    return Table("breaches", caption, columns, tuple(rows), note)

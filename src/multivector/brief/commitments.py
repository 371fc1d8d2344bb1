"""What the organisations bind: verdicts, voting power, and criteria the state bound itself to."""

from __future__ import annotations

import polars as pl

from multivector import world
from multivector.brief.clubs import statuses_of
from multivector.brief.content import Cite, Column, Row, Scalar, Section, Sentence, Table
from multivector.brief.inquiry import Inquiry, merge
from multivector.brief.wording import count, listing, number, percent

_OUTCOMES = {"trade": "Trade", "votes": "UN votes"}
_WORDS = {
    "binds": "binds",
    "moves_together": "moves together",
    "no_evidence": "no evidence",
    "diverges": "diverges",
}
_POWERS = ("weight_share", "banzhaf", "shapley_shubik")
_YEARS = 5


def commitments(inquiry: Inquiry) -> Section:
    """Return the section on what the state's organisations bind it to."""
    held = statuses_of(inquiry)
    sentences: list[Sentence] = []
    tables: list[Table] = []
    for found in (_verdicts(inquiry, held), _power(inquiry), _criteria(inquiry, held)):
        sentences += found[0]
        tables += found[1]
    if not sentences:
        text = (
            f"No verdict, decision rule or criterion of the organisations of {inquiry.name} is in "
            "the data at hand."
        )
        sentences.append(Sentence(text))
    title = "What the organisations bind"
    return Section("commitments", title, tuple(sentences), (), tuple(tables))


# --- verdicts


def _verdicts(inquiry: Inquiry, held: dict[str, str]) -> tuple[list[Sentence], list[Table]]:
    rows = inquiry.until(world.verdicts(), "last")
    mine = [r for r in rows.iter_rows(named=True) if held.get(r["organisation"]) == r["status"]]
    if not mine:
        what = f"Whether the organisations of {inquiry.name} bind"
        inquiry.miss(what, "no verdict on them is embedded", "multivector binds ORG")
        return [], []
    told = tuple(
        Row(
            {
                "organisation": r["organisation"],
                "outcome": _OUTCOMES.get(r["outcome"], r["outcome"]),
                "status": r["status"].replace("_", " "),
                "verdict": _verdict(r["verdict"], r["value"]),
                **{k: r[k] for k in ("value", "low", "high", "placebo", "minimum_detectable", "n")},
                "interval": _interval(r["low"], r["high"]),
                "reason": r["reason"],
            },
            tuple(
                Cite(release, f"verdict on {r['organisation']}", str(r["last"]), None, r["source"])
                for release in r["releases"].split(";")
            ),
        )
        for r in mine
    )
    return [_said(told, outcome) for outcome in _outcomes(told)], [_verdict_table(told)]


def _verdict(verdict: str, value: float | None) -> str:
    return "no answer" if value is None else _WORDS[verdict]


def _interval(low: float | None, high: float | None) -> str | None:
    return None if low is None or high is None else f"{number(low, 2)} to {number(high, 2)}"


def _outcomes(rows: tuple[Row, ...]) -> list[str]:
    return list(dict.fromkeys(str(row.cells["outcome"]) for row in rows))


def _said(rows: tuple[Row, ...], outcome: str) -> Sentence:
    own = [row for row in rows if row.cells["outcome"] == outcome]
    found: dict[str, list[str]] = {}
    for row in own:
        verdict, name = str(row.cells["verdict"]), str(row.cells["organisation"])
        pairs = "" if verdict.startswith("no ") else f" ({count(int(str(row.cells['n'])), 'pair')})"
        found.setdefault(verdict, []).append(name + pairs)
    forms = {
        "binds": "drawn closer by {}",
        "moves together": "closer with {}, but not because of joining as far as can be told",
        "diverges": "further apart in {}",
        "no evidence": "no evidence either way for {}",
        "no answer": "no answer possible for {}",
    }
    told = [form.format(listing(found[key])) for key, form in forms.items() if key in found]
    cites = merge(cite for row in own for cite in row.cites)
    return Sentence(f"{outcome} of members, after joining: {'; '.join(told)}.", cites)


def _verdict_table(rows: tuple[Row, ...]) -> Table:
    columns = (
        Column("organisation", "Organisation"),
        Column("outcome", "Outcome"),
        Column("status", "Status"),
        Column("verdict", "Verdict"),
        Column("value", "Effect", "number"),
        Column("interval", "95% interval"),
        Column("placebo", "Random clubs", "share"),
        Column("minimum_detectable", "Least visible", "number"),
        Column("n", "Pairs", "integer"),
    )
    note = (
        "The change of pairs after both joined, beside pairs never tied. Trade in logarithms (0.10 "
        "is about 10%), UN votes in points of agreement (0 to 1). Random clubs: the share with as "
        "large an effect. No evidence is not evidence of none: less than the least visible effect "
        "could hardly be seen. Dates alone cannot tell an organisation from what else happened."
    )
    caption = "Do members draw closer after joining?"
    return Table("verdicts", caption, columns, rows, note)


# --- voting power


def _power(inquiry: Inquiry) -> tuple[list[Sentence], list[Table]]:
    chosen = inquiry.table("voting_rules")
    if chosen is None:
        return [], []
    rules = chosen.frame.filter(pl.col("state") == inquiry.state)
    if inquiry.year is not None:
        rules = rules.filter(pl.col("start").str.slice(0, 4).cast(pl.Int64) <= inquiry.year)
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
    text = (
        f"Under the newest decision rule at hand of {c['organisation']} (from {c['start']}), "
        f"{inquiry.name} had {percent(float(str(c['weight_share'])))} of the votes and "
        f"{percent(float(str(c['banzhaf'])))} of the voting power (Banzhaf)."
    )
    return Sentence(text, row.cites)


def _power_table(inquiry: Inquiry, rows: list[Row]) -> Table:
    columns = (
        Column("organisation", "Organisation"),
        Column("start", "Rule from", "date"),
        Column("end", "To", "date"),
        Column("weight_share", "Share of votes", "share"),
        Column("banzhaf", "Banzhaf", "share"),
        Column("shapley_shubik", "Shapley–Shubik", "share"),
        Column("n", "Members", "integer"),
    )
    note = (
        "Power: how often a member's vote decides, as a share of all deciding votes. Where the "
        "source states no quota, more than half of the votes."
    )
    caption = f"Voting power of {inquiry.name} under weighted voting"
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
        text = f"No criterion of {organisation} could be judged: the figures are not at hand."
        return [Sentence(text)], []
    last = int(str(judged["year"].max()))
    judged = judged.filter(pl.col("year") > last - _YEARS).sort("criterion", "year")
    origin = {
        row["criterion"]: Cite(row["source"], row["locator"], row["start"])
        for row in criteria.filter(pl.col("organisation") == organisation).iter_rows(named=True)
    }
    figures = tuple(answer.cites(last, among=_figures(answer.sources)))
    rows = [
        Row(
            {
                "organisation": organisation,
                **{k: row[k] for k in ("criterion", "year", "figure", "limit", "value", "n")},
            },
            (origin[row["criterion"]], *figures),
        )
        for row in judged.filter(~pl.col("met")).iter_rows(named=True)
    ]
    text = _met(inquiry, organisation, judged, last)
    return [Sentence(text, (*origin.values(), *figures))], rows


def _figures(sources: tuple[str, ...]) -> list[str]:
    return [source for source in sources if source.split("@")[0] in ("wdi", "factbook")]


def _met(inquiry: Inquiry, organisation: str, judged: pl.DataFrame, last: int) -> str:
    total, met = judged.height, int(judged["met"].sum())
    first = int(str(judged["year"].min()))
    broken = judged.filter(~pl.col("met")).group_by("criterion").len().sort("criterion")
    told = [f"{criterion} {count(n, 'time')}" for criterion, n in broken.iter_rows()]
    text = (
        f"Of the criteria of {organisation} that could be judged, {inquiry.name} met {met} of "
        f"{total} from {first} to {last}"
    )
    return f"{text}; breached: {listing(told)}." if told else f"{text}."


def _breach_table(inquiry: Inquiry, rows: list[Row]) -> Table:
    columns = (
        Column("organisation", "Organisation"),
        Column("criterion", "Criterion"),
        Column("year", "Year", "date"),
        Column("figure", "Figure", "percent"),
        Column("limit", "Limit", "percent"),
        Column("value", "Beyond it, points", "number"),
        Column("n", "Members with a figure", "integer"),
    )
    note = (
        "Deficit and debt in percent of GDP, a deficit negative; a limit on inflation moves with "
        "the members that have the least, so that it can be breached without any change at home."
    )
    caption = f"Criteria breached by {inquiry.name}, the last five years judged"
    return Table("breaches", caption, columns, tuple(rows), note)

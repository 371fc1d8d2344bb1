"""Votes of two states: how alike they vote, where they stand, when that changed, whom they join."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from multivector.content.charts import points
from multivector.content.draft import part
from multivector.content.inquiry import Answer, Inquiry, Sides, label, merge
from multivector.content.model import (
    Chart,
    Cite,
    Column,
    Fact,
    Kind,
    PairFigure,
    Part,
    Row,
    Sentence,
    Table,
)
from multivector.tables import record
from multivector.words import many, mark, say
from multivector.words.figures import bounded, dated, listing, number, percent

if TYPE_CHECKING:
    from multivector.study.holdings import Chosen

__all__ = ["pair_votes"]

_WINDOW = 5
_LEAST = 10
"""Common roll calls without which a year's agreement is not drawn."""

_SUPPORT = 0.8
_RESAMPLES = 100
_FIRST_YEAR = 1946
_COMMAND = "multivector --study DIR data add UNVotes.csv"
_MEASURES: tuple[tuple[str, str, Kind], ...] = (
    ("agreement", mark("Same vote"), "share"),
    ("coincidence", mark("Coincidence among firm yes and no"), "share"),
    ("kappa", mark("Kappa: agreement beyond chance"), "number"),
    ("s_score", mark("S: 1 always the same, −1 always opposite"), "number"),
)


def pair_votes(inquiry: Inquiry) -> Part:
    """Return the section on the two in the General Assembly."""
    sides = Sides.of(inquiry)
    sentences: list[Sentence] = []
    charts: list[Chart] = []
    tables: list[Table] = []
    facts: list[Fact] = []
    rows: list[PairFigure] = []
    yearly = _yearly(inquiry, sides)
    if yearly is None:
        _nothing(inquiry, sides, sentences)
    else:
        last = yearly.frame["year"].max()
        table, said, fact, row = _alike(inquiry, sides, int(str(last)))
        sentences += said
        tables.append(table)
        charts.append(_lines(sides, yearly))
        facts.append(fact)
        rows.append(row)
    apart = _ideal_points(inquiry, sides)
    if apart is not None:
        sentences += apart[0]
        charts += apart[1]
        facts.append(apart[2])
        rows += apart[3]
    for found in (_splits(inquiry, sides), _moves(inquiry, sides)):
        if found is not None:
            tables.append(found[0])
            sentences += found[1]
    return part(*sentences, *charts, *tables, *facts, *rows)


def _nothing(inquiry: Inquiry, sides: Sides, sentences: list[Sentence]) -> None:
    what = say("Votes of {a} beside {b}", a=sides.first, b=sides.second)
    why = say("joint roll calls of the two are neither embedded nor installed")
    inquiry.miss(what, why, _COMMAND)
    text = say("Votes of {a} beside {b}: not in the data at hand.", a=sides.first, b=sides.second)
    sentences.append(Sentence(text))


# --- how alike


def _yearly(inquiry: Inquiry, sides: Sides) -> Answer | None:
    """Return the agreement of the two by year, as far as they voted together."""
    asked: dict[str, Any] = {"state": sides.a, "state_b": sides.b, "min_shared": _LEAST}
    answer = inquiry.compute("agreement", convention="lijphart", **asked)
    if answer is None:
        return None
    rows = inquiry.until(answer.frame).filter(pl.col("value").is_not_null())
    return Answer(rows, answer.run, answer.sources) if rows.height else None


def _alike(
    inquiry: Inquiry, sides: Sides, last: int
) -> tuple[Table, list[Sentence], Fact, PairFigure]:
    span = (last - _WINDOW + 1, last)
    asked: dict[str, Any] = {"state": sides.a, "state_b": sides.b, "years": span, "period": "whole"}
    if inquiry.table("votes") is not None:
        asked["bootstrap"] = _RESAMPLES
    rows: list[Row] = []
    for measure, title, kind in _MEASURES:
        answer = inquiry.compute(measure, **asked)
        found = None if answer is None or answer.frame.is_empty() else answer
        cells: dict[str, Any] = {"measure": say(title), "kind": kind}
        row = {} if found is None else found.frame.row(0, named=True)
        cells |= {key: row.get(key) for key in ("value", "low", "high", "n")}
        rows.append(Row(cells, () if found is None else found.cites(f"{span[0]}/{span[1]}")))
    told = rows[0].cells
    when = f"{span[0]}–{span[1]}"
    text = many(
        int(str(told["n"] or 0)),
        "Same vote of {a} and {b}, {years}: {share} of {n} common roll call; {others}.",
        "Same vote of {a} and {b}, {years}: {share} of {n} common roll calls; {others}.",
        a=sides.first,
        b=sides.second,
        years=when,
        share="–" if told["value"] is None else bounded(told, "share"),
        others=_others(rows[1:]),
    )
    fact = Fact(
        say("Same vote in the UN"),
        "–" if told["value"] is None else percent(float(str(told["value"]))),
        many(
            int(str(told["n"] or 0)),
            "{n} roll call, {years}",
            "{n} roll calls, {years}",
            years=when,
        ),
        rows[0].cites,
    )
    ends = {"both": told["value"], "low": told["low"], "high": told["high"]}
    relation = PairFigure.of(say("Same vote in the UN"), "share", when, rows[0].cites, **ends)
    return _alike_table(rows, when), [Sentence(text, rows[0].cites)], fact, relation


def _others(rows: list[Row]) -> str:
    short = (say("coincidence"), say("kappa"), "S")
    written = [
        f"{name} {percent(v) if row.cells['kind'] == 'share' else number(v, 2)}"
        for name, row in zip(short, rows, strict=True)
        if (v := row.cells["value"]) is not None and not isinstance(v, str)
    ]
    return ", ".join(written) or say("nothing else is defined")


def _alike_table(rows: list[Row], when: str) -> Table:
    columns = (
        Column("measure", say("Measure")),
        Column("value", say("Value"), "number"),
        Column("low", say("Low"), "number"),
        Column("high", say("High"), "number"),
        Column("n", say("Roll calls"), "integer"),
    )
    note = say(
        "Absences are left out. Coincidence counts roll calls on which both said yes or no. "
        "Intervals, 90%, need the roll calls themselves; joint counts hold none. The measures need "
        "not agree."
    )
    return Table(
        "similarity", say("How alike they vote, {years}", years=when), columns, tuple(rows), note
    )


def _lines(sides: Sides, yearly: Answer) -> Chart:
    own = points(yearly.frame)
    first, last = own[0]["x"], own[-1]["x"]
    line = {"key": sides.a, "label": f"{sides.a} – {sides.b}", "points": own}
    data = {"unit": "share", "from": first, "to": last, "lines": [line]}
    text = say(
        "Agreement of {a} and {b} by year, {first} to {last}, an abstention beside a yes or no "
        "counted half. Last value: {value}.",
        a=sides.first,
        b=sides.second,
        first=first,
        last=last,
        value=percent(own[-1]["y"]),
    )
    title = say("Agreement in UN votes, year by year")
    return Chart("agreement", "lines", title, text, data, yearly.cites(last))


# --- where they stand


def _ideal_points(
    inquiry: Inquiry, sides: Sides
) -> tuple[list[Sentence], list[Chart], Fact, list[PairFigure]] | None:
    apart = inquiry.compute("ideal_distance", state=sides.a, partner=sides.b)
    held = {state: inquiry.table("ideal_points", of=state) for state, *_ in sides.ways}
    if apart is None:
        return None
    rows = inquiry.until(apart.frame).filter(pl.col("value").is_not_null())
    if rows.is_empty():
        what = say("Distance of the ideal points of {a} and {b}", a=sides.first, b=sides.second)
        inquiry.miss(what, say("they have no session with a position of both"))
        return None
    newest = rows.row(-1, named=True)
    lines = [
        {"key": state, "label": name, "points": points(_of(inquiry, held[state], state))}
        for state, name, _, _ in sides.ways
    ]
    cites = apart.cites(newest["year"])
    said = _stand(sides, rows, newest, lines, cites)
    charts = [_positions(lines, said[0].text, cites), _distance(sides, rows, said[1].text, cites)]
    fact = Fact(
        say("Distance of ideal points"),
        bounded(newest),
        say("{year}, 90% interval", year=newest["year"]),
        cites,
    )
    ends = {"both": newest["value"], "low": newest["low"], "high": newest["high"]}
    what = say("Distance of ideal points")
    return said, charts, fact, [PairFigure.of(what, "number", newest["year"], cites, **ends)]


def _of(inquiry: Inquiry, held: Chosen | None, state: str) -> pl.DataFrame:
    rows = record("ideal_points").empty() if held is None else held.frame
    return inquiry.until(rows).filter(pl.col("state") == state)


def _stand(
    sides: Sides,
    rows: pl.DataFrame,
    newest: dict[str, Any],
    lines: list[dict[str, Any]],
    cites: tuple[Cite, ...],
) -> list[Sentence]:
    at = [
        f"{line['label']} {number(line['points'][-1]['y'], 2)} ({line['points'][-1]['x']})"
        for line in lines
    ]
    stand = say("Ideal points, the West positive: {points}.", points="; ".join(at))
    first = rows.row(0, named=True)
    far = say(
        "Distance of the two in {year}, in standard deviations of all states, 90% interval in "
        "brackets: {value}",
        year=newest["year"],
        value=bounded(newest),
    )
    if first["year"] < newest["year"]:
        far += say("; in {year} it was {value}", year=first["year"], value=bounded(first))
    return [Sentence(stand, cites), Sentence(f"{far}.", cites)]


def _positions(lines: list[dict[str, Any]], told: str, cites: tuple[Cite, ...]) -> Chart:
    years = [p["x"] for line in lines for p in line["points"]]
    data = {"unit": "number", "from": min(years), "to": max(years), "lines": lines}
    title = say("Ideal points of both, with 90% intervals")
    return Chart("ideal-points", "lines", title, f"{title}. {told}", data, cites)


def _distance(sides: Sides, rows: pl.DataFrame, told: str, cites: tuple[Cite, ...]) -> Chart:
    own = points(rows)
    line = {"key": sides.a, "label": f"{sides.a} – {sides.b}", "points": own}
    data = {"unit": "number", "from": own[0]["x"], "to": own[-1]["x"], "lines": [line]}
    title = say("Distance of the ideal points, with 90% intervals")
    return Chart("ideal-distance", "lines", title, f"{title}. {told}", data, cites)


# --- whom they join


def _splits(inquiry: Inquiry, sides: Sides) -> tuple[Table, list[Sentence]] | None:
    """Return whom each joined where other powers stood on opposite sides."""
    powers = [p.pole for p in inquiry.pole_states if p.pole not in (sides.a, sides.b)]
    joint = None if inquiry.table("votes") is not None else inquiry.table("joint_votes")
    known = powers if joint is None else [p for p in powers if p in set(joint.frame["pole"])]
    last = _last_split(inquiry)
    if len(known) < 2 or last is None:
        return None
    years = (last - _WINDOW + 1, last)
    found: dict[tuple[str, str], dict[str, Any]] = {}
    cites: list[Cite] = []
    for state, _, _, _ in sides.ways:
        answer = inquiry.compute("splits", state=state, poles=tuple(known), years=years)
        if answer is None:
            return None
        cites += answer.cites(f"{years[0]}/{years[1]}")
        for row in answer.frame.filter(pl.col("n") > 0).iter_rows(named=True):
            found.setdefault((row["pole_a"], row["pole_b"]), {})[state] = row
    rows = [
        _split_row(sides, pair, own, merge(cites)) for pair, own in found.items() if len(own) == 2
    ]
    if not rows:
        return None
    table = _split_table(sides, rows, years)
    return table, [_split_said(sides, rows, years)]


def _last_split(inquiry: Inquiry) -> int | None:
    for name in ("votes", "split_votes"):
        chosen = inquiry.table(name)
        if chosen is not None and chosen.frame.height:
            rows = inquiry.until(chosen.frame)
            return int(str(rows["year"].max())) if rows.height else None
    return None


def _split_row(
    sides: Sides, pair: tuple[str, str], own: dict[str, Any], cites: tuple[Cite, ...]
) -> Row:
    a, b = (label(code) for code in pair)
    cells: dict[str, Any] = {"pair": f"{a} – {b}", "pole_a": a, "pole_b": b}
    for side, state in (("a", sides.a), ("b", sides.b)):
        cells |= {f"{side}_{key}": own[state][key] for key in ("value", "low", "high", "n")}
    return Row(cells, cites)


def _split_table(sides: Sides, rows: list[Row], years: tuple[int, int]) -> Table:
    columns = [Column("pair", say("Powers opposed"))]
    for side, name in (("a", sides.first), ("b", sides.second)):
        columns += [
            Column(f"{side}_value", say("{state}: with the first", state=name), "share"),
            Column(f"{side}_low", say("low"), "share"),
            Column(f"{side}_high", say("high"), "share"),
            Column(f"{side}_n", say("roll calls"), "integer"),
        ]
    note = say(
        "Roll calls on which one power said yes and the other no. The share counts only those on "
        "which the state took a side; 90% interval after Jeffreys. Roll calls: all of the split."
    )
    caption = say("Whom each joined where powers split, {first} to {last}", **_ends(years))
    return Table("splits", caption, tuple(columns), tuple(rows), note)


def _ends(years: tuple[int, int]) -> dict[str, int]:
    return {"first": years[0], "last": years[1]}


def _split_said(sides: Sides, rows: list[Row], years: tuple[int, int]) -> Sentence:
    def gap(row: Row) -> float:
        ends = [row.cells[f"{side}_value"] for side in ("a", "b")]
        known = [float(str(value)) for value in ends if value is not None]
        return abs(known[0] - known[1]) if len(known) == 2 else -1.0

    most = max(rows, key=gap)
    c = most.cells
    shares = [
        f"{name} {bounded({k: c[f'{side}_{k}'] for k in ('value', 'low', 'high')}, 'share')}"
        for side, name in (("a", sides.first), ("b", sides.second))
        if c[f"{side}_value"] is not None
    ]
    if gap(most) < 0:
        text = say("Where powers split, the two never both took a side.")
        return Sentence(text, most.cites)
    text = say(
        "They parted most where {first} and {second} stood on opposite sides, {start} to {end}: "
        "share with the former, {shares}.",
        first=c["pole_a"],
        second=c["pole_b"],
        start=years[0],
        end=years[1],
        shares=listing(shares),
    )
    return Sentence(text, most.cites)


# --- when it changed


def _moves(inquiry: Inquiry, sides: Sides) -> tuple[Table, list[Sentence]] | None:
    """Return when the agreement of the two moved to another level."""
    years = None if inquiry.year is None else (_FIRST_YEAR, inquiry.year)
    asked = {"state": sides.a, "poles": (sides.b,), "years": years, "permutations": 0}
    answer = inquiry.compute("agreement_changes", **asked)
    found = [] if answer is None else answer.frame.sort("year").to_dicts()
    rows = [
        _move(inquiry, sides, row, answer)
        for row in found
        if answer is not None and row["support"] is not None and row["support"] >= _SUPPORT
    ]
    if not rows:
        return None
    columns = (
        Column("year", say("New level from")),
        Column("between", say("90% of resamples")),
        Column("before", say("Level before"), "share"),
        Column("after", say("Level after"), "share"),
        Column("support", say("Resamples with it"), "share"),
        Column("beside", say("Acts between them dated to these years")),
    )
    note = say(
        "Breaks of the share of contested roll calls with the same vote, found by exact partition; "
        "least support shown 80%. A break says when, not why; acts stand beside it, no more."
    )
    caption = say("When the agreement of the two changed its level")
    text = say(
        "The latest break in their agreement: from {before} to {after} in {year} (90% of resamples "
        "{between}).",
        before=percent(float(str(rows[-1].cells["before"]))),
        after=percent(float(str(rows[-1].cells["after"]))),
        year=rows[-1].cells["year"],
        between=rows[-1].cells["between"],
    )
    table = Table("changes", caption, columns, tuple(rows), note)
    return table, [Sentence(text, rows[-1].cites)]


def _move(inquiry: Inquiry, sides: Sides, row: dict[str, Any], answer: Answer | None) -> Row:
    first, last = int(row["earliest"]), int(row["latest"])
    beside, cites = _acts(inquiry, sides, first, last)
    cells = {
        "year": str(row["year"]),
        "between": str(first) if first == last else f"{first}–{last}",
        **{key: row[key] for key in ("before", "after", "support")},
        "beside": beside,
    }
    own = () if answer is None else answer.cites(row["year"])
    return Row(cells, merge((*own, *cites)))


def _acts(inquiry: Inquiry, sides: Sides, first: int, last: int) -> tuple[str | None, list[Cite]]:
    """Return two acts between them that the papers date to some years."""
    chosen = inquiry.table("events")
    if chosen is None:
        return None, []
    year = pl.col("date").str.slice(0, 4).cast(pl.Int64, strict=False)
    actors = pl.col("actors").fill_null("").str.split(";")
    rows = chosen.frame.filter(
        pl.col("duplicate_of").is_null()
        & pl.col("title").is_not_null()
        & year.is_between(first, last)
        & actors.list.contains(sides.a)
        & actors.list.contains(sides.b)
        & (pl.col("type") != "statement")
    ).sort("date", "event")
    told = [dated(row["title"], row["date"]) for row in rows.head(2).iter_rows(named=True)]
    cites = [Cite(r["source"], r["locator"], r["date"]) for r in rows.head(2).iter_rows(named=True)]
    return "; ".join(told) or None, cites

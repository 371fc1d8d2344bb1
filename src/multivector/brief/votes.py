"""Votes: how close a state stands to each pole in the UN General Assembly, by several measures."""

from __future__ import annotations

from functools import partial
from typing import Any

import polars as pl

from multivector import measures
from multivector.content.draft import part
from multivector.content.inquiry import Answer, Inquiry, merge
from multivector.content.model import (
    Chart,
    Cite,
    Column,
    Fact,
    Kind,
    Part,
    PoleFigure,
    Row,
    Sentence,
    Table,
)
from multivector.words import many, mark, say
from multivector.words.figures import listing, number, percent

_MEASURES: tuple[tuple[str, str, str], ...] = (
    ("agreement", mark("same vote"), mark("Same vote")),
    ("s_score", mark("S"), mark("S")),
    ("kappa", mark("kappa"), mark("Kappa")),
    ("coincidence", mark("coincidence"), mark("Coincidence")),
)
_KIND: dict[str, Kind] = {
    "agreement": "share",
    "s_score": "number",
    "kappa": "number",
    "coincidence": "share",
}
_WINDOW = 5
_SUPPORT = 0.8
_RESAMPLES = 100
_ACTS = (
    "accession",
    "withdrawal",
    "status_granted",
    "organisation_founded",
    "treaty_in_force",
    "law_or_doctrine_adopted",
)
_FIRST_YEAR = 1946
_COMMAND = "multivector --study DIR data add UNVotes.csv"


def votes(inquiry: Inquiry) -> Part:
    """Return the section on UN votes, with the headline's fact."""
    return part(
        _similarity(inquiry) or _none(inquiry),
        _splits(inquiry),
        _ideal_points(inquiry),
        _moves(inquiry),
    )


def _none(inquiry: Inquiry) -> Sentence:
    why = say("joint votes with the poles are neither embedded nor installed for the state")
    what = say("How {state} votes beside the poles", state=inquiry.name)
    inquiry.miss(what, why, _COMMAND)
    text = say("Votes of {state} beside the poles: not in the data at hand.", state=inquiry.name)
    return Sentence(text)


def last_year(inquiry: Inquiry) -> int | None:
    """Return the last year with votes of the state, up to the year asked for; null if none."""
    for name, columns in (("votes", ("state",)), ("joint_votes", ("state", "pole"))):
        chosen = inquiry.table(name)
        if chosen is None:
            continue
        concerned = pl.any_horizontal(pl.col(columns) == inquiry.state)
        rows = inquiry.until(chosen.frame.filter(concerned))
        if rows.height:
            return int(str(rows["year"].max()))
    return None


def _of_pole(answer: Answer | None, inquiry: Inquiry) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each pole, oldest first."""
    found: dict[str, list[dict[str, Any]]] = {}
    if answer is None:
        return found
    poles = pl.col("state_a", "state_b").is_in(inquiry.pole_codes)
    rows = answer.frame.filter(pl.any_horizontal(poles)).sort("year")
    for row in rows.iter_rows(named=True):
        other = row["state_b"] if row["state_a"] == inquiry.state else row["state_a"]
        found.setdefault(other, []).append(row)
    return found


def _similarity(inquiry: Inquiry) -> Part | None:
    last = last_year(inquiry)
    known = [m for m in _MEASURES if m[0] in measures.catalogue()]
    if last is None or not known:
        return None
    span = (last - _WINDOW + 1, last)
    answers = {
        name: inquiry.compute(name, state=inquiry.state, years=span, period="whole")
        for name, *_ in known
    }
    rows = {name: _of_pole(answer, inquiry) for name, answer in answers.items()}
    cells = [_pole_row(pole.name, pole.pole, rows, answers, last) for pole in inquiry.poles]
    present = [row for row in cells if row.cells["n"]]
    if not present:
        return None
    for row in cells:
        if not row.cells["n"]:
            _miss_pole(inquiry, row)
    columns = (
        Column("pole", say("Pole")),
        *(Column(name, say(heading), _KIND[name]) for name, _, heading in known),
        Column("n", say("Roll calls"), "integer"),
    )
    caption = say(
        "Votes of {state} beside the poles, {first} to {last}",
        state=inquiry.name,
        first=span[0],
        last=span[1],
    )
    note = say(
        "Same vote: share of common roll calls with the same choice. S: 1 is always the same, −1 "
        "always opposite. Kappa: corrected for what each side's habits give by chance. "
        "Coincidence: same among firm yes and no. Absences are left out. The measures need not "
        "agree on who is closest."
    )
    table = Table("similarity", caption, columns, tuple(present), note)
    said = _closest(inquiry, present, known, span)
    fact = _nearest_fact(present, span)
    figures = [
        PoleFigure(key, str(row.cells["code"]), float(str(row.cells[key])), row.cites)
        for row in present
        for key in ("agreement", "kappa")
        if row.cells.get(key) is not None
    ]
    return part(table, *said, _lines(inquiry, last), *fact, *figures)


def _miss_pole(inquiry: Inquiry, row: Row) -> None:
    what = say("Votes of {state} beside {pole}", state=inquiry.name, pole=row.cells["pole"])
    if row.cells["code"] in {pole.pole for pole in inquiry.pole_states}:
        why = say("no joint roll calls with this pole are in the data at hand")
        inquiry.miss(what, why, _COMMAND)
    else:
        inquiry.miss(what, say("an organisation casts no vote"))


def _pole_row(
    name: str,
    code: str,
    rows: dict[str, dict[str, list[dict[str, Any]]]],
    answers: dict[str, Answer | None],
    last: int,
) -> Row:
    cells: dict[str, Any] = {"pole": name, "code": code}
    n = 0
    cites: list[Any] = []
    for measure, own in rows.items():
        found = own.get(code, [])
        cells[measure] = found[-1]["value"] if found else None
        if found:
            n = max(n, found[-1]["n"])
            answer = answers[measure]
            cites += answer.cites(last) if answer is not None else ()
    cells["n"] = n
    return Row(cells, merge(cites))


def _closest(
    inquiry: Inquiry,
    rows: list[Row],
    known: list[tuple[str, str, str]],
    span: tuple[int, int],
) -> list[Sentence]:
    winners: dict[str, list[str]] = {}
    for name, title, _ in known:
        scored = [row for row in rows if row.cells[name] is not None]
        if scored:
            best = max(scored, key=partial(_rank, key=name))
            winners.setdefault(str(best.cells["pole"]), []).append(say(title))
    if not winners:
        return []
    told = [
        say("{pole} by {measures}", pole=pole, measures=listing(titles))
        for pole, titles in winners.items()
    ]
    n = max(int(str(row.cells["n"])) for row in rows)
    text = say(
        "In {first} to {last} {state} voted closest to {poles} (up to {roll_calls} in common).",
        first=span[0],
        last=span[1],
        state=inquiry.name,
        poles=listing(told),
        roll_calls=many(n, "{n} roll call", "{n} roll calls"),
    )
    return [Sentence(text, merge(cite for row in rows for cite in row.cites))]


def _rank(row: Row, key: str) -> tuple[float, str]:
    return float(str(row.cells[key])), str(row.cells["code"])


def _nearest_fact(rows: list[Row], span: tuple[int, int]) -> list[Fact]:
    scored = [row for row in rows if row.cells.get("agreement") is not None]
    if not scored:
        return []
    best = max(scored, key=partial(_rank, key="agreement"))
    share = percent(float(str(best.cells["agreement"])))
    return [
        Fact(
            say("UN votes most like"),
            str(best.cells["pole"]),
            say("same vote {share}, {first}–{last}", share=share, first=span[0], last=span[1]),
            best.cites,
        )
    ]


def _lines(inquiry: Inquiry, last: int) -> Chart | None:
    answer = inquiry.compute("agreement", state=inquiry.state, convention="lijphart")
    rows = _of_pole(answer, inquiry)
    lines: list[dict[str, Any]] = []
    for pole in inquiry.poles:
        points = [
            {"x": r["year"], "y": r["value"], "low": r["low"], "high": r["high"]}
            for r in rows.get(pole.pole, [])
            if r["value"] is not None and r["year"] <= last
        ]
        if points:
            lines.append({"key": pole.pole, "label": pole.name, "points": points})
    if answer is None or not lines:
        return None
    years = [p["x"] for line in lines for p in line["points"]]
    first = min(years)
    ends = [f"{line['label']} {percent(line['points'][-1]['y'])}" for line in lines]
    text = say(
        "Agreement of {state} with each pole by year, {first} to {last}, an abstention beside a "
        "yes or no counted half. Last values: {values}.",
        state=inquiry.name,
        first=first,
        last=last,
        values=listing(ends),
    )
    data = {"unit": "share", "from": first, "to": last, "lines": lines}
    title = say("Agreement in UN votes, year by year")
    return Chart("agreement", "lines", title, text, data, answer.cites(last))


def _splits(inquiry: Inquiry) -> Part | None:
    last = last_year(inquiry)
    poles = _powers(inquiry)
    if last is None or len(poles) < 2 or "splits" not in measures.catalogue():
        return None
    span = (last - _WINDOW + 1, last)
    answer = inquiry.compute("splits", state=inquiry.state, poles=tuple(poles), years=span)
    rows = [] if answer is None else _split_rows(answer, poles, span)
    if not rows:
        return None
    columns = (
        Column("pair", say("Poles opposed")),
        Column("n_a", say("With the first"), "integer"),
        Column("n_b", say("With the second"), "integer"),
        Column("abstain", say("Abstained"), "integer"),
        Column("absent", say("Absent"), "integer"),
        Column("n", say("Roll calls"), "integer"),
        Column("value", say("Share with the first"), "share"),
        Column("low", say("Low"), "share"),
        Column("high", say("High"), "share"),
    )
    note = say(
        "Roll calls on which one pole said yes and the other no; final texts, repetitions merged. "
        "The share counts only roll calls on which the state took a side; interval after Jeffreys."
    )
    caption = say(
        "Split votes: whom {state} joined, {first} to {last}",
        state=inquiry.name,
        first=span[0],
        last=span[1],
    )
    table = Table("splits", caption, columns, tuple(rows), note)
    return part(table, *_most_split(inquiry, rows, span))


def _powers(inquiry: Inquiry) -> dict[str, str]:
    """Return the poles whose splits are known in full: all with the votes, else the embedded."""
    poles = {pole.pole: pole.name for pole in inquiry.pole_states}
    if inquiry.table("votes") is not None:
        return poles
    joint = inquiry.table("joint_votes")
    known = set() if joint is None else set(joint.frame["pole"].unique())
    return {code: name for code, name in poles.items() if code in known}


def _split_rows(answer: Answer, poles: dict[str, str], span: tuple[int, int]) -> list[Row]:
    cites = answer.cites(f"{span[0]}/{span[1]}")
    kept = ("n_a", "n_b", "abstain", "absent", "n", "value", "low", "high")
    rows = []
    for found in answer.frame.filter(pl.col("n") > 0).iter_rows(named=True):
        a, b = poles[found["pole_a"]], poles[found["pole_b"]]
        cells = {"pair": f"{a} – {b}", "pole_a": a, "pole_b": b}
        rows.append(Row({**cells, **{key: found[key] for key in kept}}, cites))
    return rows


def _most_split(inquiry: Inquiry, rows: list[Row], span: tuple[int, int]) -> list[Sentence]:
    def total(row: Row) -> int:
        return int(str(row.cells["n"]))

    told = []
    for row in sorted(rows, key=lambda row: (-total(row), str(row.cells["pair"])))[:2]:
        c = row.cells
        text = say(
            "Where {pole_a} and {pole_b} stood on opposite sides ({first} to {last}: "
            "{roll_calls}), {state} joined {pole_a} {n_a} and {pole_b} {n_b} times, abstained "
            "{abstained}, was absent {absent}.",
            pole_a=c["pole_a"],
            pole_b=c["pole_b"],
            first=span[0],
            last=span[1],
            roll_calls=many(total(row), "{n} roll call", "{n} roll calls"),
            state=inquiry.name,
            n_a=c["n_a"],
            n_b=c["n_b"],
            abstained=c["abstain"],
            absent=c["absent"] or 0,
        )
        told.append(Sentence(text, row.cites))
    return told


def _ideal_points(inquiry: Inquiry) -> Part | None:
    found = _ideal(inquiry)
    if found is None:
        why = say("no ideal points are embedded or installed for the state")
        inquiry.miss(say("Ideal points of {state}", state=inquiry.name), why)
    return found


def _ideal(inquiry: Inquiry) -> Part | None:
    chosen = inquiry.table("ideal_points")
    if chosen is None:
        return None
    rows = inquiry.until(chosen.frame)
    own = rows.filter(pl.col("state") == inquiry.state).sort("session")
    if own.is_empty():
        return None
    first, newest = int(str(own["year"].min())), own.row(-1, named=True)
    lines = _ideal_lines(inquiry, rows.filter(pl.col("year") >= first))
    ends = [
        f"{line['label']} {number(line['points'][-1]['y'], 2)} ({line['points'][-1]['x']})"
        for line in lines[1:]
    ]
    told = [
        say(
            "Ideal point of {state} in session {session} ({year}): {value}{interval}",
            state=inquiry.name,
            session=newest["session"],
            year=newest["year"],
            value=number(newest["value"], 2),
            interval=_interval(newest),
        )
    ]
    told += [listing(ends)] if ends else []
    text = f"{'; '.join(told)}."
    session, year = say("session {n}", n=newest["session"]), str(newest["year"])
    cites = tuple(Cite(source, session, year) for source in sorted(own["source"].unique()))
    data = {"unit": "number", "from": first, "to": newest["year"], "lines": lines}
    caption = say("Ideal points (mean 0, sd 1 over all), with 90% intervals")
    chart = Chart("ideal-points", "lines", caption, f"{caption}. {text}", data, cites)
    return part(Sentence(text, cites), chart)


def _interval(row: dict[str, Any]) -> str:
    if row["low"] is None:
        return ""
    low, high = number(row["low"], 2), number(row["high"], 2)
    return say(", 90% interval {low} to {high}", low=low, high=high)


def _ideal_lines(inquiry: Inquiry, rows: pl.DataFrame) -> list[dict[str, Any]]:
    wanted = {inquiry.state: inquiry.name, **{p.pole: p.name for p in inquiry.pole_states}}
    lines = []
    for code, name in wanted.items():
        line = rows.filter(pl.col("state") == code).sort("session")
        points = line.select(x="year", y="value", low="low", high="high").to_dicts()
        if points:
            lines.append({"key": code, "label": name, "points": points})
    return lines


def _moves(inquiry: Inquiry) -> Part | None:
    """Return when the ideal point and the agreement with each pole moved to another level."""
    state = inquiry.state
    asked = tuple(pole.pole for pole in inquiry.pole_states)
    years = None if inquiry.year is None else (_FIRST_YEAR, inquiry.year)
    answers = (
        inquiry.compute("change_points", state=state, years=years),
        inquiry.compute("agreement_changes", state=state, poles=asked, years=years, permutations=0),
    )
    found = [
        pair for answer in answers if answer is not None for pair in _move_rows(inquiry, answer)
    ]
    if not found:
        return None
    found.sort(key=lambda pair: (pair[0] or "~", int(str(pair[1].cells["year"]))))
    rows = [row for _, row in found]
    columns = (
        Column("what", say("What moved")),
        Column("year", say("New level from")),
        Column("between", say("90% of resamples")),
        Column("before", say("Level before"), "number"),
        Column("after", say("Level after"), "number"),
        Column("support", say("Resamples with it"), "share"),
        Column("beside", say("Acts the papers date to these years")),
    )
    note = say(
        "Breaks of a series of levels, found by exact partition; least support shown 80%. Ideal "
        "points in standard deviations, agreement as the share of contested roll calls with the "
        "same vote. A break says when, not why; acts of the casebook stand beside it, no more."
    )
    caption = say("What changed in the votes of {state}", state=inquiry.name)
    table = Table("changes", caption, columns, tuple(rows), note)
    last = max(rows, key=lambda row: int(str(row.cells["year"])))
    before, after = (number(float(str(last.cells[key])), 2) for key in ("before", "after"))
    text = say(
        "The latest break: {what} from {before} to {after} in {year} (90% of resamples {years}).",
        what=last.cells["what"],
        before=before,
        after=after,
        year=last.cells["year"],
        years=last.cells["between"],
    )
    return part(table, Sentence(text, last.cites))


def _move_rows(inquiry: Inquiry, answer: Answer) -> list[tuple[str | None, Row]]:
    """Return each break with its pole; without one, it is of the state's own position."""
    names = {pole.pole: pole.name for pole in inquiry.pole_states}
    rows: list[tuple[str | None, Row]] = []
    for found in answer.frame.iter_rows(named=True):
        if found["support"] is None or found["support"] < _SUPPORT:
            continue
        pole = found.get("pole")
        what = say("ideal point")
        if pole is not None:
            what = say("agreement with {pole}", pole=names.get(pole, pole))
        first, latest = int(found["earliest"]), int(found["latest"])
        beside, cites = _acts(inquiry, first, latest)
        cells: dict[str, Any] = {
            "what": what,
            "year": str(found["year"]),
            "between": str(first) if first == latest else f"{first}–{latest}",
            "before": found["before"],
            "after": found["after"],
            "support": found["support"],
            "beside": beside,
        }
        cited = merge((*answer.cites(str(found["year"])), *cites))
        rows.append((pole, Row(cells, cited)))
    return rows


def _acts(inquiry: Inquiry, first: int, last: int) -> tuple[str | None, list[Cite]]:
    """Return the acts that change a state's standing, as the casebook dates them to some years."""
    chosen = inquiry.table("events")
    if chosen is None:
        return None, []
    year = pl.col("date").str.slice(0, 4).cast(pl.Int64, strict=False)
    actors = pl.col("actors").str.split(";")
    rows = chosen.frame.filter(
        pl.col("duplicate_of").is_null()
        & pl.col("type").is_in(_ACTS)
        & year.is_between(first, last)
        & actors.list.contains(inquiry.state)
    ).sort("date", "event")
    told, cites = [], []
    for row in rows.head(2).iter_rows(named=True):
        title, when = row["title"], row["date"][:4]
        told.append(title if when in title else f"{title} ({when})")
        cites.append(Cite(row["source"], row["locator"], row["date"]))
    return "; ".join(told) or None, cites

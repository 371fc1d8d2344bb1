"""Votes in the UN General Assembly: of a state beside its poles, or of two states.

How alike they vote, where they stand, and when that changed.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from multivector.brief.literature import acts_of
from multivector.brief.split_votes import joined, parted
from multivector.brief.voters import Span, ends, firm, last_year, lost, nearest, window
from multivector.content import charts
from multivector.content.draft import part
from multivector.content.inquiry import Answer, Inquiry, Sides, merge
from multivector.content.model import (
    Chart,
    Cite,
    Fact,
    Kind,
    PairFigure,
    Part,
    Pole,
    PoleFigure,
    Row,
    Sentence,
    Statement,
    Table,
)
from multivector.content.tables import Heads, figure, known, largest, pick, table
from multivector.words import many, mark, say
from multivector.words.figures import bounded, dated, listing, number, percent

__all__ = ["votes"]

_MEASURES: dict[str, tuple[Kind, str, str, str]] = {
    "agreement": ("share", mark("same vote"), mark("Same vote"), mark("Same vote")),
    "s_score": ("number", mark("S"), mark("S"), mark("S: 1 always the same, −1 always opposite")),
    "kappa": ("number", mark("kappa"), mark("Kappa"), mark("Kappa: agreement beyond chance")),
    "coincidence": (
        "share",
        mark("coincidence"),
        mark("Coincidence"),
        mark("Coincidence among firm yes and no"),
    ),
}
"""How a measure is written, its name in a sentence, as a column, and as a row."""
_OF_PAIR = ("agreement", "coincidence", "kappa", "s_score")
_LEAST = 10
"""Common roll calls without which a year's agreement of two states is not drawn."""
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
    """Return the section on UN votes, with the headline's facts."""
    if inquiry.kind == "pair":
        sides = Sides.of(inquiry)
        alike, stand = _alike(inquiry, sides), _distance(inquiry, sides)
        return part(alike, stand, parted(inquiry, sides), _breaks(inquiry))
    beside = _beside_poles(inquiry)
    return part(beside, joined(inquiry), _ideal_point(inquiry), _breaks(inquiry))


# --- a state beside its poles


def _beside_poles(inquiry: Inquiry) -> Part:
    last = last_year(inquiry)
    rows = [] if last is None else _similarity(inquiry, last)
    if last is None or not rows:
        why = say("joint votes with the poles are neither embedded nor installed for the state")
        inquiry.miss(say("How {state} votes beside the poles", state=inquiry.name), why, _COMMAND)
        text = say(
            "Votes of {state} beside the poles: not in the data at hand.", state=inquiry.name
        )
        return part(Sentence(text))
    for pole in inquiry.poles:
        if pole.pole not in [row.cells["code"] for row in rows]:
            _miss(inquiry, pole)
    figures = [
        PoleFigure(key, str(row.cells["code"]), figure(row, key), row.cites)
        for key in ("agreement", "kappa")
        for row in known(rows, key)
    ]
    span = window(last)
    beside = _similarity_table(inquiry, rows, span), _closest(inquiry, rows, span)
    told = lost(inquiry, span, (inquiry.state, *inquiry.pole_codes), rows[0].cites[0].source)
    drawn = _yearly_with_poles(inquiry, last)
    return part(nearest(inquiry, last), *beside, told, drawn, figures)


def _by_pole(inquiry: Inquiry, answer: Answer | None) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each pole, oldest first."""
    found: dict[str, list[dict[str, Any]]] = {}
    if answer is None:
        return found
    poles = pl.any_horizontal(pl.col("state_a", "state_b").is_in(inquiry.pole_codes))
    for row in answer.frame.filter(poles).sort("year").iter_rows(named=True):
        other = row["state_b"] if row["state_a"] == inquiry.state else row["state_a"]
        found.setdefault(other, []).append(row)
    return found


def _similarity(inquiry: Inquiry, last: int) -> list[Row]:
    """Return each measure of the newest years with each pole that voted with the state."""
    asked: dict[str, Any] = {"state": inquiry.state, "years": window(last), "period": "whole"}
    answers = {name: inquiry.compute(name, **asked) for name in _MEASURES}
    found = {name: _by_pole(inquiry, answer) for name, answer in answers.items()}
    rows = []
    for pole in inquiry.poles:
        newest = {name: own[pole.pole][-1] for name, own in found.items() if pole.pole in own}
        n = max((row["n"] for row in newest.values()), default=0)
        values = {name: newest[name]["value"] if name in newest else None for name in _MEASURES}
        used = [answer for name, answer in answers.items() if name in newest and answer is not None]
        cites = merge(cite for answer in used for cite in answer.cites(last))
        if n:
            rows.append(Row({"pole": pole.name, "code": pole.pole, **values, "n": n}, cites))
    return rows


def _miss(inquiry: Inquiry, pole: Pole) -> None:
    what = say("Votes of {state} beside {pole}", state=inquiry.name, pole=pole.name)
    if pole.kind == "state":
        why = say("no joint roll calls with this pole are in the data at hand")
        inquiry.miss(what, why, _COMMAND)
    else:
        inquiry.miss(what, say("an organisation casts no vote"))


def _similarity_table(inquiry: Inquiry, rows: list[Row], span: Span) -> Table:
    heads: Heads = {
        "pole": say("Pole"),
        **{name: (say(head), kind) for name, (kind, _, head, _) in _MEASURES.items()},
        "n": (say("Roll calls"), "integer"),
    }
    caption = say(
        "Votes of {state} beside the poles, {first} to {last}", state=inquiry.name, **ends(span)
    )
    note = say(
        "Same vote: share of common roll calls with the same choice. S: 1 is always the same, −1 "
        "always opposite. Kappa: corrected for what each side's habits give by chance. "
        "Coincidence: same among firm yes and no. Absences are left out. The measures need not "
        "agree on who is closest."
    )
    return table("similarity", caption, heads, rows, note)


def _closest(inquiry: Inquiry, rows: list[Row], span: Span) -> Sentence | None:
    winners: dict[str, list[str]] = {}
    for name, (_, title, *_) in _MEASURES.items():
        if known(rows, name):
            best = largest(rows, name)
            winners.setdefault(str(best.cells["pole"]), []).append(say(title))
    if not winners:
        return None
    poles = [
        say("{pole} by {measures}", pole=pole, measures=listing(titles))
        for pole, titles in winners.items()
    ]
    n = max(int(figure(row, "n")) for row in rows)
    text = say(
        "Among these poles {state} voted closest to {poles} in the General Assembly, {first} to "
        "{last} (up to {roll_calls} in common).",
        **ends(span),
        state=inquiry.name,
        poles=listing(poles),
        roll_calls=many(n, "{n} roll call", "{n} roll calls"),
    )
    cites = merge(cite for row in rows for cite in row.cites)
    among = ";".join(str(row.cells["code"]) for row in rows)
    return Sentence(text, cites, Statement.of("rank", cites, n=n, years=span, among=among))


def _yearly_with_poles(inquiry: Inquiry, last: int) -> Chart | None:
    answer = inquiry.compute("agreement", state=inquiry.state, convention="lijphart")
    rows = _by_pole(inquiry, answer)
    lines: list[charts.Line] = []
    for pole in inquiry.poles:
        own = pl.DataFrame(rows.get(pole.pole, []), infer_schema_length=None)
        until = own if own.is_empty() else own.filter(pl.col("year") <= last)
        drawn = [] if until.is_empty() else charts.points(firm(until))
        if drawn:
            lines.append({"key": pole.pole, "label": pole.name, "points": drawn})
    if answer is None or not lines:
        return None
    values = [
        f"{line['label']} {percent(line['points'][-1]['y'])} ({line['points'][-1]['x']})"
        for line in lines
    ]
    text = say(
        "Agreement of {state} with each pole by year, {first} to {last}, an abstention beside a "
        "yes or no counted half. Last values: {values}.",
        state=inquiry.name,
        first=charts.ends(lines)["first"],
        last=last,
        values=listing(values),
    )
    title, cites = say("Agreement in the General Assembly, year by year"), answer.cites(last)
    return charts.lines("agreement", title, text, lines, "share", cites, to=last)


# --- two states


def _alike(inquiry: Inquiry, sides: Sides) -> Part:
    """Return how alike the two vote: by several measures in the newest years, and by year."""
    asked = {"state": sides.a, "state_b": sides.b, "min_shared": _LEAST}
    answer = inquiry.compute("agreement", convention="lijphart", **asked)
    found, until = inquiry.known(answer), last_year(inquiry)
    rows = None if found is None or until is None else firm(found.filter(pl.col("year") <= until))
    if answer is None or until is None or rows is None or rows.is_empty():
        what = say("Votes of {a} beside {b}", **sides.names)
        why = say("joint roll calls of the two are neither embedded nor installed")
        inquiry.miss(what, why, _COMMAND)
        return part(
            Sentence(say("Votes of {a} beside {b}: not in the data at hand.", **sides.names))
        )
    line = charts.line(sides.a, f"{sides.a} – {sides.b}", rows)
    first, last = rows["year"][0], rows["year"][-1]
    text = say(
        "Agreement of {a} and {b} by year, {first} to {last}, an abstention beside a yes or no "
        "counted half. Last value: {value}.",
        **sides.names,
        first=first,
        last=last,
        value=percent(rows["value"][-1]),
    )
    title, cites = say("Agreement in the General Assembly, year by year"), answer.cites(last)
    chart = charts.lines("agreement", title, text, [line], "share", cites)
    told = lost(inquiry, window(until), (sides.a, sides.b), cites[0].source)
    return part(_measured(inquiry, sides, until), told, chart)


def _measured(inquiry: Inquiry, sides: Sides, last: int) -> Part:
    span = window(last)
    when = f"{span[0]}–{span[1]}"
    asked: dict[str, Any] = {"state": sides.a, "state_b": sides.b, "years": span, "period": "whole"}
    if inquiry.table("votes") is not None:
        asked["bootstrap"] = _RESAMPLES
    rows: list[Row] = []
    for measure in _OF_PAIR:
        kind, _, _, title = _MEASURES[measure]
        answer = inquiry.compute(measure, **asked)
        found = None if answer is None or answer.frame.is_empty() else answer
        row = {} if found is None else found.frame.row(0, named=True)
        cells = {key: row.get(key) for key in ("value", "low", "high", "n")}
        cites = () if found is None else found.cites(f"{span[0]}/{span[1]}")
        rows.append(Row({"measure": say(title), "kind": kind, **cells}, cites))
    same, cites = rows[0].cells, rows[0].cites
    n, value = int(str(same["n"] or 0)), same["value"]
    text = many(
        n,
        "Same vote of {a} and {b} in the General Assembly, {years}: {share} of {n} common roll "
        "call; {others}.",
        "Same vote of {a} and {b} in the General Assembly, {years}: {share} of {n} common roll "
        "calls; {others}.",
        **sides.names,
        years=when,
        share="–" if value is None else bounded(same, "share"),
        others=_others(rows[1:]),
    )
    detail = many(n, "{n} roll call, {years}", "{n} roll calls, {years}", years=when)
    title = say("Same vote in the General Assembly")
    fact = Fact(title, "–" if value is None else percent(float(str(value))), detail, cites)
    ends = {"both": value, "low": same["low"], "high": same["high"]}
    beside = PairFigure.of(title, "share", when, cites, **ends)
    every = merge(cite for row in rows for cite in row.cites)
    said = Sentence(text, every, Statement.of("value", every, n=n, years=span))
    return part(said, _alike_table(rows, when), fact, beside)


def _others(rows: list[Row]) -> str:
    short = (say("coincidence"), say("kappa"), "S")
    written = [
        f"{name} {(percent if row.cells['kind'] == 'share' else _two)(figure(row, 'value'))}"
        for name, row in zip(short, rows, strict=True)
        if row.cells["value"] is not None
    ]
    return ", ".join(written) or say("nothing else is defined")


def _two(value: float) -> str:
    return number(value, 2)


def _alike_table(rows: list[Row], when: str) -> Table:
    heads: Heads = {
        "measure": say("Measure"),
        "value": (say("Value"), "number"),
        "low": (say("Low"), "number"),
        "high": (say("High"), "number"),
        "n": (say("Roll calls"), "integer"),
    }
    note = say(
        "Absences are left out. Coincidence counts roll calls on which both said yes or no. "
        "Intervals, 90%, need the roll calls themselves; joint counts hold none. The measures need "
        "not agree."
    )
    return table("similarity", say("How alike they vote, {years}", years=when), heads, rows, note)


# --- where they stand


def _positions(frame: pl.DataFrame, named: dict[str, str]) -> list[charts.Line]:
    lines = [charts.line(code, n, firm(frame.filter(state=code))) for code, n in named.items()]
    return [line for line in lines if line["points"]]


def _newest(line: charts.Line) -> str:
    point = line["points"][-1]
    return f"{line['label']} {_two(point['y'])} ({point['x']})"


def _ideal_point(inquiry: Inquiry) -> Part | None:
    chosen = inquiry.table("ideal_points")
    rows = None if chosen is None else inquiry.until(chosen.frame)
    own = None if rows is None else firm(rows.filter(state=inquiry.state)).sort("session")
    if rows is None or own is None or own.is_empty():
        why = say("no ideal points are embedded or installed for the state")
        inquiry.miss(say("Ideal points of {state}", state=inquiry.name), why)
        return None
    first, newest = int(str(own["year"].min())), own.row(-1, named=True)
    named = {inquiry.state: inquiry.name, **{p.pole: p.name for p in inquiry.pole_states}}
    lines = _positions(rows.filter(pl.col("year") >= first), named)
    low, high = ("" if newest[end] is None else _two(newest[end]) for end in ("low", "high"))
    interval = say(", 90% interval {low} to {high}", low=low, high=high) if low else ""
    stands = say(
        "Ideal point of {state} in session {session} ({year}): {value}{interval}",
        state=inquiry.name,
        **pick(newest, "session", "year"),
        value=_two(newest["value"]),
        interval=interval,
    )
    others = listing([_newest(line) for line in lines[1:]])
    text = f"{'; '.join([stands, *([others] if others else [])])}."
    place, year = say("session {n}", n=newest["session"]), str(newest["year"])
    cites = tuple(Cite(source, place, year) for source in sorted(own["source"].unique()))
    title = say("Ideal points (mean 0, sd 1 over all), with 90% intervals")
    years = {"from": first, "to": newest["year"]}
    spoken = f"{title}. {text}"
    chart = charts.lines("ideal-points", title, spoken, lines, "number", cites, **years)
    stated = Statement.of("value", cites, n=newest["n"], years=(newest["year"],))
    return part(Sentence(text, cites, stated), chart)


def _distance(inquiry: Inquiry, sides: Sides) -> Part | None:
    """Return how far apart the ideal points of the two are, and where each stands."""
    between = inquiry.compute("ideal_distance", state=sides.a, partner=sides.b)
    if between is None:
        return None
    found = inquiry.known(between)
    rows = None if found is None else firm(found)
    if rows is None or rows.is_empty():
        what = say("Distance of the ideal points of {a} and {b}", **sides.names)
        inquiry.miss(what, say("they have no session with a position of both on enough roll calls"))
        return None
    first, newest = rows.row(0, named=True), rows.row(-1, named=True)
    cites = between.cites(newest["year"])
    held = [(inquiry.table("ideal_points", of=code), {code: n}) for _, code, n in sides.keyed]
    lines = [
        line
        for chosen, named in held
        if chosen is not None
        for line in _positions(inquiry.until(chosen.frame), named)
    ]
    at = say("Ideal points, the West positive: {points}.", points="; ".join(map(_newest, lines)))
    far = say(
        "Distance of the two in {year}, in standard deviations of all states, 90% interval in "
        "brackets: {value}",
        year=newest["year"],
        value=bounded(newest),
    )
    if first["year"] < newest["year"]:
        far += say("; in {year} it was {value}", year=first["year"], value=bounded(first))
    titles = (
        say("Ideal points of both, with 90% intervals"),
        say("Distance of the ideal points, with 90% intervals"),
    )
    line = [charts.line(sides.a, f"{sides.a} – {sides.b}", rows)]
    what, detail = say("Distance of ideal points"), say("{year}, 90% interval", **newest)
    ends = {"both": newest["value"], "low": newest["low"], "high": newest["high"]}
    return part(
        [Sentence(at, cites), Sentence(f"{far}.", cites)],
        charts.lines("ideal-points", titles[0], f"{titles[0]}. {at}", lines, "number", cites),
        charts.lines("ideal-distance", titles[1], f"{titles[1]}. {far}.", line, "number", cites),
        Fact(what, bounded(newest), detail, cites),
        PairFigure.of(what, "number", newest["year"], cites, **ends),
    )


# --- when it changed


def _breaks(inquiry: Inquiry) -> Part | None:
    """Return when agreement, and a state's ideal point, moved to another level."""
    asked: dict[str, Any] = {"state": inquiry.state}
    if inquiry.year is not None:
        asked["years"] = (_FIRST_YEAR, inquiry.year)
    others = inquiry.partner or tuple(pole.pole for pole in inquiry.pole_states)
    others = (others,) if isinstance(others, str) else others
    answers = [inquiry.compute("agreement_changes", poles=others, permutations=0, **asked)]
    if inquiry.kind == "state":
        answers.insert(0, inquiry.compute("change_points", **asked))
    rows = [row for a in answers if a is not None for row in _break_rows(inquiry, a)]
    if not rows:
        return None
    if inquiry.kind == "pair":
        rows.sort(key=lambda row: str(row.cells["year"]))
        return part(_breaks_table(inquiry, rows), _latest_of_pair(rows[-1]))
    rows.sort(key=lambda row: (str(row.cells["pole"] or "~"), str(row.cells["year"])))
    shown = [Row({k: v for k, v in row.cells.items() if k != "pole"}, row.cites) for row in rows]
    latest = max(shown, key=lambda row: str(row.cells["year"]))
    text = say(
        "The latest break: {what} from {before} to {after} in {year} (90% of resamples {years}).",
        **{key: _two(figure(latest, key)) for key in ("before", "after")},
        **pick(latest.cells, "what", "year"),
        years=latest.cells["between"],
    )
    return part(_breaks_table(inquiry, shown), Sentence(text, latest.cites))


def _break_rows(inquiry: Inquiry, answer: Answer) -> list[Row]:
    """Return each break with support; without a pole, it is of the state's own position."""
    names = {pole.pole: pole.name for pole in inquiry.pole_states}
    rows = []
    for found in answer.frame.iter_rows(named=True):
        if found["support"] is None or found["support"] < _SUPPORT:
            continue
        first, last = int(found["earliest"]), int(found["latest"])
        beside, cites = _acts(inquiry, first, last)
        cells: dict[str, Any] = {
            "year": str(found["year"]),
            "between": str(first) if first == last else f"{first}–{last}",
            **pick(found, "before", "after", "support"),
            "beside": beside,
        }
        if inquiry.kind == "state":
            pole = found.get("pole")
            what = say("agreement with {pole}", pole=names.get(str(pole), pole))
            cells |= {"pole": pole, "what": say("ideal point") if pole is None else what}
        rows.append(Row(cells, merge((*answer.cites(str(found["year"])), *cites))))
    return rows


def _breaks_table(inquiry: Inquiry, rows: list[Row]) -> Table:
    of_pair = inquiry.kind == "pair"
    kind: Kind = "share" if of_pair else "number"
    heads: Heads = {} if of_pair else {"what": say("What moved")}
    heads |= {
        "year": say("New level from"),
        "between": say("90% of resamples"),
        "before": (say("Level before"), kind),
        "after": (say("Level after"), kind),
        "support": (say("Resamples with it"), "share"),
        "beside": say("Acts the papers date to these years"),
    }
    if of_pair:
        heads["beside"] = say("Acts between them dated to these years")
        caption = say("When the agreement of the two changed its level")
        note = say(
            "Breaks of the share of contested roll calls with the same vote, found by exact "
            "partition; least support shown 80%. A break says when, not why; acts stand beside it, "
            "no more."
        )
        return table("changes", caption, heads, rows, note)
    note = say(
        "Breaks of a series of levels, found by exact partition; least support shown 80%. Ideal "
        "points in standard deviations, agreement as the share of contested roll calls with the "
        "same vote. A break says when, not why; acts of the casebook stand beside it, no more."
    )
    caption = say("What changed in the votes of {state}", state=inquiry.name)
    return table("changes", caption, heads, rows, note)


def _latest_of_pair(row: Row) -> Sentence:
    text = say(
        "The latest break in their agreement: from {before} to {after} in {year} (90% of resamples "
        "{between}).",
        **{key: percent(figure(row, key)) for key in ("before", "after")},
        **pick(row.cells, "year", "between"),
    )
    return Sentence(text, row.cites)


def _acts(inquiry: Inquiry, first: int, last: int) -> tuple[str | None, list[Cite]]:
    """Return two acts the papers date to some years: of the two, or on a state's standing."""
    found = acts_of(inquiry)
    if found is None:
        return None, []
    kept = pl.col("type").is_in(_ACTS)
    if inquiry.partner is not None:
        kept = (pl.col("type") != "statement") & pl.col("title").is_not_null()
    year = pl.col("date").str.slice(0, 4).cast(pl.Int64, strict=False)
    rows = found.filter(pl.col("duplicate_of").is_null() & kept & year.is_between(first, last))
    acts, cites = [], []
    for row in rows.head(2).iter_rows(named=True):
        when = row["date"] if inquiry.partner is not None else row["date"][:4]
        acts.append(dated(row["title"], when))
        cites.append(Cite(row["source"], row["locator"], row["date"]))
    return "; ".join(acts) or None, cites

"""Vectors: over how many distinct poles the state spreads itself, now and through the years.

Never a number without its interval, and what the measure notes is said.
"""

from __future__ import annotations

import re
from typing import Any

import polars as pl

from multivector.brief.voters import last_year
from multivector.content import charts
from multivector.content.draft import part
from multivector.content.inquiry import Answer, Inquiry, label
from multivector.content.model import Chart, Cite, Part, Row, Sentence, Table
from multivector.content.tables import Heads, pick, table
from multivector.errors import BadValue
from multivector.measures.clubs import latest_year
from multivector.study import options
from multivector.words import localised, mark, say
from multivector.words.figures import listing, number, percent, sentence_case
from multivector.words.figures import span as interval

__all__ = ["vector_years", "vectors"]

_WINDOW = 5
_DRAWS = 200
_STALE = 12
_ALL = "all"
_BACK = 20
_DRAWS_A_YEAR = 100
_MOST = 6
_DOMAINS = {
    "votes": (mark("votes"), mark("Votes")),
    "trade": (mark("trade"), mark("Trade")),
    "finance": (mark("finance"), mark("Finance")),
    "security": (mark("security"), mark("Security")),
    "institutions": (mark("institutions"), mark("Institutions")),
    "people": (mark("people"), mark("People")),
}
_NOTES: tuple[tuple[str, str], ...] = (
    (r"no data: (?P<domains>.+)", mark("no data: {domains}")),
    (
        r"(?P<flow>\S+) left out: the data hold none of (?P<poles>.+) for anybody",
        mark("{flow} left out: the data hold none of {poles} for anybody"),
    ),
    (
        r"(?P<domain>\S+) from lists of main partners: a pole not listed counts 0",
        mark("{domain} from lists of main partners: a pole not listed counts 0"),
    ),
    (
        r"the poles' distances by (?P<distance>\S+) are not known",
        mark("the poles' distances by {distance} are not known"),
    ),
    (
        r"the distances are not of negative type: beta may fall below 1",
        mark("the distances are not of negative type: beta may fall below 1"),
    ),
    (
        r"no rivalry to hedge: the poles are at no distance",
        mark("no rivalry to hedge: the poles are at no distance"),
    ),
    (
        r"whether a pole is missing could not be checked: no joint votes",
        mark("whether a pole is missing could not be checked: no joint votes"),
    ),
    (
        r"the pole (?P<pole>\S+) lies inside the pole (?P<whole>\S+)",
        mark("the pole {pole} lies inside the pole {whole}"),
    ),
    (r"the poles are (?P<poles>.+)", mark("the poles are {poles}")),
    (
        r"(?P<domains>.+) of (?P<state>\S+) with these poles has no year in common with "
        r"(?P<years>.+)",
        mark("{domains} of {state} with these poles has no year in common with {years}"),
    ),
    (
        r"no label: (?P<state>\S+) agrees more with (?P<other>\S+) \((?P<share>[\d.]+)\), which is "
        r"not among the poles, than with any pole \(at most (?P<most>[\d.]+)\)",
        mark(
            "no label: {state} agrees more with {other} ({share}), which is not among the poles, "
            "than with any pole (at most {most})"
        ),
    ),
)
"""What the measure notes, and the message that says it."""


def vectors(inquiry: Inquiry) -> Part:
    """Return the section on the Multi-Vector Index."""
    answer = _index(inquiry, _span(inquiry), draws=_DRAWS)
    if isinstance(answer, str):
        return _refused(inquiry, answer)
    if answer is None or answer.frame.is_empty():
        why = say("neither votes, trade nor seats with these poles are at hand")
        return _refused(inquiry, why)
    row = answer.frame.row(-1, named=True)
    notes = [_note(text) for text in str(row["note"] or "").split("; ") if text]
    if row["value"] is None or answer.frames["shares"].is_empty():
        return _refused(inquiry, "; ".join(notes) or say("the poles' distances are not known"))
    domains = str(row["domains"]).split(";")
    if row["low"] is None:
        why = say("{domains} alone give no interval", domains=listing(_names(domains)))
        return _refused(inquiry, why)
    cites = _cites(answer, f"{row['start']}/{row['end']}")
    rose = _rose(inquiry, answer, row["start"], domains)
    return part(
        _spread(inquiry, row, domains, cites),
        _compass(row, rose, domains, cites),
        _shares(inquiry, row, answer, domains, cites),
        [f"{sentence_case(note)}." for note in notes],
    )


def _index(inquiry: Inquiry, years: tuple[int, int], **asked: Any) -> Answer | str | None:
    """Return the index of some years; a text why it is refused; null where no data answer."""
    try:
        return inquiry.compute(
            "multivector_index",
            state=inquiry.state,
            poles=inquiry.pole_codes,
            years=years,
            **asked,
        )
    except BadValue as error:
        return _note(str(error).partition(";")[0])


def _span(inquiry: Inquiry) -> tuple[int, int]:
    """Return the newest five years with both votes and trade, or either; none long past."""
    ends = [last_year(inquiry)]
    flows = inquiry.table("flows")
    if flows is not None:
        own = inquiry.until(flows.frame.filter(pl.col("state") == inquiry.state))
        ends.append(None if own.is_empty() else int(str(own["year"].max())))
    newest = inquiry.year or _seats_year(inquiry)
    last = min([end for end in ends if end is not None and end > newest - _STALE] or [newest])
    return last - _WINDOW + 1, last


def _seats_year(inquiry: Inquiry) -> int:
    chosen = inquiry.table("memberships")
    return (None if chosen is None else latest_year(chosen.frame)) or options.last_year()


def _refused(inquiry: Inquiry, why: str) -> Part:
    inquiry.miss(say("The Multi-Vector Index of {state}", state=inquiry.name), why)
    return part(Sentence(say("The Multi-Vector Index is not given: {why}.", why=why)))


def _cites(answer: Answer, when: str) -> tuple[Cite, ...]:
    """Return the run and the data sets behind it; the many releases of seats stand with the run."""
    return (answer.cite, *answer.cites(when, without=("memberships", "organisations")))


def _names(domains: list[str]) -> list[str]:
    return [say(_DOMAINS[d][0]) if d in _DOMAINS else d for d in domains]


def _pole(inquiry: Inquiry, code: str) -> str:
    return {pole.pole: pole.name for pole in inquiry.poles}.get(code, code)


def _ends(row: dict[str, Any]) -> dict[str, Any]:
    return {"first": row["start"], "last": row["end"]}


# --- what the measure notes


def _note(text: str) -> str:
    """Return a note of the measure as it is spoken."""
    for pattern, message in _NOTES:
        found = re.fullmatch(pattern, text)
        if found:
            return say(
                message, **{key: _value(key, value) for key, value in found.groupdict().items()}
            )
    return text


def _value(key: str, text: str) -> str:
    if key in ("domain", "domains"):
        return ", ".join(_names(text.split(", ")))
    if key == "poles":
        return listing([label(part) for part in text.split(", ")])
    if key in ("state", "other", "pole", "whole"):
        return label(text)
    return localised(text) if key in ("share", "most") else text


# --- the index of the newest years


def _spread(
    inquiry: Inquiry, row: dict[str, Any], domains: list[str], cites: tuple[Cite, ...]
) -> tuple[Sentence, Sentence]:
    text = say(
        "Multi-Vector Index of {state}, {first} to {last}: {value} (90% interval {low} to {high}), "
        "where 0 is one vector and 1 the most these poles allow; {vectors} effective vectors of at "
        "most {most}. It rests on {domains} alone.",
        state=inquiry.name,
        **_ends(row),
        **{key: number(row[key], 2) for key in ("value", "low", "high")},
        vectors=number(row["effective_vectors"], 3),
        most=number(row["ceiling"], 3),
        domains=listing(_names(domains)),
    )
    second = say(
        "Largest share: {pole}, {share} over these domains.",
        pole=_pole(inquiry, row["dominant"]),
        share=percent(row["dominance"]),
    )
    return Sentence(text, cites), Sentence(f"{second} {_label(inquiry, row)}", cites)


def _label(inquiry: Inquiry, row: dict[str, Any]) -> str:
    """Return the label in words, or why there is none."""
    given, note = row["label"], str(row["note"] or "")
    if given is None:
        reasons = [n for n in note.split("; ") if n.startswith(("no label", "no rivalry"))]
        return f"{sentence_case(_note(reasons[0]))}." if reasons else say("No label is given.")
    if given == "multi-vector":
        return say("The interval lies above one half: multi-vector.")
    if given == "undecided":
        return say("The interval lies across one half: undecided.")
    name = _pole(inquiry, row["dominant"])
    return say("The interval lies below one half: it leans to {pole}.", pole=name)


def _shares(
    inquiry: Inquiry,
    row: dict[str, Any],
    answer: Answer,
    domains: list[str],
    cites: tuple[Cite, ...],
) -> Table:
    found = {(r["domain"], r["pole"]): r for r in answer.frames["shares"].iter_rows(named=True)}
    rows = []
    for pole in inquiry.poles:
        cells = {domain: found[domain, pole.pole]["value"] for domain in (*domains, _ALL)}
        whole = found[_ALL, pole.pole]
        cells |= {"pole": pole.name, "code": pole.pole, **pick(whole, "low", "high")}
        rows.append(Row({**cells, "interval": _interval(whole)}, cites))
    heads: Heads = {"pole": say("Pole")}
    for domain in domains:
        heads[domain] = (say(_DOMAINS[domain][1]) if domain in _DOMAINS else domain, "share")
    heads |= {_ALL: (say("All"), "share"), "interval": say("90% interval")}
    caption = say("Shares of the poles by domain, {first} to {last}", **_ends(row))
    note = say(
        "Votes: weights from roll calls on which the poles split. Trade: exports and imports. "
        "Institutions: seats beside the pole, by level and depth. All: the domains counted alike; "
        "the interval also lets their weights vary."
    )
    return table("vector-shares", caption, heads, rows, note)


def _interval(found: dict[str, Any]) -> str | None:
    return None if found["low"] is None else interval(found["low"], found["high"])


def _rose(inquiry: Inquiry, answer: Answer, year: int, domains: list[str]) -> list[dict[str, Any]]:
    """Return the poles of a compass: the share of each, and by domain as bands."""
    own = pl.col("start") == year
    shares = {
        (row["domain"], row["pole"]): row
        for row in answer.frames["shares"].filter(own).iter_rows(named=True)
    }
    held = answer.frames["domains"].filter(own).select("domain", "weight")
    weights = dict(held.iter_rows())
    poles = []
    for pole in inquiry.poles:
        whole = shares.get((_ALL, pole.pole), {})
        parts = {d: shares.get((d, pole.pole), {}).get("value") or 0.0 for d in domains}
        ends = {key: whole.get(key) for key in ("value", "low", "high")}
        bands = [parts[d] * weights.get(d, 0.0) for d in domains]
        poles.append({"key": pole.pole, "label": pole.name, **ends, "bands": bands})
    return poles


def _compass(
    row: dict[str, Any], poles: list[dict[str, Any]], domains: list[str], cites: tuple[Cite, ...]
) -> Chart:
    shares = [
        f"{pole['label']} {percent(pole['value'])}"
        + (f" ({_interval(pole)})" if pole["low"] is not None else "")
        for pole in poles
        if pole["value"] is not None
    ]
    named = _names(domains)
    text = say(
        "Shares of the poles in {domains}, {first} to {last}, with 90% intervals: {shares}.",
        domains=listing(named),
        **_ends(row),
        shares=listing(shares),
    )
    data = {"from": row["start"], "to": row["end"], "domains": named, "poles": poles}
    title = say("Compass: shares of the poles, {first} to {last}", **_ends(row))
    return Chart("compass", "compass", title, text, data, cites)


# --- through the years


def vector_years(inquiry: Inquiry) -> Part:
    """Return the section on the index year by year."""
    last = _span(inquiry)[1]
    answer = _index(inquiry, (last - _BACK, last), by="year", draws=_DRAWS_A_YEAR)
    if answer is None or isinstance(answer, str) or answer.frame["value"].count() < 2:
        short = say("fewer than two years have votes, trade or seats")
        why = answer if isinstance(answer, str) else short
        return part(Sentence(say("The index year by year is not given: {why}.", why=why)))
    cites = _cites(answer, f"{last - _BACK}/{last}")
    rows = answer.frame.drop_nulls("value").sort("start").to_dicts()
    yearly = answer.frame.rename({"start": "year"})
    line = charts.line(inquiry.state, inquiry.name, yearly)
    values = [row["value"] for row in rows]
    ends = {"first": rows[0]["start"], "last": rows[-1]["start"]}
    text = say(
        "Multi-Vector Index of {state}, {first} to {last}: between {least} and {most}.",
        state=inquiry.name,
        **ends,
        least=number(min(values), 2),
        most=number(max(values), 2),
    )
    title = say("Multi-Vector Index year by year, with 90% intervals")
    drawn = charts.lines("index-by-year", title, text, [line], "number", cites)
    said = _change(inquiry, rows[0], rows[-1], cites)
    return part(said, drawn, _steps(inquiry, rows, answer, cites), _table(inquiry, rows, cites))


def _change(
    inquiry: Inquiry, first: dict[str, Any], last: dict[str, Any], cites: tuple[Cite, ...]
) -> list[Sentence]:
    text = say(
        "Multi-Vector Index of {state}: {first_value} in {first}, {last_value} in {last}.",
        state=inquiry.name,
        first=first["start"],
        last=last["start"],
        first_value=_figure(first),
        last_value=_figure(last),
    )
    if None in (first["low"], last["low"]):
        return [Sentence(text, cites)]
    shown = say("The two intervals do not overlap.")
    if first["low"] <= last["high"] and last["low"] <= first["high"]:
        shown = say("The two intervals overlap: a change between the two years is not shown.")
    return [Sentence(text, cites), Sentence(shown, cites)]


def _figure(row: dict[str, Any]) -> str:
    if row["low"] is None:
        return number(row["value"], 2)
    values = {key: number(row[key], 2) for key in ("value", "low", "high")}
    return say("{value} (90% interval {low} to {high})", **values)


def _steps(
    inquiry: Inquiry, rows: list[dict[str, Any]], answer: Answer, cites: tuple[Cite, ...]
) -> Chart | None:
    """Return small compasses of years that rest on the domains of most years."""
    kinds = [row["domains"] for row in rows]
    usual = max(sorted(set(kinds)), key=kinds.count)
    years = [row["start"] for row in rows if row["domains"] == usual]
    chosen = sorted(years[::-1][:: max(-(-len(years) // _MOST), 1)])
    if len(chosen) < 2:
        return None
    domains = str(usual).split(";")
    roses = [_rose(inquiry, answer, year, domains) for year in chosen]
    text = say(
        "Shares of the poles in {first} and {last}: {changes}.",
        first=chosen[0],
        last=chosen[-1],
        changes="; ".join(
            f"{a['label']} {percent(a['value'] or 0)} → {percent(b['value'] or 0)}"
            for a, b in zip(roses[0], roses[-1], strict=True)
        ),
    )
    steps = [
        {"label": str(year), "from": year, "to": year, "poles": rose}
        for year, rose in zip(chosen, roses, strict=True)
    ]
    data = {"domains": _names(domains), "steps": steps}
    title = say("The compass every few years, on one scale")
    return Chart("compass-years", "steps", title, text, data, cites)


def _table(inquiry: Inquiry, rows: list[dict[str, Any]], cites: tuple[Cite, ...]) -> Table:
    heads: Heads = {
        "year": say("Year"),
        "value": (say("Index"), "number"),
        "low": (say("Low"), "number"),
        "high": (say("High"), "number"),
        "effective_vectors": (say("Effective vectors"), "number"),
        "dominant": say("Largest share"),
        "dominance": (say("Its share"), "share"),
        "domains": say("Rests on"),
        "n": (say("Observations"), "integer"),
    }
    shown = []
    for row in rows:
        cells = pick(row, "value", "low", "high", "effective_vectors", "dominance", "n")
        cells |= {"year": str(row["start"]), "dominant": _pole(inquiry, row["dominant"])}
        cells["domains"] = ", ".join(_names(str(row["domains"]).split(";")))
        shown.append(Row(cells, cites[:1]))
    caption = say("Multi-Vector Index of {state} year by year", state=inquiry.name)
    note = say(
        "A year rests on fewer observations than five: intervals are wider. Years that rest on "
        "different domains are not alike; the column says which."
    )
    return table("index-years", caption, heads, shown, note, folded=True)

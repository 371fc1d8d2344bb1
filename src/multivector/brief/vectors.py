"""Vectors: over how many distinct poles the state spreads itself, never without the interval."""

from __future__ import annotations

import re
from typing import Any

import polars as pl

from multivector.brief.votes import last_year
from multivector.content.draft import part
from multivector.content.inquiry import Answer, Inquiry, label
from multivector.content.model import Chart, Cite, Column, Part, Row, Scalar, Sentence, Table
from multivector.errors import BadValue
from multivector.words import localised, mark, say
from multivector.words.figures import listing, number, percent, sentence_case
from multivector.words.figures import span as interval

_WINDOW = 5
_DRAWS = 200
_STALE = 12
_ALL = "all"
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
    span = span_of(inquiry)
    try:
        answer = inquiry.compute(
            "multivector_index",
            state=inquiry.state,
            poles=inquiry.pole_codes,
            years=span,
            draws=_DRAWS,
        )
    except BadValue as error:
        return _refused(inquiry, _note(str(error).partition(";")[0]))
    if answer is None or answer.frame.is_empty():
        why = say("neither votes, trade nor seats with these poles are at hand")
        return _refused(inquiry, why)
    row = answer.frame.row(-1, named=True)
    shares = answer.frames["shares"]
    if row["value"] is None or shares.is_empty():
        return _refused(inquiry, _noted(row) or say("the poles' distances are not known"))
    cites = cites_of(answer, f"{row['start']}/{row['end']}")
    domains = str(row["domains"]).split(";")
    if row["low"] is None:
        why = say("{domains} alone give no interval", domains=_named(domains))
        return _refused(inquiry, why)
    table = _shares(inquiry, row, shares, domains, cites)
    chart = _compass(inquiry, row, answer, domains, cites)
    notes = tuple(_sentence(part) for part in str(row["note"] or "").split("; ") if part)
    told = _told(inquiry, row, domains, cites)
    return part(*told, chart, table, *notes)


def span_of(inquiry: Inquiry) -> tuple[int, int]:
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
    from multivector.measures.clubs import latest_year
    from multivector.study.options import last_year as newest

    chosen = inquiry.table("memberships")
    return (None if chosen is None else latest_year(chosen.frame)) or newest()


def _refused(inquiry: Inquiry, why: str) -> Part:
    inquiry.miss(say("The Multi-Vector Index of {state}", state=inquiry.name), why)
    text = say("The Multi-Vector Index is not given: {why}.", why=why)
    return part(Sentence(text))


def cites_of(answer: Answer, when: str) -> tuple[Cite, ...]:
    """Return the run and the data sets behind it; the many releases of seats stand with the run."""
    return (answer.cite, *answer.cites(when, without=("memberships", "organisations")))


def _named(domains: list[str]) -> str:
    return listing(domain_names(domains))


def domain_names(domains: list[str]) -> list[str]:
    """Return the names of domains."""
    return [say(_DOMAINS[d][0]) if d in _DOMAINS else d for d in domains]


def _sentence(part: str) -> str:
    return f"{sentence_case(_note(part))}."


def _noted(row: dict[str, Any]) -> str:
    return "; ".join(_note(part) for part in str(row["note"] or "").split("; ") if part)


def _note(part: str) -> str:
    """Return a note of the measure as it is spoken."""
    for pattern, message in _NOTES:
        found = re.fullmatch(pattern, part)
        if found:
            return say(
                message, **{key: _value(key, text) for key, text in found.groupdict().items()}
            )
    return part


def _value(key: str, text: str) -> str:
    if key in ("domain", "domains"):
        parts = text.split(", ")
        return ", ".join(say(_DOMAINS[p][0]) if p in _DOMAINS else p for p in parts)
    if key == "poles":
        return listing([label(part) for part in text.split(", ")])
    if key in ("state", "other", "pole", "whole"):
        return label(text)
    return localised(text) if key in ("share", "most") else text


def _told(
    inquiry: Inquiry, row: dict[str, Any], domains: list[str], cites: tuple[Cite, ...]
) -> tuple[Sentence, ...]:
    text = say(
        "Multi-Vector Index of {state}, {first} to {last}: {value} (90% interval {low} to {high}), "
        "where 0 is one vector and 1 the most these poles allow; {vectors} effective vectors of at "
        "most {most}. It rests on {domains} alone.",
        state=inquiry.name,
        first=row["start"],
        last=row["end"],
        value=number(row["value"], 2),
        low=number(row["low"], 2),
        high=number(row["high"], 2),
        vectors=number(row["effective_vectors"], 3),
        most=number(row["ceiling"], 3),
        domains=_named(domains),
    )
    second = say(
        "Largest share: {pole}, {share} over these domains.",
        pole=_names(inquiry).get(row["dominant"], row["dominant"]),
        share=percent(row["dominance"]),
    )
    return Sentence(text, cites), Sentence(f"{second} {_label(inquiry, row)}", cites)


def _label(inquiry: Inquiry, row: dict[str, Any]) -> str:
    """Return the label in words, or why there is none."""
    label, note = row["label"], str(row["note"] or "")
    if label is None:
        reasons = [n for n in note.split("; ") if n.startswith(("no label", "no rivalry"))]
        return _sentence(reasons[0]) if reasons else say("No label is given.")
    if label == "multi-vector":
        return say("The interval lies above one half: multi-vector.")
    if label == "undecided":
        return say("The interval lies across one half: undecided.")
    name = _names(inquiry).get(row["dominant"], row["dominant"])
    return say("The interval lies below one half: it leans to {pole}.", pole=name)


def _names(inquiry: Inquiry) -> dict[str, str]:
    return {pole.pole: pole.name for pole in inquiry.poles}


def _shares(
    inquiry: Inquiry,
    row: dict[str, Any],
    shares: pl.DataFrame,
    domains: list[str],
    cites: tuple[Cite, ...],
) -> Table:
    found = {(r["domain"], r["pole"]): r for r in shares.iter_rows(named=True)}
    rows = []
    for pole in inquiry.poles:
        cells: dict[str, Scalar] = {"pole": pole.name, "code": pole.pole}
        for domain in (*domains, _ALL):
            cells[domain] = found[domain, pole.pole]["value"]
        whole = found[_ALL, pole.pole]
        cells |= {"low": whole["low"], "high": whole["high"], "interval": _interval(whole)}
        rows.append(Row(cells, cites))
    columns = (
        Column("pole", say("Pole")),
        *(
            Column(domain, say(_DOMAINS[domain][1]) if domain in _DOMAINS else domain, "share")
            for domain in domains
        ),
        Column(_ALL, say("All"), "share"),
        Column("interval", say("90% interval")),
    )
    caption = say(
        "Shares of the poles by domain, {first} to {last}", first=row["start"], last=row["end"]
    )
    note = say(
        "Votes: weights from roll calls on which the poles split. Trade: exports and imports. "
        "Institutions: seats beside the pole, by level and depth. All: the domains counted alike; "
        "the interval also lets their weights vary."
    )
    return Table("vector-shares", caption, columns, tuple(rows), note)


def _interval(found: dict[str, Any]) -> str | None:
    return None if found["low"] is None else interval(found["low"], found["high"])


def _compass(
    inquiry: Inquiry,
    row: dict[str, Any],
    answer: Answer,
    domains: list[str],
    cites: tuple[Cite, ...],
) -> Chart:
    shares = {(r["domain"], r["pole"]): r for r in answer.frames["shares"].iter_rows(named=True)}
    weights = dict(answer.frames["domains"].select("domain", "weight").iter_rows())
    poles = [
        {
            "key": pole.pole,
            "label": pole.name,
            **{key: shares[_ALL, pole.pole][key] for key in ("value", "low", "high")},
            "bands": [(shares[d, pole.pole]["value"] or 0.0) * weights[d] for d in domains],
        }
        for pole in inquiry.poles
    ]
    told = [
        f"{pole['label']} {percent(pole['value'])}"
        + (f" ({_interval(pole)})" if pole["low"] is not None else "")
        for pole in poles
        if pole["value"] is not None
    ]
    text = say(
        "Shares of the poles in {domains}, {first} to {last}, with 90% intervals: {shares}.",
        domains=_named(domains),
        first=row["start"],
        last=row["end"],
        shares=listing(told),
    )
    named = domain_names(domains)
    data = {"from": row["start"], "to": row["end"], "domains": named, "poles": poles}
    title = say(
        "Compass: shares of the poles, {first} to {last}", first=row["start"], last=row["end"]
    )
    return Chart("compass", "compass", title, text, data, cites)

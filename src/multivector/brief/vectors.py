"""Vectors: over how many distinct poles the state spreads itself, never without the interval."""

from __future__ import annotations

from typing import Any

import polars as pl

from multivector import sources
from multivector.brief.content import Chart, Cite, Column, Row, Scalar, Section, Sentence, Table
from multivector.brief.inquiry import Answer, Inquiry
from multivector.brief.votes import last_year
from multivector.brief.wording import listing, number, percent
from multivector.errors import BadValue

_ID, _TITLE = "vectors", "Vectors"
_WINDOW = 5
_DRAWS = 200
_STALE = 12
_ALL = "all"


def vectors(inquiry: Inquiry) -> Section:
    """Return the section on the Multi-Vector Index."""
    span = _span(inquiry)
    try:
        answer = inquiry.compute(
            "multivector_index",
            state=inquiry.state,
            poles=inquiry.pole_codes,
            years=span,
            draws=_DRAWS,
        )
    except BadValue as error:
        return _refused(inquiry, str(error).partition(";")[0])
    if answer is None or answer.frame.is_empty():
        return _refused(inquiry, "neither votes, trade nor seats with these poles are at hand")
    row = answer.frame.row(-1, named=True)
    shares = answer.frames["shares"]
    if row["value"] is None or shares.is_empty():
        return _refused(inquiry, row["note"] or "the poles' distances are not known")
    cites = _cites(answer, row)
    domains = str(row["domains"]).split(";")
    if row["low"] is None:
        return _refused(inquiry, f"{listing(domains)} alone give no interval")
    table = _shares(inquiry, row, shares, domains, cites)
    chart = _compass(inquiry, row, answer, domains, cites)
    notes = tuple(_sentence(part) for part in str(row["note"] or "").split("; ") if part)
    return Section(_ID, _TITLE, _told(inquiry, row, domains, cites), (chart,), (table,), notes)


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
    from multivector.measures.clubs import latest_year
    from multivector.options import last_year as newest

    chosen = inquiry.table("memberships")
    return (None if chosen is None else latest_year(chosen.frame)) or newest()


def _refused(inquiry: Inquiry, why: str) -> Section:
    inquiry.miss(f"The Multi-Vector Index of {inquiry.name}", why)
    return Section(_ID, _TITLE, (Sentence(f"The Multi-Vector Index is not given: {why}."),))


def _cites(answer: Answer, row: dict[str, Any]) -> tuple[Cite, ...]:
    named = set(sources.names())
    used = [source for source in answer.sources if source.split("@")[0] in named]
    return (answer.cite, *answer.cites(f"{row['start']}/{row['end']}", among=used or ("-",)))


def _sentence(part: str) -> str:
    return f"{part[:1].upper()}{part[1:]}."


def _told(
    inquiry: Inquiry, row: dict[str, Any], domains: list[str], cites: tuple[Cite, ...]
) -> tuple[Sentence, ...]:
    interval = f"90% interval {number(row['low'], 2)} to {number(row['high'], 2)}"
    text = (
        f"Multi-Vector Index of {inquiry.name}, {row['start']} to {row['end']}: "
        f"{number(row['value'], 2)} ({interval}), where 0 is one vector and 1 the most these poles "
        f"allow; {number(row['effective_vectors'], 3)} effective vectors of at most "
        f"{number(row['ceiling'], 3)}. It rests on {listing(domains)} alone."
    )
    name = _names(inquiry).get(row["dominant"], row["dominant"])
    second = f"Largest share: {name}, {percent(row['dominance'])} over these domains. "
    return Sentence(text, cites), Sentence(second + _label(inquiry, row), cites)


def _label(inquiry: Inquiry, row: dict[str, Any]) -> str:
    """Return the label in words, or why there is none."""
    label, note = row["label"], str(row["note"] or "")
    if label is None:
        reasons = [n for n in note.split("; ") if n.startswith(("no label", "no rivalry"))]
        return _sentence(reasons[0]) if reasons else "No label is given."
    if label == "multi-vector":
        return "The interval lies above one half: multi-vector."
    if label == "undecided":
        return "The interval lies across one half: undecided."
    name = _names(inquiry).get(row["dominant"], row["dominant"])
    return f"The interval lies below one half: it leans to {name}."


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
        Column("pole", "Pole"),
        *(Column(domain, domain.capitalize(), "share") for domain in domains),
        Column(_ALL, "All", "share"),
        Column("interval", "90% interval"),
    )
    caption = f"Shares of the poles by domain, {row['start']} to {row['end']}"
    note = (
        "Votes: weights from roll calls on which the poles split. Trade: exports and imports. "
        "Institutions: seats beside the pole, by level and depth. All: the domains counted alike; "
        "the interval also lets their weights vary."
    )
    return Table("vector-shares", caption, columns, tuple(rows), note)


def _interval(found: dict[str, Any]) -> str | None:
    if found["low"] is None:
        return None
    return f"{100 * found['low']:.0f}–{100 * found['high']:.0f}%"


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
    text = (
        f"Shares of the poles in {listing(domains)}, {row['start']} to {row['end']}, with 90% "
        f"intervals: {listing(told)}."
    )
    data = {"from": row["start"], "to": row["end"], "domains": domains, "poles": poles}
    title = f"Compass: shares of the poles, {row['start']} to {row['end']}"
    return Chart("compass", "compass", title, text, data, cites)

"""The timeline of a pair: agreements, visits, statuses, treaties, and organisations joined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from multivector.brief.literature import actor, acts_of, cite, grouped
from multivector.brief.shared_seats import joint_spells
from multivector.content.draft import Draft
from multivector.content.inquiry import Inquiry, Sides, club, merge
from multivector.content.model import Chart, Cite, Fact, Part, Row, Sentence, Table
from multivector.content.tables import Heads, table
from multivector.names.organisations import codes
from multivector.names.spells import last_day
from multivector.words import many, mark, say
from multivector.words.figures import dated, day, listing

__all__ = ["timeline"]

_LANES: dict[str, tuple[str, ...]] = {
    "status": ("recognition", "status_granted"),
    "agreement": ("agreement_signed", "treaty_in_force", "accession", "withdrawal"),
    "visit": ("visit", "meeting", "summit"),
    "project": (
        "programme_adopted",
        "institution_opened",
        "joint_venture_founded",
        "pipeline_or_infrastructure",
        "currency_introduced",
        "initiative_proposed",
        "exercise",
    ),
    "organisation": ("organisation_founded", "chairmanship"),
    "other": ("other", "law_or_doctrine_adopted"),
}
_NAMES = {
    "status": mark("Recognition and status"),
    "agreement": mark("Agreements and treaties"),
    "visit": mark("Visits and meetings"),
    "project": mark("Programmes, projects, exercises"),
    "organisation": mark("Organisations founded"),
    "joined": mark("Organisations joined by both"),
    "other": mark("Other acts"),
}
_OF = {kind: lane for lane, kinds in _LANES.items() for kind in kinds}
_DRAWN = 60
"""Acts a picture can hold; treaties beyond it stand in the table alone."""

_COMMAND = "multivector --study DIR data add FILE"


_ACTS = (Cite("table:acts"),)


@dataclass(frozen=True)
class _Act:
    """Something dated that both did; ``alone`` where no third state took part."""

    date: str
    lane: str
    what: str
    cites: tuple[Cite, ...]
    others: str | None = None
    type: str = ""
    alone: bool = False


def timeline(inquiry: Inquiry) -> Part:
    """Return the section on what the two did, dated."""
    sides, draft = Sides.of(inquiry), Draft()
    acts, treaties, joined = _acts(inquiry, sides), _treaties(inquiry, sides), _joined(inquiry)
    every = sorted([*acts, *treaties, *joined], key=_order)
    if not acts:
        what = say("Acts between {a} and {b}", **sides.names)
        inquiry.miss(what, say("no paper of the casebook and no event data name both"), _COMMAND)
    if not every:
        draft.write(say("No dated act between {a} and {b} is in the data at hand.", **sides.names))
        return draft.part()
    ranked = sorted(treaties, key=lambda act: act.others != "alliance")
    room = max(_DRAWN - len(acts) - len(joined), 0)
    drawn = sorted([*acts, *joined, *ranked[:room]], key=_order)
    draft.add(_counts(acts, treaties, joined), _chart(inquiry, sides, drawn, len(every)))
    draft.add(_table(every), _fact(acts))
    return draft.part()


def _order(act: _Act) -> tuple[str, str]:
    return act.date, act.what


# --- what there is


def _until(inquiry: Inquiry, frame: pl.DataFrame) -> pl.DataFrame:
    if inquiry.year is None:
        return frame
    return frame.filter(pl.col("date").str.slice(0, 4) <= str(inquiry.year))


def _acts(inquiry: Inquiry, sides: Sides) -> list[_Act]:
    """Return the dated acts that name both, those told several times once."""
    found = acts_of(inquiry)
    if found is None:
        return []
    kept = found.filter(pl.col("date").is_not_null() & pl.col("type").is_in(list(_OF)))
    rows = _until(inquiry, kept).iter_rows(named=True)
    return [_act(sides, group) for group in grouped(rows, "event")]


def _act(sides: Sides, group: list[dict[str, Any]]) -> _Act:
    first = min(group, key=lambda row: (row["duplicate_of"] is not None, row["event"]))
    actors = dict.fromkeys(a for row in group for a in row["actors"].split(";"))
    others = [a for a in actors if a not in (sides.a, sides.b)]
    return _Act(
        first["date"],
        _OF[first["type"]],
        first["title"] or first["type"].replace("_", " "),
        merge(map(cite, group)),
        listing([actor(a) for a in others], 6),
        first["type"],
        not [a for a in others if not a.startswith("person:") and a not in codes()],
    )


def _treaties(inquiry: Inquiry, sides: Sides) -> list[_Act]:
    """Return the treaties of the installed lists to which both are parties."""
    chosen = inquiry.table("treaties")
    theirs = inquiry.table("treaties", of=sides.b)
    if chosen is None or theirs is None:
        return []
    date = pl.coalesce("signed", "start")
    one, other = (
        held.frame.filter((pl.col("state") == state) & date.is_not_null())
        for held, state in ((chosen, sides.a), (theirs, sides.b))
    )
    key = ["treaty", "source"]
    shared = one.join(other.select(*key, "start").unique(key), on=key, suffix="_b")
    shared = shared.with_columns(date=pl.max_horizontal("start", "start_b").fill_null(date))
    rows = _until(inquiry, shared).sort("date", "treaty")
    return [
        _Act(
            row["date"],
            "agreement",
            row["name"],
            (Cite(row["source"], row["locator"], row["signed"] or row["date"]),),
            row["field"],
        )
        for row in rows.unique(key, keep="first", maintain_order=True).iter_rows(named=True)
    ]


def _joined(inquiry: Inquiry) -> list[_Act]:
    """Return since when both were full members of an organisation."""
    first: dict[str, _Act] = {}
    for joint in joint_spells(inquiry):
        if joint.full and joint.start is not None and joint.organisation not in first:
            what = say("Both in {club}", club=club(joint.organisation))
            first[joint.organisation] = _Act(joint.start, "joined", what, joint.cites)
    return list(first.values())


# --- how it is said


def _counts(acts: list[_Act], treaties: list[_Act], joined: list[_Act]) -> list[Sentence]:
    said: list[Sentence] = []
    if acts:
        own = [act for act in acts if act.alone]
        text = many(
            len(acts),
            "{n} dated act names both, {first} to {last}; {own} between the two alone.",
            "{n} dated acts name both, {first} to {last}; {own} between the two alone.",
            first=acts[0].date[:4],
            last=acts[-1].date[:4],
            own=len(own),
        )
        said += [Sentence(text, _ACTS), *_ends(own)]
    if treaties:
        text = many(
            len(treaties),
            "Both are or were parties to {n} treaty of the installed lists.",
            "Both are or were parties to {n} treaties of the installed lists.",
        )
        said.append(Sentence(text, merge(c for act in treaties for c in act.cites)))
    if joined:
        text = many(
            len(joined),
            "Both became full members of {n} organisation with known dates.",
            "Both became full members of {n} organisations with known dates.",
        )
        said.append(Sentence(text, _ACTS))
    return said


def _ends(own: list[_Act]) -> list[Sentence]:
    """Return the first act between the two alone, and the latest status the papers name."""
    said = []
    if own:
        first = min(own, key=lambda act: last_day(act.date.partition("/")[0]))
        said.append(
            Sentence(say("Earliest: {act}.", act=dated(first.what, first.date)), first.cites)
        )
    latest = _status(own)
    if latest is not None:
        text = say("Latest status named: {act}.", act=dated(latest.what, latest.date))
        said.append(Sentence(text, latest.cites))
    return said


def _status(acts: Sequence[_Act]) -> _Act | None:
    granted = [act for act in acts if act.alone and act.type == "status_granted"]
    return granted[-1] if granted else None


def _fact(acts: list[_Act]) -> Fact | None:
    latest = _status(acts)
    if latest is None:
        return None
    return Fact(say("Latest status named"), latest.what, day(latest.date), latest.cites)


def _chart(inquiry: Inquiry, sides: Sides, acts: list[_Act], every: int) -> Chart:
    lanes = {lane: [act for act in acts if act.lane == lane] for lane in _NAMES}
    used = {lane: own for lane, own in lanes.items() if own}
    years = [int(act.date[:4]) for act in acts]
    text = say(
        "Dated acts of {a} and {b}, {first} to {last}, by kind: {counts}.",
        **sides.names,
        first=min(years),
        last=max(years),
        counts="; ".join(f"{say(_NAMES[lane])}: {len(own)}" for lane, own in used.items()),
    )
    left = every - len(acts)
    if left:
        text += " " + many(
            left, "{n} more treaty is in the table.", "{n} more treaties are in the table."
        )
    data = {
        "from": min(years),
        "to": inquiry.year or max(years),
        "lanes": [{"key": lane, "label": say(_NAMES[lane])} for lane in used],
        "events": [_event(act) for act in acts],
    }
    title = say("What the two did, by kind and date")
    return Chart("pair-events", "events", title, text, data, _ACTS)


def _event(act: _Act) -> dict[str, Any]:
    source = act.cites[0]
    return {
        "date": act.date,
        "end": act.date.partition("/")[2] or None,
        "lane": act.lane,
        "label": act.what,
        "cite": f"{source.source}, {source.locator}" if source.locator else source.source,
    }


def _table(acts: list[_Act]) -> Table:
    heads: Heads = {
        "date": (say("Date"), "date"),
        "what": say("What"),
        "kind": say("Kind"),
        "others": say("With, or field"),
    }
    rows = []
    for act in acts:
        cells = {"date": act.date, "what": act.what, "kind": say(_NAMES[act.lane])}
        rows.append(Row({**cells, "others": act.others}, act.cites))
    note = say(
        "Acts as the papers state them, the same act in several passages once; statements and "
        "undated acts are under Evidence. A treaty is dated when both were bound. Words of the "
        "papers and lists are not translated."
    )
    return table("acts", say("Dated acts of the two"), heads, rows, note, folded=True)

"""The timeline of a pair: agreements, visits, statuses, treaties, and organisations joined."""

from __future__ import annotations

from typing import Any

import polars as pl

from multivector.brief.shared_seats import joint_spells
from multivector.content.draft import part
from multivector.content.inquiry import Inquiry, Sides, club, label, merge
from multivector.content.model import Chart, Cite, Column, Fact, Part, Row, Scalar, Sentence, Table
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


def timeline(inquiry: Inquiry) -> Part:
    """Return the section on what the two did, dated."""
    sides = Sides.of(inquiry)
    acts = _acts(inquiry, sides)
    treaties = _treaties(inquiry, sides)
    joined = _joined(inquiry)
    rows = sorted([*acts, *treaties, *joined], key=_order)
    if not acts:
        what = say("Acts between {a} and {b}", a=sides.first, b=sides.second)
        inquiry.miss(what, say("no paper of the casebook and no event data name both"), _COMMAND)
    if not rows:
        text = say(
            "No dated act between {a} and {b} is in the data at hand.",
            a=sides.first,
            b=sides.second,
        )
        return part(Sentence(text))
    sentences = _told(acts, treaties, joined)
    facts = _facts(acts)
    ranked = sorted(treaties, key=lambda row: row.cells["others"] != "alliance")
    drawn = sorted(
        [*acts, *joined, *ranked[: max(_DRAWN - len(acts) - len(joined), 0)]], key=_order
    )
    chart = _chart(inquiry, sides, drawn, len(rows) - len(drawn))
    return part(*sentences, chart, _table(rows), *facts)


def _order(row: Row) -> tuple[str, str]:
    return str(row.cells["date"]), str(row.cells["what"])


# --- what there is


def _acts(inquiry: Inquiry, sides: Sides) -> list[Row]:
    """Return the dated acts that name both, those told several times once."""
    chosen = inquiry.table("events")
    if chosen is None:
        return []
    actors = pl.col("actors").fill_null("").str.split(";")
    found = chosen.frame.filter(
        pl.col("date").is_not_null()
        & pl.col("type").is_in(list(_OF))
        & actors.list.contains(sides.a)
        & actors.list.contains(sides.b)
    ).sort("date", "event")
    if inquiry.year is not None:
        found = found.filter(pl.col("date").str.slice(0, 4) <= str(inquiry.year))
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in found.iter_rows(named=True):
        groups.setdefault(row["duplicate_of"] or row["event"], []).append(row)
    return [_act(sides, group) for group in groups.values()]


def _act(sides: Sides, group: list[dict[str, Any]]) -> Row:
    first = min(group, key=lambda row: (row["duplicate_of"] is not None, row["event"]))
    actors = dict.fromkeys(a for row in group for a in row["actors"].split(";"))
    others = [a for a in actors if a not in (sides.a, sides.b)]
    third = [a for a in others if not a.startswith("person:") and a not in codes()]
    cells: dict[str, Scalar] = {
        "date": first["date"],
        "lane": _OF[first["type"]],
        "kind": say(_NAMES[_OF[first["type"]]]),
        "what": first["title"] or first["type"].replace("_", " "),
        "others": listing([_actor(a) for a in others], 6),
        "type": first["type"],
        "bilateral": not third,
    }
    return Row(cells, merge(_cite(row) for row in group))


def _cite(row: dict[str, Any]) -> Cite:
    by = row.get("attributed_to")
    cited = f"{row['locator']}; citing {by}" if by and by != "author" else row["locator"]
    return Cite(row["source"], cited, row["date"])


def _actor(actor: str) -> str:
    kind, separator, name = actor.partition(":")
    if separator:
        return name
    if kind in codes():
        return club(kind)
    try:
        return label(kind)
    except LookupError:
        return kind


def _treaties(inquiry: Inquiry, sides: Sides) -> list[Row]:
    """Return the treaties of the installed lists to which both are parties."""
    chosen = inquiry.table("treaties")
    theirs = inquiry.table("treaties", of=sides.b)
    if chosen is None or theirs is None:
        return []
    date = pl.coalesce("signed", "start")
    one, other = (
        chosen_.frame.filter((pl.col("state") == state) & date.is_not_null())
        for chosen_, state in ((chosen, sides.a), (theirs, sides.b))
    )
    key = ["treaty", "source"]
    shared = one.join(other.select(*key, "start").unique(key), on=key, suffix="_b")
    shared = shared.with_columns(date=pl.max_horizontal("start", "start_b").fill_null(date))
    if inquiry.year is not None:
        shared = shared.filter(pl.col("date").str.slice(0, 4) <= str(inquiry.year))
    rows = shared.sort("date", "treaty").unique(key, keep="first", maintain_order=True)
    return [
        Row(
            {
                "date": row["date"],
                "lane": "agreement",
                "kind": say(_NAMES["agreement"]),
                "what": row["name"],
                "others": row["field"],
                "type": row["kind"] or row["field"],
                "bilateral": False,
            },
            (Cite(row["source"], row["locator"], row["signed"] or row["date"]),),
        )
        for row in rows.iter_rows(named=True)
    ]


def _joined(inquiry: Inquiry) -> list[Row]:
    """Return since when both were full members of an organisation."""
    first: dict[str, Row] = {}
    for joint in joint_spells(inquiry):
        if joint.full and joint.start is not None and joint.organisation not in first:
            cells: dict[str, Scalar] = {
                "date": joint.start,
                "lane": "joined",
                "kind": say(_NAMES["joined"]),
                "what": say("Both in {club}", club=club(joint.organisation)),
                "others": None,
                "type": "joint_membership",
                "bilateral": False,
            }
            first[joint.organisation] = Row(cells, joint.cites)
    return list(first.values())


# --- how it is told


def _told(acts: list[Row], treaties: list[Row], joined: list[Row]) -> list[Sentence]:
    said: list[Sentence] = []
    if acts:
        own = [row for row in acts if row.cells["bilateral"]]
        text = many(
            len(acts),
            "{n} dated act names both, {first} to {last}; {own} between the two alone.",
            "{n} dated acts name both, {first} to {last}; {own} between the two alone.",
            first=str(acts[0].cells["date"])[:4],
            last=str(acts[-1].cells["date"])[:4],
            own=len(own),
        )
        said.append(Sentence(text, (Cite("table:acts"),)))
        said += _ends(own)
    if treaties:
        text = many(
            len(treaties),
            "Both are or were parties to {n} treaty of the installed lists.",
            "Both are or were parties to {n} treaties of the installed lists.",
        )
        said.append(Sentence(text, merge(c for row in treaties for c in row.cites)))
    if joined:
        text = many(
            len(joined),
            "Both became full members of {n} organisation with known dates.",
            "Both became full members of {n} organisations with known dates.",
        )
        said.append(Sentence(text, (Cite("table:acts"),)))
    return said


def _ends(own: list[Row]) -> list[Sentence]:
    """Return the first act between the two alone, and the latest status the papers name."""
    said = []
    if own:
        first = min(own, key=lambda row: last_day(str(row.cells["date"]).partition("/")[0]))
        what = dated(str(first.cells["what"]), str(first.cells["date"]))
        said.append(Sentence(say("Earliest: {act}.", act=what), first.cites))
    latest = _status(own)
    if latest is not None:
        what = dated(str(latest.cells["what"]), str(latest.cells["date"]))
        said.append(Sentence(say("Latest status named: {act}.", act=what), latest.cites))
    return said


def _status(own: list[Row]) -> Row | None:
    granted = [row for row in own if row.cells["type"] == "status_granted"]
    return granted[-1] if granted else None


def _facts(acts: list[Row]) -> tuple[Fact, ...]:
    latest = _status([row for row in acts if row.cells["bilateral"]])
    if latest is None:
        return ()
    when = day(str(latest.cells["date"]))
    return (Fact(say("Latest status named"), str(latest.cells["what"]), when, latest.cites),)


def _chart(inquiry: Inquiry, sides: Sides, rows: list[Row], left: int) -> Chart:
    used = [lane for lane in _NAMES if any(row.cells["lane"] == lane for row in rows)]
    events = [_event(row) for row in rows]
    years = [int(event["date"][:4]) for event in events]
    data = {
        "from": min(years),
        "to": inquiry.year or max(years),
        "lanes": [{"key": lane, "label": say(_NAMES[lane])} for lane in used],
        "events": events,
    }
    counted = "; ".join(
        f"{say(_NAMES[lane])}: {sum(row.cells['lane'] == lane for row in rows)}" for lane in used
    )
    text = say(
        "Dated acts of {a} and {b}, {first} to {last}, by kind: {counts}.",
        a=sides.first,
        b=sides.second,
        first=min(years),
        last=max(years),
        counts=counted,
    )
    if left:
        text += " " + many(
            left, "{n} more treaty is in the table.", "{n} more treaties are in the table."
        )
    title = say("What the two did, by kind and date")
    return Chart("pair-events", "events", title, text, data, (Cite("table:acts"),))


def _event(row: Row) -> dict[str, Any]:
    date, cite = str(row.cells["date"]), row.cites[0]
    return {
        "date": date,
        "end": date.partition("/")[2] or None,
        "lane": row.cells["lane"],
        "label": row.cells["what"],
        "cite": f"{cite.source}, {cite.locator}" if cite.locator else cite.source,
    }


def _table(rows: list[Row]) -> Table:
    columns = (
        Column("date", say("Date"), "date"),
        Column("what", say("What")),
        Column("kind", say("Kind")),
        Column("others", say("With, or field")),
    )
    note = say(
        "Acts as the papers state them, the same act in several passages once; statements and "
        "undated acts are under Evidence. A treaty is dated when both were bound. Words of the "
        "papers and lists are not translated."
    )
    shown = tuple(Row({c.key: row.cells[c.key] for c in columns}, row.cites) for row in rows)
    return Table("acts", say("Dated acts of the two"), columns, shown, note, folded=True)

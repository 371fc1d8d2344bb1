"""Partners: the printed lists of a state's main partners, the oldest edition against the newest.

Of a state: who is on them, how concentrated its trade is, what has moved. Of a pair: whether and
with which share each stands on the other's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from multivector.content import charts
from multivector.content.draft import part
from multivector.content.inquiry import Inquiry, Sides, label, merge
from multivector.content.model import (
    Chart,
    Cite,
    Fact,
    Part,
    Row,
    Scalar,
    Sentence,
    Statement,
    Table,
)
from multivector.content.tables import Heads, figure, known, table
from multivector.study import world
from multivector.words import localised, mark, say
from multivector.words.figures import estimated, in_percent, listing, number, percent

__all__ = ["partners", "printed_shares"]

_SOURCE = "factbook"


@dataclass(frozen=True)
class _Flow:
    """What is said of exports, and of imports."""

    key: str
    name: str
    partners: str
    not_listed: str
    largest: str
    newest: str
    title: str
    caption: str
    text: str
    spread: str
    uncounted: str
    of: str


_FLOWS = (
    _Flow(
        key="exports",
        name=mark("exports"),
        partners=mark("Main export partners of {state}"),
        not_listed=mark("No list of export partners is in the data at hand."),
        largest=mark("Exports mostly to"),
        newest=mark("Main export partners printed for {year}: {partners}."),
        title=mark("Exports: main partners"),
        caption=mark("Exports by main partner"),
        text=mark("Exports by main partner, {years}: {shares}."),
        spread=mark(
            "The exports of {year} were spread as if over {partners} of equal size ({index}); the "
            "interval is what the list leaves open."
        ),
        uncounted=mark("Listed among the export partners but not counted: {names}."),
        of=mark("Exports of {state}"),
    ),
    _Flow(
        key="imports",
        name=mark("imports"),
        partners=mark("Main import partners of {state}"),
        not_listed=mark("No list of import partners is in the data at hand."),
        largest=mark("Imports mostly from"),
        newest=mark("Main import partners printed for {year}: {partners}."),
        title=mark("Imports: main partners"),
        caption=mark("Imports by main partner"),
        text=mark("Imports by main partner, {years}: {shares}."),
        spread=mark(
            "The imports of {year} were spread as if over {partners} of equal size ({index}); the "
            "interval is what the list leaves open."
        ),
        uncounted=mark("Listed among the import partners but not counted: {names}."),
        of=mark("Imports of {state}"),
    ),
)
_REASONS = {
    "": mark("no share printed"),
    "a continent, not a state": mark("a continent, not a state"),
    "a country that was dissolved in 2010": mark("a country that was dissolved in 2010"),
}


@dataclass(frozen=True)
class _Listed:
    """The main partners of one flow in one edition: shares, year, and where they stand."""

    release: str
    year: int
    shares: dict[str, float]
    run: str
    locator: str
    estimate: bool | None

    def cite(self, run: str | None = None) -> Cite:
        """Return the citation of the list, or of a run of another measure of it."""
        return Cite(self.release, self.locator, str(self.year), self.estimate, run or self.run)

    @property
    def when(self) -> str:
        """Return the year, with est. where the source says so."""
        return estimated(self.year, self.estimate)


def _lists(inquiry: Inquiry, state: str, flow: str, releases: Iterable[str]) -> Iterator[_Listed]:
    """Yield the list of each edition that has one up to the year asked for: its newest year's."""
    for release in releases:
        answer = inquiry.compute("partner_shares", state=state, flow=flow, source=release)
        if answer is None:
            continue
        rows = inquiry.until(answer.frame.filter(pl.col("state") == state))
        rows = rows.filter(pl.col("year") == pl.col("year").max())
        if rows.height:
            rows = rows.sort(["value", "partner"], descending=[True, False])
            shares = dict(rows.select("partner", "value").iter_rows())
            where = _printed(state, flow, release)
            yield _Listed(release, rows["year"][0], shares, answer.run, *where)


def _printed(state: str, flow: str, release: str) -> tuple[str, bool | None]:
    rows = _in_print(state, flow).filter(pl.col("source") == release)
    if rows.is_empty():
        return f"{flow} - partners", None
    return rows["locator"][0], bool((rows["estimate"] == "true").any())


def _in_print(state: str, flow: str) -> pl.DataFrame:
    return world.read("factbook_partners.tsv").filter(
        (pl.col("state") == state) & (pl.col("direction") == flow) & pl.col("part").is_null()
    )


# --- a state's partners


def partners(inquiry: Inquiry, *, headline: bool = True) -> Part:
    """Return what the lists of a state's main partners say, and perhaps the headline's facts.

    A list of five is no headline where the trade with all partners is at hand.
    """
    releases, parts, measured = inquiry.sources_of("flows", _SOURCE), list[Part](), list[Row]()
    for flow in _FLOWS:
        lists = list(_lists(inquiry, inquiry.state, flow.key, releases))
        if not lists:
            parts.append(part(_none(inquiry, flow)))
            continue
        lists = lists if len(lists) < 2 else [lists[0], lists[-1]]
        partner, share = next(iter(lists[-1].shares.items()))
        when = f"{percent(share)}, {lists[-1].when}"
        fact = Fact(say(flow.largest), label(partner), when, (lists[-1].cite(),))
        said = (*_newest(flow, lists), *_concentration(inquiry, flow, lists, measured))
        drawn = (_dumbbell(flow, lists), _partner_table(flow, lists))
        parts.append(part(fact if headline else None, *said, *drawn, _not_states(inquiry, flow)))
    return part(*parts, _measured_table(measured) if measured else None)


def _none(inquiry: Inquiry, flow: _Flow) -> Sentence:
    why = say("the embedded editions of the World Factbook list none")
    if inquiry.year is not None:
        why = say(
            "the embedded editions of the World Factbook list none up to {year}", year=inquiry.year
        )
    inquiry.miss(say(flow.partners, state=inquiry.name), why)
    return Sentence(say(flow.not_listed))


def _newest(flow: _Flow, lists: list[_Listed]) -> list[Sentence]:
    oldest, newest = lists[0], lists[-1]
    top = [f"{label(p)} ({percent(s)})" for p, s in list(newest.shares.items())[:5]]
    text = say(flow.newest, year=newest.when, partners=listing(top))
    cites = (newest.cite(),)
    among = f"partners:{len(newest.shares)}"
    stated = Statement.of("rank", cites, n=len(top), years=(newest.year,), among=among)
    said = [Sentence(text, cites, stated)]
    moved = _moves(oldest, newest) if oldest.year < newest.year else []
    if moved:
        text = say(
            "From {first} to {last}: {changes}.",
            first=oldest.when,
            last=newest.when,
            changes="; ".join(moved),
        )
        both = (oldest.cite(), newest.cite())
        years = (oldest.year, newest.year)
        said.append(Sentence(text, both, Statement.of("change", both, years=years)))
    return said


def _moves(before: _Listed, after: _Listed) -> list[str]:
    both = [p for p in after.shares if p in before.shares]
    both.sort(key=lambda p: (-abs(after.shares[p] - before.shares[p]), p))
    moves = []
    for partner in both[:3]:
        was, now = before.shares[partner], after.shares[partner]
        moved = {"partner": label(partner), "before": percent(was), "after": percent(now)}
        if now > was:
            moves.append(say("{partner} rose from {before} to {after}", **moved))
        elif now < was:
            moves.append(say("{partner} fell from {before} to {after}", **moved))
        else:
            moves.append(say("{partner} stayed from {before} to {after}", **moved))
    new = [label(p) for p in after.shares if p not in before.shares]
    gone = [label(p) for p in before.shares if p not in after.shares]
    if new:
        moves.append(say("new on the list {partners}", partners=listing(new, 3)))
    if gone:
        left = say(
            "no more among those printed, which does not say how far they fell, {partners}",
            partners=listing(gone, 3),
        )
        moves.append(left)
    return moves


def _order(lists: list[_Listed]) -> list[str]:
    newest, oldest = lists[-1].shares, lists[0].shares
    return sorted({*newest, *oldest}, key=lambda p: (-newest.get(p, -1.0), -oldest.get(p, -1.0), p))


def _dumbbell(flow: _Flow, lists: list[_Listed]) -> Chart:
    rows, spoken = [], []
    for partner in _order(lists):
        shares = [listed.shares.get(partner) for listed in lists]
        words = [say("not listed") if s is None else percent(s) for s in shares]
        spoken.append(f"{label(partner)} {' → '.join(words)}")
        first = shares[0] if len(lists) > 1 else None
        rows.append((partner, label(partner), first, shares[-1]))
    years = " → ".join(listed.when for listed in lists)
    labels = (lists[0].when if len(lists) > 1 else None, lists[-1].when)
    text = say(flow.text, years=years, shares="; ".join(spoken))
    cites = merge(listed.cite() for listed in lists)
    return charts.dumbbell(f"{flow.key}-partners", say(flow.title), text, labels, rows, cites)


def _partner_table(flow: _Flow, lists: list[_Listed]) -> Table:
    keys = ("earlier", "newest")[-len(lists) :]
    columns: Heads = {"partner": say("Partner"), "code": say("Code")}
    columns |= {key: (listed.when, "share") for key, listed in zip(keys, lists, strict=True)}
    rows = []
    for partner in _order(lists):
        cells: dict[str, Scalar] = {"partner": label(partner), "code": partner}
        cells |= {key: x.shares.get(partner) for key, x in zip(keys, lists, strict=True)}
        rows.append(Row(cells, merge(x.cite() for x in lists if partner in x.shares)))
    note = say(
        "Share of total value, as printed; an empty cell means not among the partners listed."
    )
    return table(f"{flow.key}-partners", say(flow.caption), columns, rows, note, folded=True)


def _concentration(
    inquiry: Inquiry, flow: _Flow, lists: list[_Listed], measured: list[Row]
) -> Iterator[Sentence]:
    """Add how concentrated each list is to what is measured, and yield it of the newest."""
    for listed in lists:
        asked = {"state": inquiry.state, "flow": flow.key, "source": listed.release}
        found: list[dict[str, Any]] = []
        for measure in ("concentration", "effective_partners", "dominance"):
            answer = inquiry.compute(measure, **asked)
            if answer is not None:
                rows = answer.frame.filter(pl.col("year") == listed.year)
                rows = rows.filter(pl.col("value").is_not_null() & pl.col("low").is_not_null())
                found += [{**row, "run": answer.run} for row in rows.head(1).to_dicts()]
        if len(found) < 3:
            continue
        hhi, effective, dominance = found
        cells = {
            "flow": say(flow.name),
            "year": listed.when,
            "hhi_low": hhi["low"],
            "hhi_high": hhi["high"],
            "effective_low": effective["low"],
            "effective_high": effective["high"],
            "dominance": dominance["value"],
            "leader": label(next(iter(listed.shares))),
            "n": hhi["n"],
        }
        measured.append(Row(cells, merge(listed.cite(row["run"]) for row in found)))
        if listed is lists[-1]:
            yield _spread(flow, measured[-1])


def _spread(flow: _Flow, row: Row) -> Sentence:
    low, high = (number(figure(row, f"effective_{end}"), 2) for end in ("low", "high"))
    partners = say("{n} partners", n=low)
    if low != high:
        partners = say("{low} to {high} partners", low=low, high=high)
    low, high = (number(figure(row, f"hhi_{end}"), 2) for end in ("low", "high"))
    index = say("HHI {value}", value=low)
    if low != high:
        index = say("HHI {low} to {high}", low=low, high=high)
    text = say(flow.spread, year=row.cells["year"], partners=partners, index=index)
    n = int(figure(row, "n"))
    return Sentence(text, row.cites, Statement.of("bound", row.cites, n=n, among=f"partners:{n}"))


def _measured_table(rows: list[Row]) -> Table:
    columns: Heads = {
        "flow": say("Flow"),
        "year": (say("Year"), "date"),
        "hhi_low": (say("HHI, at least"), "number"),
        "hhi_high": (say("HHI, at most"), "number"),
        "effective_low": (say("Effective partners, at least"), "number"),
        "effective_high": (say("Effective partners, at most"), "number"),
        "dominance": (say("Largest partner's share"), "share"),
        "leader": say("Largest partner"),
        "n": (say("Partners listed"), "integer"),
    }
    note = say(
        "HHI: sum of squared shares, 0 to 1. Effective partners: 1/HHI. The bounds say what the "
        "partners not listed could change."
    )
    return table("concentration", say("Concentration of trade"), columns, rows, note)


def _not_states(inquiry: Inquiry, flow: _Flow) -> str | None:
    """Return a note on what is printed among the partners without being a state with a share."""
    rows = _in_print(inquiry.state, flow.key)
    rows = rows.filter(pl.col("partner").is_null() | pl.col("share").is_null())
    rows = inquiry.until(rows.with_columns(pl.col("year").cast(pl.Int64)))
    names = [
        f"{row['name']} {in_percent(localised(row['share'])) if row['share'] else ''}".strip()
        + f" ({row['year']}, {say(_REASONS.get(row['reason'] or '', row['reason']))})"
        for row in rows.sort("edition", "rank").iter_rows(named=True)
    ]
    return say(flow.uncounted, names="; ".join(names)) if names else None


# --- one of two on the lists of the other


def printed_shares(inquiry: Inquiry, sides: Sides) -> Part | None:
    """Return the other's share in the newest printed lists of main partners, where it is named."""
    releases = list(reversed(inquiry.sources_of("flows", _SOURCE)))
    rows: list[Row] = []
    for state, name, partner, other in sides.ways:
        for flow in _FLOWS:
            newest = next(_lists(inquiry, state, flow.key, releases), None)
            if newest is not None:
                cells: dict[str, Scalar] = {"what": say(flow.of, state=name), "partner": other}
                cells |= {"value": newest.shares.get(partner), "year": str(newest.year)}
                place = f"{flow.key} - partners"
                cite = Cite(newest.release, place, str(newest.year), None, newest.run)
                rows.append(Row(cells, (cite,)))
    if not rows:
        return None
    columns: Heads = {
        "what": say("Total"),
        "partner": say("Partner"),
        "value": (say("Share"), "share"),
        "year": say("Year"),
    }
    note = say(
        "As printed in lists of main partners; an empty share means that the list does not name "
        "the partner, not zero."
    )
    shares = "; ".join(
        f"{row.cells['what']}: {percent(figure(row, 'value'))} ({row.cells['year']})"
        for row in known(rows, "value")
    )
    text = say("Newest printed lists, share of the other: {shares}.", shares=shares)
    if not shares:
        text = say("Neither names the other in the newest printed lists of main partners.")
    caption = say("The other in printed lists of main partners")
    made = table("printed", caption, columns, rows, note)
    return part(Sentence(text, merge(cite for row in rows for cite in row.cites)), made)

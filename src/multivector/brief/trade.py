"""Trade: main partners, how concentrated, the first edition against the newest, and the series."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from multivector.content.draft import part
from multivector.content.inquiry import Answer, Inquiry, in_money, label, merge
from multivector.content.model import Chart, Cite, Column, Fact, Part, Row, Scalar, Sentence, Table
from multivector.study import world
from multivector.words import localised, mark, say
from multivector.words.figures import estimated, in_percent, listing, number, percent

_SOURCE = "factbook"
_POINT = ("x", "y", "low", "high")


@dataclass(frozen=True)
class _Flow:
    """What is said of exports, and of imports."""

    key: str
    name: str
    partners: str
    not_listed: str
    largest: str
    told: str
    title: str
    caption: str
    text: str
    spread: str
    uncounted: str


_EXPORTS = _Flow(
    key="exports",
    name=mark("exports"),
    partners=mark("Main export partners of {state}"),
    not_listed=mark("No list of export partners is in the data at hand."),
    largest=mark("Exports mostly to"),
    told=mark("In {year}, exports went to {partners} most."),
    title=mark("Exports: main partners"),
    caption=mark("Exports by main partner"),
    text=mark("Exports by main partner, {years}: {shares}."),
    spread=mark(
        "The exports of {year} were spread as if over {partners} of equal size ({index}); the "
        "interval is what the list leaves open."
    ),
    uncounted=mark("Listed among the export partners but not counted: {names}."),
)
_IMPORTS = _Flow(
    key="imports",
    name=mark("imports"),
    partners=mark("Main import partners of {state}"),
    not_listed=mark("No list of import partners is in the data at hand."),
    largest=mark("Imports mostly from"),
    told=mark("In {year}, imports came from {partners} most."),
    title=mark("Imports: main partners"),
    caption=mark("Imports by main partner"),
    text=mark("Imports by main partner, {years}: {shares}."),
    spread=mark(
        "The imports of {year} were spread as if over {partners} of equal size ({index}); the "
        "interval is what the list leaves open."
    ),
    uncounted=mark("Listed among the import partners but not counted: {names}."),
)
_REASONS = {
    "": mark("no share printed"),
    "a continent, not a state": mark("a continent, not a state"),
    "a country that was dissolved in 2010": mark("a country that was dissolved in 2010"),
}


@dataclass(frozen=True)
class Listed:
    """The main partners of one flow in one edition: shares, year, and where they stand."""

    release: str
    year: int
    estimate: bool | None
    shares: dict[str, float]
    locator: str
    run: str

    @property
    def cite(self) -> Cite:
        """Return the citation of the list."""
        return Cite(self.release, self.locator, str(self.year), self.estimate, self.run)

    @property
    def when(self) -> str:
        """Return the year, with est. where the source says so."""
        return estimated(self.year, self.estimate)


def trade(inquiry: Inquiry) -> Part:
    """Return the trade section and the headline's facts."""
    sentences: list[Sentence] = []
    charts: list[Chart] = []
    tables: list[Table] = []
    notes: list[str] = []
    facts: list[Fact] = []
    measured: list[Row] = []
    for flow in (_EXPORTS, _IMPORTS):
        lists = _lists(inquiry, flow.key)
        if not lists:
            sentences.append(_none(inquiry, flow))
            continue
        facts.append(_largest(lists[-1], flow))
        sentences += _told(flow, lists)
        charts.append(_dumbbell(flow, lists))
        tables.append(_partners(flow, lists))
        rows, said = _concentration(inquiry, flow, lists)
        measured += rows
        sentences += said
        notes += _not_states(inquiry, flow)
    if measured:
        tables.append(_measured_table(measured))
    series = _series(inquiry)
    if series is not None:
        sentences.append(series[0])
        charts.append(series[1])
    return part(*sentences, *charts, *tables, *notes, *facts)


def _none(inquiry: Inquiry, flow: _Flow) -> Sentence:
    why = say("the embedded editions of the World Factbook list none")
    if inquiry.year is not None:
        why = say(
            "the embedded editions of the World Factbook list none up to {year}", year=inquiry.year
        )
    inquiry.miss(say(flow.partners, state=inquiry.name), why)
    return Sentence(say(flow.not_listed))


def _lists(inquiry: Inquiry, flow: str) -> list[Listed]:
    """Return the oldest and the newest edition's list up to the year asked for."""
    found: list[Listed] = []
    for release in inquiry.sources_of("flows", _SOURCE):
        answer = inquiry.compute("partner_shares", state=inquiry.state, flow=flow, source=release)
        if answer is None:
            continue
        rows = inquiry.until(answer.frame.filter(pl.col("state") == inquiry.state))
        if rows.is_empty():
            continue
        year = int(str(rows["year"].max()))
        rows = rows.filter(pl.col("year") == year).sort(
            ["value", "partner"], descending=[True, False]
        )
        shares = dict(rows.select("partner", "value").iter_rows())
        locator, estimate = _printed(inquiry.state, flow, release)
        found.append(Listed(release, year, estimate, shares, locator, answer.run))
    return found if len(found) < 2 else [found[0], found[-1]]


def _printed(state: str, flow: str, release: str) -> tuple[str, bool | None]:
    rows = world.read("factbook_partners.tsv").filter(
        (pl.col("state") == state)
        & (pl.col("direction") == flow)
        & (pl.col("source") == release)
        & pl.col("part").is_null()
    )
    if rows.is_empty():
        return f"{flow} - partners", None
    return rows["locator"][0], bool((rows["estimate"] == "true").any())


def _largest(listed: Listed, flow: _Flow) -> Fact:
    partner, share = next(iter(listed.shares.items()))
    when = f"{percent(share)}, {listed.when}"
    return Fact(say(flow.largest), label(partner), when, (listed.cite,))


def _told(flow: _Flow, lists: list[Listed]) -> list[Sentence]:
    newest = lists[-1]
    top = [f"{label(p)} ({percent(s)})" for p, s in list(newest.shares.items())[:5]]
    text = say(flow.told, year=newest.when, partners=listing(top))
    said = [Sentence(text, (newest.cite,))]
    if len(lists) > 1 and lists[0].year < newest.year:
        moved = _moves(lists[0], newest)
        if moved:
            text = say(
                "From {first} to {last}: {changes}.",
                first=lists[0].when,
                last=newest.when,
                changes="; ".join(moved),
            )
            said.append(Sentence(text, (lists[0].cite, newest.cite)))
    return said


def _moves(before: Listed, after: Listed) -> list[str]:
    both = [p for p in after.shares if p in before.shares]
    both.sort(key=lambda p: (-abs(after.shares[p] - before.shares[p]), p))
    told = []
    for partner in both[:3]:
        was, now = before.shares[partner], after.shares[partner]
        moved = {"partner": label(partner), "before": percent(was), "after": percent(now)}
        if now > was:
            told.append(say("{partner} rose from {before} to {after}", **moved))
        elif now < was:
            told.append(say("{partner} fell from {before} to {after}", **moved))
        else:
            told.append(say("{partner} stayed from {before} to {after}", **moved))
    new = [label(p) for p in after.shares if p not in before.shares]
    gone = [label(p) for p in before.shares if p not in after.shares]
    if new:
        told.append(say("new on the list {partners}", partners=listing(new, 3)))
    if gone:
        told.append(say("no longer listed {partners}", partners=listing(gone, 3)))
    return told


def _order(lists: list[Listed]) -> list[str]:
    newest, oldest = lists[-1].shares, lists[0].shares
    return sorted({*newest, *oldest}, key=lambda p: (-newest.get(p, -1.0), -oldest.get(p, -1.0), p))


def _dumbbell(flow: _Flow, lists: list[Listed]) -> Chart:
    two = len(lists) > 1
    rows = [
        {
            "key": partner,
            "label": label(partner),
            "from": lists[0].shares.get(partner) if two else None,
            "to": lists[-1].shares.get(partner),
        }
        for partner in _order(lists)
    ]
    words = "; ".join(
        f"{row['label']} "
        + " → ".join(
            say("not listed") if row[k] is None else percent(float(str(row[k])))
            for k in (("from", "to") if two else ("to",))
        )
        for row in rows
    )
    span = f"{lists[0].when} → {lists[-1].when}" if two else lists[-1].when
    data = {
        "from_label": lists[0].when if two else None,
        "to_label": lists[-1].when,
        "rows": rows,
    }
    text = say(flow.text, years=span, shares=words)
    cites = merge(listed.cite for listed in lists)
    return Chart(f"{flow.key}-partners", "dumbbell", say(flow.title), text, data, cites)


def _partners(flow: _Flow, lists: list[Listed]) -> Table:
    two = len(lists) > 1
    columns = [Column("partner", say("Partner")), Column("code", say("Code"))]
    if two:
        columns.append(Column("earlier", lists[0].when, "share"))
    columns.append(Column("newest", lists[-1].when, "share"))
    rows = []
    for partner in _order(lists):
        cells: dict[str, Scalar] = {"partner": label(partner), "code": partner}
        if two:
            cells["earlier"] = lists[0].shares.get(partner)
        cells["newest"] = lists[-1].shares.get(partner)
        rows.append(Row(cells, merge(x.cite for x in lists if partner in x.shares)))
    note = say(
        "Share of total value, as printed; an empty cell means not among the partners listed."
    )
    caption = say(flow.caption)
    return Table(f"{flow.key}-partners", caption, tuple(columns), tuple(rows), note, folded=True)


def _concentration(
    inquiry: Inquiry, flow: _Flow, lists: list[Listed]
) -> tuple[list[Row], list[Sentence]]:
    rows: list[Row] = []
    told: list[Sentence] = []
    for listed in lists:
        asked = {"state": inquiry.state, "flow": flow.key, "source": listed.release}
        hhi = _one(inquiry.compute("concentration", **asked), listed.year)
        effective = _one(inquiry.compute("effective_partners", **asked), listed.year)
        dominance = _one(inquiry.compute("dominance", **asked), listed.year)
        if hhi is None or effective is None or dominance is None:
            continue
        leader = next(iter(listed.shares))
        cites = tuple(
            Cite(listed.release, listed.locator, str(listed.year), listed.estimate, run)
            for run in (hhi[1], effective[1], dominance[1])
        )
        cells: dict[str, Scalar] = {
            "flow": say(flow.name),
            "year": listed.when,
            "hhi_low": hhi[0]["low"],
            "hhi_high": hhi[0]["high"],
            "effective_low": effective[0]["low"],
            "effective_high": effective[0]["high"],
            "dominance": dominance[0]["value"],
            "leader": label(leader),
            "n": hhi[0]["n"],
        }
        rows.append(Row(cells, merge(cites)))
        if listed is lists[-1]:
            told.append(_spread(flow, listed, cells, merge(cites)))
    return rows, told


def _spread(
    flow: _Flow, listed: Listed, cells: dict[str, Scalar], cites: tuple[Cite, ...]
) -> Sentence:
    low, high = number(_real(cells["effective_low"]), 2), number(_real(cells["effective_high"]), 2)
    partners = say("{n} partners", n=low)
    if low != high:
        partners = say("{low} to {high} partners", low=low, high=high)
    low, high = number(_real(cells["hhi_low"]), 2), number(_real(cells["hhi_high"]), 2)
    index = say("HHI {value}", value=low)
    if low != high:
        index = say("HHI {low} to {high}", low=low, high=high)
    return Sentence(say(flow.spread, year=listed.when, partners=partners, index=index), cites)


def _real(value: object) -> float:
    return float(str(value))


def _one(answer: Answer | None, year: int) -> tuple[dict[str, float], str] | None:
    if answer is None:
        return None
    rows = answer.frame.filter(pl.col("year") == year)
    rows = rows.filter(pl.col("value").is_not_null() & pl.col("low").is_not_null())
    return None if rows.is_empty() else (rows.row(0, named=True), answer.run)


def _measured_table(rows: list[Row]) -> Table:
    columns = (
        Column("flow", say("Flow")),
        Column("year", say("Year"), "date"),
        Column("hhi_low", say("HHI, at least"), "number"),
        Column("hhi_high", say("HHI, at most"), "number"),
        Column("effective_low", say("Effective partners, at least"), "number"),
        Column("effective_high", say("Effective partners, at most"), "number"),
        Column("dominance", say("Largest partner's share"), "share"),
        Column("leader", say("Largest partner")),
        Column("n", say("Partners listed"), "integer"),
    )
    note = say(
        "HHI: sum of squared shares, 0 to 1. Effective partners: 1/HHI. The bounds say what the "
        "partners not listed could change."
    )
    return Table("concentration", say("Concentration of trade"), columns, tuple(rows), note)


def _not_states(inquiry: Inquiry, flow: _Flow) -> list[str]:
    rows = world.read("factbook_partners.tsv").filter(
        (pl.col("state") == inquiry.state)
        & (pl.col("direction") == flow.key)
        & pl.col("part").is_null()
        & (pl.col("partner").is_null() | pl.col("share").is_null())
    )
    rows = inquiry.until(rows.with_columns(pl.col("year").cast(pl.Int64)))
    told = [
        f"{row['name']} {in_percent(localised(row['share'])) if row['share'] else ''}".strip()
        + f" ({row['year']}, {say(_REASONS.get(row['reason'] or '', row['reason']))})"
        for row in rows.sort("edition", "rank").iter_rows(named=True)
    ]
    return [say(flow.uncounted, names="; ".join(told))] if told else []


def _series(inquiry: Inquiry) -> tuple[Sentence, Chart] | None:
    """Return the poles' shares by year where amounts, not printed lists, are at hand."""
    flows = inquiry.table("flows")
    if flows is None or not in_money(flows.frame):
        return None
    answer = inquiry.compute(
        "pole_shares", poles=inquiry.pole_codes, state=inquiry.state, flow="both"
    )
    if answer is None:
        return None
    rows = inquiry.until(answer.frame.filter(pl.col("state") == inquiry.state)).sort("year")
    rows = rows.filter(pl.col("value").is_not_null())
    if rows["year"].n_unique() < 2:
        return None
    series = {
        pole: rows.filter(pl.col("partner") == pole.pole).select("year", "value", "low", "high")
        for pole in inquiry.poles
    }
    first, last = int(str(rows["year"].min())), int(str(rows["year"].max()))
    lines = [
        {
            "key": pole.pole,
            "label": pole.name,
            "points": [dict(zip(_POINT, row, strict=True)) for row in own.rows()],
        }
        for pole, own in series.items()
        if own.height
    ]
    told = [
        f"{pole.name} {percent(own['value'][-1])}"
        for pole, own in series.items()
        if own.height and own["year"][-1] == last
    ]
    cites = answer.cites(last, of=("flows",))
    shares = say(
        "Share in goods trade, exports and imports, {year}: {shares}.",
        year=last,
        shares=listing(told),
    )
    data = {"unit": "share", "from": first, "to": last, "lines": lines}
    text = say("Share of each pole in trade by year, {first} to {last}.", first=first, last=last)
    title = say("Trade with the poles")
    chart = Chart("trade-series", "lines", title, f"{text} {shares}", data, cites)
    return Sentence(shares, cites), chart

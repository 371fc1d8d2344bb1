"""Split votes: whom a state, or each of two, joins where powers vote against each other.

For a brief in short; explored with one definition of a split beside others, down to the roll calls.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from multivector.brief.voters import Span, ends, last_year, window
from multivector.content import charts
from multivector.content.draft import part
from multivector.content.inquiry import Answer, Inquiry, Sides, label, merge
from multivector.content.model import Chart, Cite, Fact, Part, Row, Section, Sentence, Table
from multivector.content.tables import Heads, figure, pick, table
from multivector.words import many, mark, say
from multivector.words.figures import bounded, listing, number, percent, span, whole

__all__ = [
    "Listing",
    "choice_name",
    "explored",
    "issue_name",
    "joined",
    "kind_name",
    "parted",
    "side_name",
]

_CHOICES = {
    "yes": mark("yes"),
    "no": mark("no"),
    "abstain": mark("abstained"),
    "absent": mark("absent"),
}
_KINDS = {
    "final": mark("resolution as a whole"),
    "paragraph": mark("paragraph"),
    "amendment": mark("amendment"),
    "motion": mark("motion"),
    "unknown": mark("kind not stated"),
}
_ISSUES = {
    "me": mark("Palestinian conflict"),
    "nu": mark("nuclear weapons and material"),
    "di": mark("arms control and disarmament"),
    "hr": mark("human rights"),
    "co": mark("colonialism"),
    "ec": mark("economic development"),
}
_OPPOSITIONS = {
    "yes against no": mark("yes against no"),
    "yes against no, or a firm vote beside absence": mark(
        "yes against no, or a firm vote beside absence"
    ),
    "any difference among votes": mark("any difference among votes"),
    "any difference, absence included": mark("any difference, absence included"),
}
_SETS = {
    "all": mark("all roll calls"),
    "resolutions as a whole": mark("resolutions as a whole"),
    "resolutions as a whole, repeats merged": mark("resolutions as a whole, repeats merged"),
}


# --- in a brief


def _powers(inquiry: Inquiry) -> dict[str, str]:
    """Return the poles whose splits are known in full: all with the votes, else the embedded."""
    poles = {pole.pole: pole.name for pole in inquiry.pole_states}
    if inquiry.table("votes") is not None:
        return poles
    joint = inquiry.table("joint_votes")
    embedded = set() if joint is None else set(joint.frame["pole"].unique())
    return {code: name for code, name in poles.items() if code in embedded}


def _splits(
    inquiry: Inquiry, state: str, powers: dict[str, str], years: Span
) -> tuple[list[dict[str, Any]], tuple[Cite, ...]]:
    answer = inquiry.compute("splits", state=state, poles=tuple(powers), years=years)
    if answer is None:
        return [], ()
    rows = answer.frame.filter(pl.col("n") > 0).to_dicts()
    return rows, answer.cites(f"{years[0]}/{years[1]}")


def joined(inquiry: Inquiry) -> Part | None:
    """Return whom the state joined where two poles voted against each other."""
    last, poles = last_year(inquiry), _powers(inquiry)
    if last is None or len(poles) < 2:
        return None
    years = window(last)
    found, cites = _splits(inquiry, inquiry.state, poles, years)
    heads: Heads = {
        "pair": say("Poles opposed"),
        **_counted(),
        "absent": (say("Absent"), "integer"),
        "n": (say("Roll calls"), "integer"),
        **_shared(),
    }
    rows = []
    for row in found:
        a, b = poles[row["pole_a"]], poles[row["pole_b"]]
        cells = {"pair": f"{a} – {b}", "pole_a": a, "pole_b": b}
        rows.append(Row({**cells, **pick(row, *list(heads)[1:])}, cites))
    if not rows:
        return None
    note = say(
        "Roll calls on which one pole said yes and the other no; final texts, repetitions merged. "
        "The share counts only roll calls on which the state took a side; interval after Jeffreys."
    )
    caption = say(
        "Split votes: whom {state} joined, {first} to {last}", state=inquiry.name, **ends(years)
    )
    most = sorted(rows, key=lambda row: (-figure(row, "n"), str(row.cells["pair"])))[:2]
    said = [_joined_said(inquiry, row, years) for row in most]
    return part(table("splits", caption, heads, rows, note), said)


def _joined_said(inquiry: Inquiry, row: Row, years: Span) -> Sentence:
    text = say(
        "Where {pole_a} and {pole_b} stood on opposite sides ({first} to {last}: "
        "{roll_calls}), {state} joined {pole_a} {n_a} and {pole_b} {n_b} times, abstained "
        "{abstained}, was absent {absent}.",
        **ends(years),
        roll_calls=many(int(figure(row, "n")), "{n} roll call", "{n} roll calls"),
        state=inquiry.name,
        abstained=row.cells["abstain"],
        absent=row.cells["absent"] or 0,
        **pick(row.cells, "pole_a", "pole_b", "n_a", "n_b"),
    )
    return Sentence(text, row.cites)


def parted(inquiry: Inquiry, sides: Sides) -> Part | None:
    """Return whom each of the two joined where other powers voted against each other."""
    last, powers = last_year(inquiry), _powers(inquiry)
    if len(powers) < 2 or last is None:
        return None
    years = window(last)
    found: dict[tuple[str, str], dict[str, Any]] = {}
    cites: list[Cite] = []
    for key, state, _ in sides.keyed:
        own, cited = _splits(inquiry, state, powers, years)
        cites += cited
        for row in own:
            cells = {f"{key}_{name}": row[name] for name in ("value", "low", "high", "n")}
            found.setdefault((row["pole_a"], row["pole_b"]), {})[key] = cells
    rows = []
    for pair, both in found.items():
        if len(both) == 2:
            a, b = (label(code) for code in pair)
            cells = {"pair": f"{a} – {b}", "pole_a": a, "pole_b": b, **both["a"], **both["b"]}
            rows.append(Row(cells, merge(cites)))
    if not rows:
        return None
    return part(_parted_table(sides, rows, years), _parted_most(sides, rows, years))


def _parted_table(sides: Sides, rows: list[Row], years: Span) -> Table:
    heads: Heads = {"pair": say("Powers opposed")}
    for key, _, name in sides.keyed:
        heads |= {
            f"{key}_value": (say("{state}: with the first", state=name), "share"),
            f"{key}_low": (say("low"), "share"),
            f"{key}_high": (say("high"), "share"),
            f"{key}_n": (say("roll calls"), "integer"),
        }
    note = say(
        "Roll calls on which one power said yes and the other no. The share counts only those on "
        "which the state took a side; 90% interval after Jeffreys. Roll calls: all of the split."
    )
    caption = say("Whom each joined where powers split, {first} to {last}", **ends(years))
    return table("splits", caption, heads, rows, note)


def _parted_most(sides: Sides, rows: list[Row], years: Span) -> Sentence:
    def gap(row: Row) -> float:
        if None in (row.cells["a_value"], row.cells["b_value"]):
            return -1.0
        return abs(figure(row, "a_value") - figure(row, "b_value"))

    most = max(rows, key=gap)
    if gap(most) < 0:
        text = say("Where powers split, the two never both took a side.")
        return Sentence(text, most.cites)
    shares = [
        f"{name} "
        + bounded({k: most.cells[f"{key}_{k}"] for k in ("value", "low", "high")}, "share")
        for key, _, name in sides.keyed
    ]
    text = say(
        "They parted most where {first} and {second} stood on opposite sides, {start} to {end}: "
        "share with the former, {shares}.",
        first=most.cells["pole_a"],
        second=most.cells["pole_b"],
        start=years[0],
        end=years[1],
        shares=listing(shares),
    )
    return Sentence(text, most.cites)


# --- explored


@dataclass(frozen=True)
class Listing:
    """Which of the roll calls behind the number are listed: side joined, issue, and which rows."""

    side: str | None = None
    issue: str | None = None
    first: int = 0
    rows: int = 100


def choice_name(choice: str | None) -> str:
    """Return a choice in words; an empty string for none."""
    return "" if choice is None else say(_CHOICES.get(choice, choice))


def kind_name(kind: str) -> str:
    """Return what was voted on in words."""
    return say(_KINDS.get(kind, kind))


def issue_name(issue: str) -> str:
    """Return an issue of the General Assembly in words."""
    return say(_ISSUES.get(issue, issue))


def side_name(side: str, pole_a: str, pole_b: str) -> str:
    """Return a side in words: the pole that was joined, or what was done instead."""
    if side in ("pole_a", "pole_b"):
        return say("with {pole}", pole=label(pole_a if side == "pole_a" else pole_b))
    names = {
        "abstain": say("abstained"),
        "absent": say("absent"),
        "other": say("neither"),
    }
    return names.get(side, side)


def explored(
    inquiry: Inquiry, definition: dict[str, Any], listing: Listing
) -> tuple[tuple[Section, ...], tuple[Fact, ...], pl.DataFrame]:
    """Return sections and facts on a state where poles split, and all roll calls behind them.

    Parameters
    ----------
    inquiry : Inquiry
        The question, with its state.
    definition : dict
        Options of `splits`, ``state`` and ``poles`` among them.
    listing : Listing
        Which roll calls the last section lists.
    """
    found = inquiry.compute("splits", **definition)
    calls = inquiry.compute("split_rollcalls", **_without(definition, "by", "level"))
    if found is None or calls is None:
        return (), (), pl.DataFrame()
    whole_period = inquiry.compute("splits", **{**definition, "by": "period"})
    over_time = definition.get("by", "period")
    by = "year" if over_time == "period" else str(over_time)
    yearly = inquiry.compute("splits", **{**definition, "by": by})
    wanted = _without(definition, "strict", "absent", "kinds", "duplicates", "by")
    varied = inquiry.compute("split_sensitivity", **wanted)
    total = whole_period or found
    sections = [_number(inquiry, total, calls.frame)]
    if yearly is not None:
        sections.append(_through_time(yearly))
    if varied is not None:
        sections.append(_varied(varied))
    sections.append(_listed(calls, listing))
    return tuple(sections), _headline(total), calls.frame


def _headline(found: Answer) -> tuple[Fact, ...]:
    facts = []
    for row in found.frame.head(4).iter_rows(named=True):
        pair = f"{label(row['pole_a'])} – {label(row['pole_b'])}"
        detail = many(row["n"], "{n} split roll call", "{n} split roll calls")
        if row["value"] is None:
            shown = say("none joined")
        else:
            shown = say(
                "{share} with {pole}", share=percent(row["value"], 0), pole=label(row["pole_a"])
            )
            detail = f"{span(row['low'], row['high'])}, {detail}"
        facts.append(Fact(pair, shown, detail, (found.cite,)))
    return tuple(facts)


def _number(inquiry: Inquiry, found: Answer, calls: pl.DataFrame) -> Section:
    said, rows, drawn = [], [], []
    for row in found.frame.iter_rows(named=True):
        row |= _between(calls, row)
        said.append(_split(inquiry, row, found))
        a, b = label(row["pole_a"]), label(row["pole_b"])
        rows.append(Row({**pick(row, *_COUNTS), "pair": f"{a} – {b}"}, (found.cite,)))
        named = say("{a} rather than {b}", a=a, b=b)
        bar = {"key": f"{row['pole_a']}-{row['pole_b']}", "label": named}
        drawn.append({**bar, **pick(row, "value", "low", "high", "n")})
    title = say("Where the poles split, how often {state} joined the first", state=inquiry.name)
    chart = _bars("shares", title, drawn, found)
    heads: Heads = {
        "pair": say("Poles"),
        "n": (say("Split roll calls"), "integer"),
        **_counted(),
        "absent": (say("Absent"), "integer"),
        **_shared(),
        "p_value": (say("p of an even chance"), "number"),
        "neutrality": (say("Neutrality"), "share"),
    }
    note = say(
        "Interval: Jeffreys's, 95%. The share leaves out roll calls on which no pole was "
        "joined; neutrality is abstentions as a share of votes cast."
    )
    caption = say("Whom {state} joined", state=inquiry.name)
    made = table("splits", caption, heads, rows, note)
    return Section("number", say("The number"), tuple(said), (chart,), (made,))


def _counted() -> Heads:
    return {
        "n_a": (say("With the first"), "integer"),
        "n_b": (say("With the second"), "integer"),
        "abstain": (say("Abstained"), "integer"),
    }


def _shared() -> Heads:
    return {
        "value": (say("Share with the first"), "share"),
        "low": (say("Low"), "share"),
        "high": (say("High"), "share"),
    }


_COUNTS = (
    "n",
    "n_a",
    "n_b",
    "abstain",
    "absent",
    "value",
    "low",
    "high",
    "p_value",
    "neutrality",
)


def _between(calls: pl.DataFrame, row: dict[str, Any]) -> dict[str, Any]:
    """Return first and last year of a pair's roll calls; the years asked for if there are none."""
    own = calls.filter(pl.col("pole_a") == row["pole_a"], pl.col("pole_b") == row["pole_b"])
    if own.is_empty():
        return {}
    return {"start": own["year"].min(), "end": own["year"].max()}


def _split(inquiry: Inquiry, row: dict[str, Any], found: Answer) -> Sentence:
    a, b = label(row["pole_a"]), label(row["pole_b"])
    if row["value"] is None:
        text = many(
            row["n"],
            "{a} and {b} split on {n} roll call from {start} to {end}; {state} joined neither.",
            "{a} and {b} split on {n} roll calls from {start} to {end}; {state} joined neither.",
            a=a,
            b=b,
            start=row["start"],
            end=row["end"],
            state=inquiry.name,
        )
        return Sentence(text, (found.cite,))
    text = many(
        row["n"],
        "{a} and {b} split on {n} roll call from {start} to {end}. {state}: {n_a} with {a}, {n_b} "
        "with {b}, {abstain} abstained; {share} ({interval}) with {a}, p = {p}.",
        "{a} and {b} split on {n} roll calls from {start} to {end}. {state}: {n_a} with {a}, "
        "{n_b} with {b}, {abstain} abstained; {share} ({interval}) with {a}, p = {p}.",
        a=a,
        b=b,
        start=row["start"],
        end=row["end"],
        state=inquiry.name,
        n_a=whole(row["n_a"]),
        n_b=whole(row["n_b"]),
        abstain=whole(row["abstain"]),
        share=percent(row["value"], 0),
        interval=span(row["low"], row["high"]),
        p=number(row["p_value"], 2) if row["p_value"] >= 1e-4 else "< " + number(1e-4, 1),
    )
    return Sentence(text, (found.cite,))


def _through_time(found: Answer) -> Section:
    yearly, lines = found.frame.rename({"start": "year"}), []
    for (a, b), own in yearly.group_by("pole_a", "pole_b", maintain_order=True):
        named = say("{a} rather than {b}", a=label(str(a)), b=label(str(b)))
        lines.append({"key": f"{a}-{b}", "label": named, "points": _every(own)})
    text = say(
        "Share of the roll calls joined on which the first pole was joined, a point a year; "
        "years without any are left out."
    )
    title, cites = say("The same through time"), (found.cite,)
    chart = charts.lines("time", title, text, lines, "share", cites, reference=0.5)
    wide = Sentence(say("Where few roll calls split the poles in a year, the interval is wide."))
    return Section("time", say("Through time"), (wide,), (chart,))


def _every(own: pl.DataFrame) -> list[dict[str, Any]]:
    """Return a point a row, also where nobody was joined."""
    return own.select(x="year", y="value", low="low", high="high").to_dicts()


def _bars(name: str, title: str, drawn: list[dict[str, Any]], found: Answer) -> Chart:
    spoken = "; ".join(
        say(
            "{name}: {share} ({interval})",
            name=row["label"],
            share=percent(row["value"], 0),
            interval=span(row["low"], row["high"]),
        )
        for row in drawn
        if row["value"] is not None
    )
    return charts.bars(name, title, spoken, drawn, "share", (found.cite,), reference=0.5)


def _varied(found: Answer) -> Section:
    pairs = found.frame.select("pole_a", "pole_b").unique().height
    named = [_definition(row, one_pair=pairs == 1) for row in found.frame.iter_rows(named=True)]
    rows = [Row(cells, (found.cite,)) for cells in named]
    drawn = [pick(cells, "key", "label", "value", "low", "high", "n") for cells in named]
    heads: Heads = {"opposition": say("What counts as a split"), "calls": say("Which roll calls")}
    heads |= {"pair": say("Poles")} if pairs > 1 else {}
    heads |= {"n": (say("Split roll calls"), "integer"), **_counted(), **_shared()}
    title = say("The number changes as the definition does")
    chart = _bars("definitions", title, drawn, found)
    counts = found.frame["n"]
    text = say(
        "The same question by {n} definitions: from {least} to {most} split roll calls.",
        n=len(rows) // max(pairs, 1),
        least=whole(_number_of(counts.min())),
        most=whole(_number_of(counts.max())),
    )
    more = say(
        "The embedded roll calls are those of yes against no; with the votes themselves every "
        "definition is shown: {command}",
        command="multivector --study DIR data add UNVotes.csv",
    )
    notes = () if len(rows) > len(_SETS) * pairs else (more,)
    made = table("sensitivity", say("The number under each definition"), heads, rows)
    said = (Sentence(text, (found.cite,)),)
    return Section("definitions", title, said, (chart,), (made,), notes)


def _definition(row: dict[str, Any], *, one_pair: bool) -> dict[str, Any]:
    """Return the cells of a definition, with what it is called."""
    opposition = say(_OPPOSITIONS.get(row["opposition"], row["opposition"]))
    calls = say(_SETS.get(row["roll_calls"], row["roll_calls"]))
    pair = f"{label(row['pole_a'])} – {label(row['pole_b'])}"
    kept = pick(row, "n", "n_a", "n_b", "abstain", "value", "low", "high")
    named = f"{opposition}, {calls}" if one_pair else f"{pair}: {opposition}, {calls}"
    words = {"opposition": opposition, "calls": calls, "pair": pair}
    return {**kept, **words, "key": named, "label": named}


def _number_of(value: Any) -> float:
    return float(value or 0)


def _listed(found: Answer, listing: Listing) -> Section:
    frame = found.frame
    if listing.side is not None:
        frame = frame.filter(pl.col("side") == listing.side)
    if listing.issue is not None:
        frame = frame.filter(pl.col("issues").str.split(";").list.contains(listing.issue))
    frame = frame.sort("date", "rollcall", descending=True)
    shown = frame.slice(listing.first, listing.rows)
    one_pair = found.frame.select("pole_a", "pole_b").unique().height == 1
    rows = tuple(_call(row) for row in shown.iter_rows(named=True))
    heads = _call_heads(found.frame, one_pair=one_pair)
    text = many(
        frame.height, "{n} roll call, the newest first.", "{n} roll calls, the newest first."
    )
    note = say(
        "Dates and symbols as the producer gives them; where a release has no symbol or "
        "title, the cell is empty."
    )
    made = table("rollcalls", say("The roll calls"), heads, rows, note)
    return Section("calls", say("Each roll call"), (Sentence(text, (found.cite,)),), (), (made,))


def _call_heads(frame: pl.DataFrame, *, one_pair: bool) -> Heads:
    first, second, own = say("First pole"), say("Second pole"), say("The state")
    if frame.height and one_pair:
        row = frame.row(0, named=True)
        first, second, own = (label(row[key]) for key in ("pole_a", "pole_b", "state"))
    return {
        "date": (say("Date"), "date"),
        "resolution": say("Document"),
        "title": say("On what"),
        **({} if one_pair else {"pair": say("Poles")}),
        "choice_a": first,
        "choice_b": second,
        "choice": own,
        "joined": say("Side"),
        "kind": say("Kind"),
    }


def _call(row: dict[str, Any]) -> Row:
    symbol = row["resolution"]
    issues = "; ".join(issue_name(code) for code in (row["issues"] or "").split(";") if code)
    return Row(
        {
            "date": row["date"] or str(row["year"]),
            "resolution": None if symbol is None else _symbol(symbol),
            "title": row["title"] or issues or None,
            "pair": f"{label(row['pole_a'])} – {label(row['pole_b'])}",
            "choice_a": choice_name(row["choice_a"]),
            "choice_b": choice_name(row["choice_b"]),
            "choice": choice_name(row["choice"]),
            "joined": side_name(row["side"], row["pole_a"], row["pole_b"]),
            "kind": kind_name(row["kind"]),
        },
        (Cite(row["source"], row["rollcall"], row["date"]),),
    )


def _symbol(resolution: str) -> str:
    return resolution if "/" not in resolution or "RES" in resolution else f"A/RES/{resolution}"


def _without(options: dict[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in options.items() if key not in names}

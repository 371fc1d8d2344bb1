"""Split votes explored: a state, poles, a definition; each number with its roll calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from multivector.content.inquiry import Answer, Inquiry, label
from multivector.content.model import Chart, Cite, Column, Fact, Row, Section, Sentence, Table
from multivector.words import many, mark, say
from multivector.words.figures import number, percent, span, whole

__all__ = ["Listing", "choice_name", "explored", "issue_name", "kind_name", "side_name"]

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
    return tuple(sections), _facts(total), calls.frame


def _facts(found: Answer) -> tuple[Fact, ...]:
    facts = []
    for row in found.frame.head(4).iter_rows(named=True):
        pair = f"{label(row['pole_a'])} – {label(row['pole_b'])}"
        told = many(row["n"], "{n} split roll call", "{n} split roll calls")
        if row["value"] is None:
            shown = say("none joined")
        else:
            shown = say(
                "{share} with {pole}", share=percent(row["value"], 0), pole=label(row["pole_a"])
            )
            told = f"{span(row['low'], row['high'])}, {told}"
        facts.append(Fact(pair, shown, told, (found.cite,)))
    return tuple(facts)


def _number(inquiry: Inquiry, found: Answer, calls: pl.DataFrame) -> Section:
    said, rows, drawn = [], [], []
    for row in found.frame.iter_rows(named=True):
        row |= _between(calls, row)
        said.append(_told(inquiry, row, found))
        a, b = label(row["pole_a"]), label(row["pole_b"])
        cells = {name: row[name] for name in _COUNTS} | {"pair": f"{a} – {b}"}
        rows.append(Row(cells, (found.cite,)))
        drawn.append(
            {
                "key": f"{row['pole_a']}-{row['pole_b']}",
                "label": say("{a} rather than {b}", a=a, b=b),
                "value": row["value"],
                "low": row["low"],
                "high": row["high"],
                "n": row["n"],
            }
        )
    title = say("Where the poles split, how often {state} joined the first", state=inquiry.name)
    data = {"rows": drawn, "unit": "share", "reference": 0.5}
    chart = Chart("shares", "bars", title, _spoken(drawn), data, (found.cite,))
    columns = (
        Column("pair", say("Poles")),
        *_counted(absent=True),
        *_shared(),
        Column("p_value", say("p of an even chance"), "number"),
        Column("neutrality", say("Neutrality"), "share"),
    )
    note = say(
        "Interval: Jeffreys's, 95%. The share leaves out roll calls on which no pole was "
        "joined; neutrality is abstentions as a share of votes cast."
    )
    table = Table(
        "splits", say("Whom {state} joined", state=inquiry.name), columns, tuple(rows), note
    )
    return Section("number", say("The number"), tuple(said), (chart,), (table,))


def _counted(*, absent: bool) -> tuple[Column, ...]:
    return (
        Column("n", say("Split roll calls"), "integer"),
        Column("n_a", say("With the first"), "integer"),
        Column("n_b", say("With the second"), "integer"),
        Column("abstain", say("Abstained"), "integer"),
        *((Column("absent", say("Absent"), "integer"),) if absent else ()),
    )


def _shared() -> tuple[Column, ...]:
    return (
        Column("value", say("Share with the first"), "share"),
        Column("low", say("Low"), "share"),
        Column("high", say("High"), "share"),
    )


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


def _told(inquiry: Inquiry, row: dict[str, Any], found: Answer) -> Sentence:
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
    lines = []
    for (a, b), part in found.frame.group_by("pole_a", "pole_b", maintain_order=True):
        points = [
            {"x": row["start"], "y": row["value"], "low": row["low"], "high": row["high"]}
            for row in part.iter_rows(named=True)
        ]
        named = say("{a} rather than {b}", a=label(str(a)), b=label(str(b)))
        lines.append({"key": f"{a}-{b}", "label": named, "points": points})
    text = say(
        "Share of the roll calls joined on which the first pole was joined, a point a year; "
        "years without any are left out."
    )
    title = say("The same through time")
    starts = found.frame["start"]
    first, last = (_number_of(starts.min()), _number_of(starts.max()))
    data = {"lines": lines, "unit": "share", "from": int(first), "to": int(last), "reference": 0.5}
    chart = Chart("time", "lines", title, text, data, (found.cite,))
    told = Sentence(say("Where few roll calls split the poles in a year, the interval is wide."))
    return Section("time", say("Through time"), (told,), (chart,))


def _varied(found: Answer) -> Section:
    pairs = found.frame.select("pole_a", "pole_b").unique().height
    named = [_definition(row, one_pair=pairs == 1) for row in found.frame.iter_rows(named=True)]
    rows = tuple(Row(cells, (found.cite,)) for cells in named)
    shown = ("key", "label", "value", "low", "high", "n")
    drawn = [{key: cells[key] for key in shown} for cells in named]
    columns = (
        Column("opposition", say("What counts as a split")),
        Column("calls", say("Which roll calls")),
        *((Column("pair", say("Poles")),) if pairs > 1 else ()),
        *_counted(absent=False),
        *_shared(),
    )
    title = say("The number changes as the definition does")
    data = {"rows": drawn, "unit": "share", "reference": 0.5}
    chart = Chart("definitions", "bars", title, _spoken(drawn), data, (found.cite,))
    counts = found.frame["n"]
    told = say(
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
    table = Table("sensitivity", say("The number under each definition"), columns, rows)
    said = (Sentence(told, (found.cite,)),)
    return Section("definitions", title, said, (chart,), (table,), notes)


def _definition(row: dict[str, Any], *, one_pair: bool) -> dict[str, Any]:
    """Return the cells of a definition, with what it is called."""
    opposition = say(_OPPOSITIONS.get(row["opposition"], row["opposition"]))
    calls = say(_SETS.get(row["roll_calls"], row["roll_calls"]))
    pair = f"{label(row['pole_a'])} – {label(row['pole_b'])}"
    kept = {name: row[name] for name in ("n", "n_a", "n_b", "abstain", "value", "low", "high")}
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
    columns = _call_columns(found.frame, one_pair=one_pair)
    told = many(
        frame.height, "{n} roll call, the newest first.", "{n} roll calls, the newest first."
    )
    note = say(
        "Dates and symbols as the producer gives them; where a release has no symbol or "
        "title, the cell is empty."
    )
    table = Table("rollcalls", say("The roll calls"), columns, rows, note)
    return Section("calls", say("Each roll call"), (Sentence(told, (found.cite,)),), (), (table,))


def _call_columns(frame: pl.DataFrame, *, one_pair: bool) -> tuple[Column, ...]:
    first = frame.row(0, named=True) if frame.height and one_pair else None
    named = (
        (say("First pole"), say("Second pole"), say("The state"))
        if first is None
        else (label(first["pole_a"]), label(first["pole_b"]), label(first["state"]))
    )
    return (
        Column("date", say("Date"), "date"),
        Column("resolution", say("Document")),
        Column("title", say("On what")),
        *(() if one_pair else (Column("pair", say("Poles")),)),
        *(Column(k, n) for k, n in zip(("choice_a", "choice_b", "choice"), named, strict=True)),
        Column("joined", say("Side")),
        Column("kind", say("Kind")),
    )


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


def _spoken(rows: list[dict[str, Any]]) -> str:
    """Return a ranking in words, for those who do not see it."""
    told = [
        say(
            "{name}: {share} ({interval})",
            name=row["label"],
            share=percent(row["value"], 0),
            interval=span(row["low"], row["high"]),
        )
        for row in rows
        if row["value"] is not None
    ]
    return "; ".join(told)


def _without(options: dict[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in options.items() if key not in names}

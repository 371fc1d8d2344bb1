"""Results: which picture the answer of a measure asks for, by its table and what is in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import polars as pl

from multivector import measures
from multivector.charts.canvas import written
from multivector.content.inquiry import label
from multivector.content.model import Chart, Cite, Shape
from multivector.errors import BadValue, MultivectorError
from multivector.provenance import Result
from multivector.words import many, say
from multivector.words.figures import listing

__all__ = ["content_of"]

Data = dict[str, Any]
Drawn = tuple[Shape, Data, str]
_MOST_LINES, _MOST_BARS, _FEWEST_ON_MAP = 7, 40, 26
_NOT_SERIES = ("year", "session", "start", "end", "at")
_POLES = ("state", "partner", "pole", "state_a", "state_b", "pole_a", "pole_b")


def content_of(result: Result) -> Chart:
    """Return the chart of a measure's answer: shape, data, and what it shows in words.

    Values by year become lines, one period bars with whiskers, a value of many states a map, pairs
    among a few states a grid. What is not drawn for want of room is said in the text.

    Raises
    ------
    BadValue
        If the answer has no row with a value, or no picture.
    """
    measure = measures.catalogue().get(result.run.measure)
    name = result.run.measure if measure is None else measure.output.name
    if name in _WITHOUT:
        raise BadValue(
            f"the answer of {result.run.measure} has no picture; expected a measure with values; "
            "look at its rows instead"
        )
    draw = _SPECIAL.get(name, _general)
    frame = result.frame
    if "value" in frame.columns:
        frame = frame.filter(pl.col("value").is_not_null())
    if frame.is_empty():
        raise BadValue(
            f"the answer of {result.run.measure} holds no value to draw; expected at least one; "
            "widen the years or choose other states"
        )
    key = _key(frame) if measure is None else tuple(c for c in measure.output.key)
    shape, data, said = draw(frame, key, result)
    title = result.run.measure.replace("_", " ")
    title = f"{title}, {data['period']}" if data.get("period") else title
    summary = (
        "" if measure is None else say(measure.summary).removeprefix("Return ").rstrip(".") + ". "
    )
    cite = Cite(result.run.id, run=result.run.id)
    return Chart(
        result.run.measure, shape, title, f"{summary[:1].upper()}{summary[1:]}{said}", data, (cite,)
    )


def _key(frame: pl.DataFrame) -> tuple[str, ...]:
    numbers = ("value", "low", "high", "n")
    return tuple(
        c
        for c in frame.columns
        if c not in numbers and (frame[c].dtype == pl.String or c in ("year", "start"))
    )


def _named(code: object) -> str:
    if code is None:
        return "–"
    try:
        return label(str(code))
    except MultivectorError:
        return str(code)


def _written(column: str, code: object) -> str:
    if column in _POLES:
        return _named(code)
    return "–" if code is None else str(code).replace("_", " ")


def _time(frame: pl.DataFrame, key: tuple[str, ...]) -> str | None:
    """Return the column that tells when, if there is one in the key."""
    known = {*key, "year"} if "session" in key else {*key}
    for name in ("year", "start"):
        if name in known and name in frame.columns and frame[name].dtype.is_integer():
            return name
    return None


def _general(frame: pl.DataFrame, key: tuple[str, ...], result: Result) -> Drawn:
    time = _time(frame, key)
    dimensions = [c for c in key if c not in _NOT_SERIES and c in frame.columns]
    frame, dimensions = _partners(frame, dimensions)
    varying = [c for c in dimensions if frame[c].n_unique() > 1]
    varying = varying or [c for c in dimensions if c in _POLES] or dimensions[:1]
    series = frame.select(varying).unique().height if varying else 1
    periods = 1 if time is None else frame[time].n_unique()
    if time is not None and periods > 1 and series <= _MOST_LINES:
        return _lines(frame, varying, time, result)
    if time is not None and periods > 1:
        frame = frame.filter(pl.col(time) == _newest(frame, time))
    when = _when(frame, time)
    if varying in (["state"], ["partner"]) and frame.height >= _FEWEST_ON_MAP:
        return _map(frame, varying[0], when, result)
    if varying == ["state_a", "state_b"] and frame.height > 3:
        grid = _pairs(frame, when)
        if grid is not None:
            return grid
    return _bars(frame, varying, when, result)


def _newest(frame: pl.DataFrame, time: str) -> object:
    """Return the newest period that rests on half as many observations as is usual, or more."""
    if "n" not in frame.columns:
        return frame[time].max()
    sizes = frame.drop_nulls("value").group_by(time).agg(pl.col("n").median().alias("size"))
    if sizes.is_empty():
        return frame[time].max()
    return sizes.filter(pl.col("size") >= 0.5 * pl.col("size").median())[time].max()


def _partners(frame: pl.DataFrame, dimensions: list[str]) -> tuple[pl.DataFrame, list[str]]:
    """Return pairs that all hold one state as that state's partners."""
    if not {"state_a", "state_b"} <= set(dimensions) or frame.height < 2:
        return frame, dimensions
    sets = [set(pair) for pair in frame.select("state_a", "state_b").unique().iter_rows()]
    shared = set.intersection(*sets) if len(sets) > 1 else set()
    if len(shared) != 1:
        return frame, dimensions
    own = shared.pop()
    other = pl.when(pl.col("state_a") == own).then("state_b").otherwise("state_a")
    rest = [c for c in dimensions if c not in ("state_a", "state_b")]
    return frame.with_columns(other.alias("partner")), ["partner", *rest]


def _when(frame: pl.DataFrame, time: str | None) -> str:
    if time is None:
        return ""
    last = frame.row(int(frame[time].arg_max() or 0), named=True)
    if time == "start" and last.get("end") not in (None, last["start"]):
        return f"{last['start']}–{last['end']}"
    return str(last[time])


def _series(row: Data, varying: Sequence[str]) -> tuple[str, str]:
    """Return the code and the name of what a row is about."""
    code = " ".join(str(row[c]) for c in varying if row[c] is not None)
    return code, " – ".join(_written(c, row[c]) for c in varying)


def _own(result: Result) -> str | None:
    chosen = result.run.options.get("state")
    return chosen if isinstance(chosen, str) else None


def _unit(result: Result, frame: pl.DataFrame) -> str:
    measure = measures.catalogue().get(result.run.measure)
    columns = () if measure is None else measure.output.columns
    declared = next((c.unit for c in columns if c.name == "value"), None)
    return "percent" if declared == "percent" else "number"


def _lines(frame: pl.DataFrame, varying: list[str], time: str, result: Result) -> Drawn:
    """Return values by year, or by period at its middle."""
    found: dict[str, Data] = {}
    for row in frame.sort(time).iter_rows(named=True):
        code, name = _series(row, varying)
        line = found.setdefault(code, {"key": code, "label": name, "points": []})
        x = row[time] if time == "year" or row.get("end") is None else (row[time] + row["end"]) / 2
        line["points"].append(
            {"x": x, "y": row["value"], "low": row.get("low"), "high": row.get("high")}
        )
    lines = sorted(found.values(), key=lambda line: line["key"])
    steps = sorted({p["x"] for line in lines for p in line["points"]})
    gap = max(2.0, min((b - a for a, b in pairwise(steps)), default=1.0) * 1.5)
    own = _own(result)
    for at, line in enumerate(lines):
        line["gap"] = gap
        line["colour"] = 0 if line["key"] == own and len(lines) > 1 else at + 1
    unit = _unit(result, frame)
    data = {"unit": unit, "from": steps[0], "to": steps[-1], "lines": lines}
    ends = [f"{line['label']} {written(line['points'][-1]['y'], unit)}" for line in lines]
    return "lines", data, say("Last values: {values}.", values=listing(ends))


def _bars(frame: pl.DataFrame, varying: list[str], when: str, result: Result) -> Drawn:
    """Return a ranking, the largest first; of many the largest only, and that is said."""
    unit = _unit(result, frame)
    own = _own(result)
    ranked = frame.with_columns(pl.col("value").cast(pl.Float64)).sort(
        "value", *varying, descending=[True, *(False for _ in varying)], nulls_last=True
    )
    rows = []
    for row in ranked.head(_MOST_BARS).iter_rows(named=True):
        code, name = _series(row, varying)
        ends = {end: row.get(end) for end in ("value", "low", "high")}
        rows.append({"key": code, "label": name, **ends, "own": code == own})
    said = [f"{r['label']} {written(float(str(r['value'])), unit)}" for r in rows[:_MOST_LINES]]
    text = say("Largest values: {values}.", values=listing(said))
    if when:
        text = say("{period}.", period=when) + " " + text
    if ranked.height > len(rows):
        text += " " + say("Drawn are {n} of {all}.", n=len(rows), all=ranked.height)
    data: Data = {"unit": unit, "rows": rows}
    if "pole_a" in frame.columns and "n_a" in frame.columns:
        data["reference"] = 0.5
    return "bars", data | ({"period": when} if when else {}), text


def _map(frame: pl.DataFrame, column: str, when: str, result: Result) -> Drawn:
    values = [
        {"key": code, "value": value}
        for code, value in frame.sort(column).select(column, "value").iter_rows()
    ]
    ends = [float(v["value"]) for v in values]
    own = {v for k, v in result.run.options.items() if k.startswith("state") and isinstance(v, str)}
    data: Data = {"unit": _unit(result, frame), "values": values, "highlight": sorted(own)}
    if min(ends) < 0 < max(ends):
        data["middle"] = 0.0
    top = frame.sort("value", column, descending=[True, False]).head(3)
    said = [
        f"{_named(c)} {written(v, data['unit'])}" for c, v in top.select(column, "value").rows()
    ]
    text = many(len(values), "{n} state on a map", "{n} states on a map")
    text += f", {when}. " if when else ". "
    return (
        "map",
        data | ({"period": when} if when else {}),
        text + say("Largest values: {values}.", values=listing(said)),
    )


def _pairs(frame: pl.DataFrame, when: str) -> Drawn | None:
    """Return pairs as a grid, if they are among few states."""
    codes = sorted({*frame["state_a"].unique(), *frame["state_b"].unique()})
    if len(codes) > 16 or frame.height != frame.select("state_a", "state_b").n_unique():
        return None
    found = {(a, b): v for a, b, v in frame.select("state_a", "state_b", "value").iter_rows()}
    found |= {(b, a): v for (a, b), v in found.items() if (b, a) not in found}
    text = many(frame.height, "Values of {n} pair of states", "Values of {n} pairs of states")
    text += f", {when}." if when else "."
    return "heat", {"unit": "number", **_grid(found, codes, codes, _named, _named)}, text


def _grid(
    found: Mapping[tuple[Any, Any], Any], rows: Sequence[Any], columns: Sequence[Any],
    row_name: Callable[[Any], str], column_name: Callable[[Any], str],
) -> Data:  # fmt: skip
    """Return values by row and column as a grid holds them; those that are not there are null."""
    return {
        "columns": [{"key": column, "label": column_name(column)} for column in columns],
        "rows": [
            {
                "key": str(row),
                "label": row_name(row),
                "cells": [found.get((row, column)) for column in columns],
            }
            for row in rows
        ],
    }


def _dominance(frame: pl.DataFrame, key: tuple[str, ...], result: Result) -> Drawn:
    """Return in which share of the specifications the row's state stands above the column's."""
    time = _time(frame, key)
    when = _when(frame, time)
    if time is not None:
        frame = frame.filter(pl.col(time) == pl.col(time).max())
    codes = sorted({*frame["state_a"], *frame["state_b"]})
    found = {(a, b): v for a, b, v in frame.select("state_a", "state_b", "value").iter_rows()}
    data = {"unit": "share", "middle": 0.5, **_grid(found, codes, codes, _named, str)}
    said = say(
        "Share of specifications in which the row is above the column, {period}.",
        period=when,
    )
    return "heat", data, said


def _criteria(frame: pl.DataFrame, key: tuple[str, ...], result: Result) -> Drawn:
    """Return distances beyond the limit: states by criteria, or years of one state by criteria."""
    criteria = sorted(frame["criterion"].unique())
    one = frame["state"].n_unique() == 1
    by = "year" if one else "state"
    known = frame.group_by("year").agg(pl.col("criterion").n_unique(), pl.len())
    last = int(str(frame["year"].max()))
    recent = known.filter(pl.col("year") > last - 5).sort("criterion", "len", "year")
    when = last if one else int(recent["year"][-1])
    kept = pl.col("year") > last - 12 if one else pl.col("year") == when
    shown = frame.sort("year").filter(kept)
    found = {(row[by], row["criterion"]): row["value"] for row in shown.iter_rows(named=True)}
    names = sorted({name for name, _ in found}, key=str)
    data = {"unit": "number", "middle": 0.0, "worse_above": True}
    data |= _grid(found, names, criteria, str if one else _named, lambda c: c.replace("_", " "))
    said = say("Distance beyond the limit, {period}; above zero is a breach.", period=when)
    return "heat", data, said


def _powers(frame: pl.DataFrame, key: tuple[str, ...], result: Result) -> Drawn:
    """Return the members' power under the newest rule, by one index: indices differ in scale."""
    found = set(frame["index"])
    chosen = next((name for name in _INDICES if name in found), sorted(found)[0])
    own = frame.filter(pl.col("index") == chosen)
    if own["start"].is_not_null().any():
        own = own.filter(pl.col("start") == pl.col("start").max())
    shape, data, said = _bars(own, ["state"], "", result)
    return shape, data, say("{index}: {values}", index=_written("index", chosen), values=said)


def _spells(frame: pl.DataFrame, key: tuple[str, ...], result: Result) -> Drawn:
    """Return runs of years as bars, a row a state and criterion."""
    rows: dict[tuple[str, str], Data] = {}
    for row in frame.sort("state", "criterion", "start").iter_rows(named=True):
        name = f"{_named(row['state'])}: {row['criterion'].replace('_', ' ')}"
        fresh = {
            "key": f"{row['state']} {row['criterion']}",
            "label": name,
            "name": name,
            "bars": [],
        }
        own = rows.setdefault((row["state"], row["criterion"]), fresh)
        span = {"start": str(row["start"]), "end": str(row["end"])}
        own["bars"].append({**span, "status": say("breach"), "full": True})
    first, last = int(str(frame["start"].min())), int(str(frame["end"].max()))
    data = {"from": first, "to": last, "rows": list(rows.values()), "full": say("breach")}
    text = many(frame.height, "{n} run of years", "{n} runs of years") + f", {first}–{last}."
    return "timeline", data, text


def _breaks(frame: pl.DataFrame, key: tuple[str, ...], result: Result) -> Drawn:
    """Return breaks as events, each as long as its date is in doubt."""
    by = "pole" if "pole" in frame.columns and frame["pole"].n_unique() > 1 else "state"
    lanes = [{"key": code, "label": _named(code)} for code in sorted(frame[by].unique())]
    found = [
        {
            "lane": row[by],
            "date": f"{row['earliest'] or row['year']}/{row['latest'] or row['year']}",
            "label": f"{row['year']}: {_signed(row['value'])}",
        }
        for row in frame.sort(by, "year").iter_rows(named=True)
    ]
    first, last = int(str(frame["year"].min())), int(str(frame["year"].max()))
    data = {"from": first - 5, "to": last + 5, "lanes": lanes, "events": found}
    return (
        "events",
        data,
        many(
            frame.height,
            "{n} break, with the years it may lie in.",
            "{n} breaks, with the years each may lie in.",
        ),
    )


def _signed(value: float) -> str:
    return ("+" if value > 0 else "") + written(value, "number")


def _rollcalls(frame: pl.DataFrame, key: tuple[str, ...], result: Result) -> Drawn:
    """Return roll calls as points in lanes, by whom the state joined."""
    first = frame.row(0, named=True)
    sides = {
        "pole_a": _named(first["pole_a"]),
        "pole_b": _named(first["pole_b"]),
        "abstain": say("abstained"),
        "other": say("neither"),
        "absent": say("absent"),
    }
    present = set(frame["side"].unique())
    lanes = [{"key": side, "label": name} for side, name in sides.items() if side in present]
    found = [
        {"lane": row["side"], "date": row["date"] or str(row["year"]), "label": ""}
        for row in frame.sort("year", "rollcall").iter_rows(named=True)
    ]
    span = int(str(frame["year"].min())), int(str(frame["year"].max()))
    counts = frame["side"].value_counts()
    number = dict(counts.iter_rows())
    said = listing([f"{lane['label']} {number[lane['key']]}" for lane in lanes])
    data = {"from": span[0], "to": span[1], "lanes": lanes, "events": found}
    return "events", data, say("Roll calls on which the poles split: {sides}.", sides=said)


_INDICES = ("shapley_shubik", "banzhaf", "penrose", "weight_share")

Draw = Callable[[pl.DataFrame, tuple[str, ...], Result], Drawn]

_WITHOUT = frozenset({"bridges"})
_SPECIAL: dict[str, Draw] = {
    "criterion_spells": _spells,
    "criterion_years": _criteria,
    "pair_breaks": _breaks,
    "split_rollcalls": _rollcalls,
    "state_breaks": _breaks,
    "vector_dominance": _dominance,
    "voting_power": _powers,
}

"""The portfolio that structure alone would give: the poles by size, by size and nearness."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from multivector.measures._ballots import Members
from multivector.measures._vectors import Benchmark, Question, Records
from multivector.measures.partners import pair_flows

Array = NDArray[np.float64]
_SIZES = ("gdp", "gdp_ppp")


def portfolio(
    records: Records,
    members: Members,
    question: Question,
    benchmark: Benchmark,
    years: tuple[int, int],
) -> Array | None:
    """Return shares of the poles that sum to 1, or null where a pole's figure is not known."""
    if benchmark == "trade":
        raw = _trade(records, members, question, years)
    else:
        raw = _sizes(records, members, question, years[1], near=benchmark == "gravity")
    if raw is None or not (raw > 0).all():
        return None
    return np.asarray(raw / raw.sum())


def sized(records: Records, members: Members, question: Question) -> Records:
    """Return the records with those indicators only that tell the poles' sizes."""
    table = records.indicators
    if table is None:
        return records
    single = [pole for pole in question.poles if pole not in members]
    inside = [codes for pole in question.poles for codes in members.get(pole, {}).values()]
    holders = sorted({*single, *(code for codes in inside for code in codes)})
    sizes = pl.col("indicator").is_in(_SIZES) & pl.col("state").is_in(holders)
    return replace(records, indicators=table.filter(sizes))


def _sizes(
    records: Records, members: Members, question: Question, year: int, *, near: bool
) -> Array | None:
    table = records.indicators
    if table is None:
        return None
    away = _away(records, question.state) if near else {}
    for indicator in _SIZES:
        known = _nearest(table, indicator, year)
        found = []
        for pole in question.poles:
            codes = members[pole].get(year, frozenset()) if pole in members else {pole}
            held = [code for code in sorted(codes) if code in known]
            if near:
                held = [code for code in held if away.get(code)]
            found.append(sum(known[code] / (away[code] if near else 1.0) for code in held))
        if all(found):
            return np.array(found)
    return None


def _nearest(table: pl.DataFrame, indicator: str, year: int) -> dict[str, float]:
    """Return each state's figure of the year nearest to the one asked for."""
    rows = table.filter((pl.col("indicator") == indicator) & (pl.col("value") > 0))
    rows = rows.with_columns(gap=(pl.col("year") - year).abs())
    rows = rows.sort("state", "gap", "year", "source").unique("state", keep="first")
    return {state: float(value) for state, value in rows.select("state", "value").iter_rows()}


def _away(records: Records, state: str) -> dict[str, float]:
    if records.distances is None:
        return {}
    best = pl.coalesce("weighted_distance", "distance", "capital_distance")
    both = records.distances.select("state", "partner", best.alias("distance"))
    turned = both.select(state="partner", partner="state", distance="distance")
    rows = pl.concat([both, turned]).filter(pl.col("state") == state).drop_nulls()
    return {other: float(km) for other, km in rows.select("partner", "distance").iter_rows()}


def _trade(
    records: Records, members: Members, question: Question, years: tuple[int, int]
) -> Array | None:
    """Return the poles' trade with everybody but the state, in money."""
    if records.flows is None:
        return None
    rows = records.flows.filter(
        pl.col("flow").is_in(["exports", "imports"])
        & pl.col("year").is_between(*years)
        & (pl.col("partner") != question.state)
        & (pl.col("unit") != "percent")
    )
    codes = {
        p: sorted(members[p].get(years[1], frozenset())) if p in members else [p]
        for p in question.poles
    }
    wanted = [code for those in codes.values() for code in those]
    sums = pair_flows(rows.filter(pl.col("state").is_in(wanted))).group_by("state").agg(
        pl.col("value").sum()
    )  # fmt: skip
    table = dict(sums.iter_rows())
    return np.array([sum(table.get(code, 0.0) for code in codes[p]) for p in question.poles])

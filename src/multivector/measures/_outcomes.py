"""Outcomes by which `binds` judges a pair of states in a year, each from one record table."""

from __future__ import annotations

import polars as pl

from multivector.errors import MissingData
from multivector.measures._dyads import directed, undirected
from multivector.measures.similarity import agreement
from multivector.names.spells import BOUND
from multivector.tables import Flows, JointVotes, Rollcalls, Treaties, Votes

_PAIR = ("state_a", "state_b", "year", "value")


def missing(table: str, outcome: str) -> MissingData:
    """Return the error for an outcome whose table is not there."""
    return MissingData(
        f"the outcome {outcome} needs the table {table} and it holds nothing; expected rows; "
        "add a data set that has them or choose another outcome"
    )


def trade(flows: Flows | None, years: tuple[int, int] | None, floor: float) -> pl.DataFrame:
    """Return the logarithm of the trade of both directions, where it reaches the floor."""
    if flows is None or flows.is_empty():
        raise missing("flows", "trade")
    kinds = set(flows["flow"].unique())
    flow = "exports" if "exports" in kinds else "imports"
    table = undirected(directed(flows, flow, years))
    positive = table.filter((pl.col("value") > 0) & (pl.col("value") >= floor))
    return positive.with_columns(pl.col("value").log()).select(_PAIR)


def counted(
    flows: Flows | None, flow: str, outcome: str, years: tuple[int, int] | None
) -> pl.DataFrame:
    """Return log(1 + flow) of both directions, 0 for pairs of states in the table without one."""
    if flows is None or not (flows["flow"] == flow).any():
        raise missing("flows", outcome)
    table = undirected(directed(flows, flow, years))
    return _filled(table)


def agreements(treaties: Treaties | None, years: tuple[int, int] | None) -> pl.DataFrame:
    """Return log(1 + agreements in force between both), 0 for pairs of parties without one."""
    if treaties is None or treaties.is_empty():
        raise missing("treaties", "agreements")
    starts = treaties.select(BOUND.first_year).to_series().drop_nulls()
    low, high = years or (_int(starts.min()), _int(starts.max()))
    held = BOUND.by_year(treaties, range(low, high + 1)).select("treaty", "state", "year").unique()
    both = held.join(held, on=["treaty", "year"]).filter(pl.col("state") < pl.col("state_right"))
    table = both.group_by(state_a="state", state_b="state_right", year="year").agg(value=pl.len())
    return _filled(table.with_columns(pl.col("value").cast(pl.Float64)))


def votes(
    cast: Votes | None,
    rollcalls: Rollcalls | None,
    joint: JointVotes | None,
    years: tuple[int, int] | None,
) -> pl.DataFrame:
    """Return Lijphart's index of agreement in the General Assembly."""
    if (cast is None or cast.is_empty()) and (joint is None or joint.is_empty()):
        raise missing("votes", "votes")
    if cast is not None and cast.height:
        if years is not None:
            cast = cast.filter(pl.col("year").is_between(*years))
        found = agreement(cast, None, joint, convention="lijphart", years=years)
    else:
        found = agreement(None, None, joint, convention="lijphart", years=years)
    return found.drop_nulls("value").select(_PAIR)


def _filled(table: pl.DataFrame) -> pl.DataFrame:
    """Return log(1 + value) with 0 for all pairs of states in the table in its years."""
    states = pl.concat([table["state_a"], table["state_b"]]).unique().sort()
    years = pl.DataFrame({"year": range(_int(table["year"].min()), _int(table["year"].max()) + 1)},
                         schema={"year": pl.Int64})  # fmt: skip
    grid = (
        pl.DataFrame({"state_a": states})
        .join(pl.DataFrame({"state_b": states}), how="cross")
        .filter(pl.col("state_a") < pl.col("state_b"))
        .join(years, how="cross")
    )
    return (
        grid.join(table, on=["state_a", "state_b", "year"], how="left")
        .with_columns(pl.col("value").fill_null(0.0).log1p())
        .select(_PAIR)
    )


def _int(value: object) -> int:
    return int(str(value))

"""The CIS's share in its members' trade, rebuilt from the Correlates of War trade data."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from multivector import sources
from multivector.measures.integration import group_share
from multivector.study import world

REFERENCE = Path(__file__).parent / "reference" / "cis_share.tsv"

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def printed() -> pl.DataFrame:
    return pl.read_csv(REFERENCE, separator="\t")


@pytest.fixture(scope="module")
def flows(shared) -> pl.DataFrame:
    path = next((shared / "data" / "06_trade_cow").glob("Dyadic_COW_4.0*.csv.gz"))
    return sources.load(path).tables["flows"].filter(pl.col("year").is_between(1991, 2005))


def rebuilt(flows: pl.DataFrame, printed: pl.DataFrame, **group: object) -> pl.DataFrame:
    found = pl.concat(
        [group_share(flows, flow=flow, **group) for flow in ("exports", "imports")]
    ).select("state", "flow", "year", rebuilt=100 * pl.col("value"))
    return printed.join(found, on=["state", "flow", "year"], how="left")


def test_twelve_states_give_the_stored_figures(flows, printed):
    twelve = tuple(printed["state"].unique().sort())
    table = rebuilt(flows, printed, states=twelve)
    gap = (table["twelve"] - table["rebuilt"]).abs()
    assert gap.max() < 0.01
    assert table.filter(pl.col("rebuilt").is_null())["year"].unique().to_list() == [1991]


def test_imports_agree_with_the_printed_table(printed):
    imports = printed.filter((pl.col("flow") == "imports") & pl.col("printed").is_not_null())
    gap = (imports["twelve"] - imports["printed"]).abs()
    assert gap.median() < 0.6
    assert (gap <= 2).sum() == 27
    exports = printed.filter(pl.col("flow") == "exports").drop_nulls(["printed", "twelve"])
    assert ((exports["twelve"] - exports["printed"]).abs() <= 2).sum() == 12


def test_every_state_at_the_table_is_the_same_twelve(flows, printed):
    table = rebuilt(
        flows, printed, memberships=world.table("memberships"), organisation="CIS", weights="levels"
    )
    assert (table["twelve"] - table["rebuilt"]).abs().max() < 0.01

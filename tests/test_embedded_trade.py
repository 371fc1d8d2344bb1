"""The embedded trade totals, indicators, rules and criteria: sourced, small, right."""

from __future__ import annotations

import polars as pl
import pytest

from multivector.measures.weighted_voting import voting_power
from multivector.names import states
from multivector.sources import baci_totals
from multivector.study import world
from multivector.tables import CRITERIA, VOTING_RULES

SIZES = {"trade.parquet": 1_500_000, "wdi_indicators.parquet": 500_000}


@pytest.mark.parametrize("name", SIZES)
def test_files_are_small(name):
    assert world.path(name).stat().st_size < SIZES[name]


def test_totals_of_kazakhstan():
    flows = baci_totals.unpacked(world.read("trade.parquet"), states=("KAZ",), years=(2019, 2019))
    value = {(f, p): v for p, f, v in flows.select("partner", "flow", "value").iter_rows()}
    assert round(value["exports", "CHN"] / 1e6) == 7_922
    assert round(value["imports", "RUS"] / 1e6) == 13_927
    assert set(flows["state"]) == {"KAZ"}


def test_rows_have_a_source_that_is_known():
    origins = world.origins()
    for table in ("voting_rules", "criteria"):
        rows = world.table(table)
        assert rows["locator"].str.len_chars().min() > 0
        assert set(rows["source"]) <= set(origins), table
    assert set(world.read("wdi_indicators.parquet")["source"]) == {"wdi@2026-07"}
    assert {"baci_totals@2000-2020", "wdi@2026-07"} <= set(origins)


def test_rules_make_games():
    rules = VOTING_RULES.check(world.table("voting_rules"))
    assert (
        rules["state"].map_elements(states.identify, return_dtype=pl.String).equals(rules["state"])
    )
    power = voting_power(rules, organisation="EU", index="swings")
    swings = power.filter(start="1957").sort("state")
    assert dict(swings.select("state", "value").rows()) == {
        "BEL": 6,
        "DEU": 10,
        "FRA": 10,
        "ITA": 10,
        "LUX": 0,
        "NLD": 6,
    }


def test_criteria_are_whole():
    criteria = CRITERIA.check(world.table("criteria"))
    assert set(criteria["organisation"]) == {"EAEU", "EU"}
    eaeu = criteria.filter(organisation="EAEU").select("criterion", "margin").rows()
    assert dict(eaeu) == {"debt": 50.0, "deficit": -3.0, "inflation": 5.0}

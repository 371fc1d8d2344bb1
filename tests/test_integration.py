"""Introversion and its parts, shares of a group, lopsided groups."""

from __future__ import annotations

import tomllib
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from multivector.errors import BadValue, MissingData, UnknownOrganisation
from multivector.measures.integration import group_share, introversion, member_asymmetry
from multivector.tables import FLOWS_TABLE, INDICATORS, MEMBERSHIPS

CASE = tomllib.loads(
    (Path(__file__).parent / "reference" / "trade.toml").read_text(encoding="utf-8")
)["introversion"]


def world(matrix, *, year: int = 2019) -> pl.DataFrame:
    rows = [
        (f"S{i}", f"S{j}", float(value))
        for i, line in enumerate(matrix)
        for j, value in enumerate(line)
        if i != j
    ]
    frame = pl.DataFrame(rows, schema=["state", "partner", "value"], orient="row")
    exports = frame.with_columns(flow=pl.lit("exports"))
    imports = exports.select(
        state="partner", partner="state", value="value", flow=pl.lit("imports")
    )
    return FLOWS_TABLE.conform(
        pl.concat([exports, imports]).with_columns(
            year=year,
            unit=pl.lit("USD"),
            reported_by=pl.lit("reconciled"),
            source=pl.lit("x@1"),
            locator=pl.lit("row"),
        )
    )


def spells(rows) -> pl.DataFrame:
    frame = pl.DataFrame(
        rows,
        schema=dict.fromkeys(("organisation", "state", "start", "end"), pl.String),
        orient="row",
    )
    return MEMBERSHIPS.conform(
        frame.with_columns(status=pl.lit("member"), source=pl.lit("x@1"), locator=pl.lit("p. 1"))
    )


def test_toy_region_by_hand():
    flows = world(CASE["exports"])
    for measure in ("share", "intensity", "homogeneous", "extra", "introversion"):
        found = introversion(flows, states=("S0", "S1"), measure=measure)
        assert found["value"].item() == pytest.approx(CASE[measure], abs=1e-6), measure
        assert found["n"].item() == 2


matrices = st.lists(st.lists(st.integers(1, 90), min_size=5, max_size=5), min_size=5, max_size=5)


@settings(deadline=None)
@given(matrices, st.floats(0.1, 10))
def test_introversion_is_bounded_and_free_of_the_currency(matrix, rate):
    flows = world(matrix)
    found = introversion(flows, states=("S0", "S1"))["value"].item()
    assert -1 <= found <= 1
    other = flows.with_columns(value=pl.col("value") * rate)
    assert introversion(other, states=("S0", "S1"))["value"].item() == pytest.approx(found)


def test_members_are_those_of_the_year():
    flows = pl.concat([world(CASE["exports"], year=year) for year in (2008, 2010)])
    table = spells(
        [("CIS", "S0", "1991", None), ("CIS", "S1", "1991", None), ("CIS", "S2", "1993", "2009")]
    )
    found = introversion(flows, table, organisation="CIS", measure="share")
    assert found.select("organisation", "year", "n").rows() == [("CIS", 2008, 3), ("CIS", 2010, 2)]
    assert found["value"].to_list()[1] == pytest.approx(CASE["share"], abs=1e-6)
    shares = group_share(flows, table, organisation="CIS", flow="exports")
    own = {(s, y): v for s, _, y, _, v, *_ in shares.iter_rows()}
    assert own["S0", 2008] == pytest.approx(15 / 35)
    assert own["S0", 2010] == pytest.approx(10 / 35)


def test_group_share_counts_only_known_flows():
    flows = world([[0, 10, 30], [1, 0, 1], [1, 1, 0]]).with_columns(
        value=pl.when((pl.col("state") == "S0") & (pl.col("partner") == "S1"))
        .then(None)
        .otherwise("value")
    )
    row = (
        group_share(flows, states=("S1", "S2"), flow="exports")
        .filter(state="S0")
        .row(0, named=True)
    )
    assert (row["value"], row["n"]) == (1.0, 1)


def test_a_group_must_be_named_once_and_known():
    flows = world(CASE["exports"])
    with pytest.raises(BadValue, match="names no one group"):
        introversion(flows)
    with pytest.raises(BadValue, match="names no one group"):
        introversion(flows, spells([]), organisation="CIS", states=("S0",))
    with pytest.raises(MissingData, match="members of CIS"):
        introversion(flows, organisation="CIS")
    with pytest.raises(UnknownOrganisation, match="'CIS'"):
        introversion(flows, spells([("SCO", "S0", "2001", None)]), organisation="CIS")
    with pytest.raises(BadValue, match="'half'"):
        introversion(flows, states=("S0", "S1"), measure="half")
    assert introversion(FLOWS_TABLE.empty(), states=("S0", "S1")).is_empty()


def figures(values: dict[str, float]) -> pl.DataFrame:
    frame = pl.DataFrame({"state": list(values), "value": list(values.values())})
    return INDICATORS.conform(
        frame.with_columns(
            indicator=pl.lit("gdp"),
            year=2016,
            unit=pl.lit("USD"),
            source=pl.lit("y@1"),
            locator=pl.lit("row"),
        )
    )


def test_lopsided_union():
    # figures of paper 003, Table 3, billion dollars
    gdp = figures({"RUS": 1268.0, "KAZ": 128.0, "BLR": 48.0, "ARM": 11.0, "KGZ": 6.0})
    group = ("RUS", "KAZ", "BLR", "ARM", "KGZ")
    value = {
        m: member_asymmetry(gdp, states=group, measure=m)["value"].item()
        for m in ("effective", "largest", "gini", "ratio")
    }
    assert value["effective"] == pytest.approx(1.3122, abs=1e-4)
    assert value["largest"] == pytest.approx(1268 / 1461)
    assert value["ratio"] == pytest.approx(1268 / 128)
    pairs = [abs(a - b) for a in gdp["value"] for b in gdp["value"]]
    assert value["gini"] == pytest.approx(sum(pairs) / (2 * 5 * 1461))


def test_a_missing_member_leaves_asymmetry_open():
    row = member_asymmetry(figures({"RUS": 5.0}), states=("KAZ", "RUS")).row(0, named=True)
    assert (row["value"], row["n"]) == (None, 1)

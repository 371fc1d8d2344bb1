"""Dependence, interdependence, asymmetry, intensity, breadth: hand values and identities."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from multivector.errors import BadValue, SchemaError
from multivector.measures.partners import partner_shares
from multivector.measures.trade_ties import (
    asymmetry,
    breadth,
    dependence,
    directed,
    gross_product,
    interdependence,
    trade_intensity,
)
from multivector.tables import FLOWS_TABLE, INDICATORS

REFERENCE = tomllib.loads(
    (Path(__file__).parent / "reference" / "trade.toml").read_text(encoding="utf-8")
)


def world(matrix, *, year: int = 2019) -> pl.DataFrame:
    """Exports by row as flows seen from both sides."""
    names = [f"S{i}" for i in range(len(matrix))]
    rows = [
        (own, other, flow, float(value))
        for i, line in enumerate(matrix)
        for j, value in enumerate(line)
        if i != j
        for own, other, flow in (
            (names[i], names[j], "exports"),
            (names[j], names[i], "imports"),
        )
    ]
    frame = pl.DataFrame(rows, schema=["state", "partner", "flow", "value"], orient="row")
    return FLOWS_TABLE.conform(
        frame.with_columns(
            year=year,
            unit=pl.lit("USD"),
            reported_by=pl.lit("reconciled"),
            source=pl.lit("x@1"),
            locator=pl.lit("row"),
        )
    )


def product(values: dict[str, float], *, year: int = 2019, source: str = "y@1") -> pl.DataFrame:
    frame = pl.DataFrame({"state": list(values), "value": list(values.values())})
    return INDICATORS.conform(
        frame.with_columns(
            indicator=pl.lit("gdp"),
            year=year,
            unit=pl.lit("USD"),
            source=pl.lit(source),
            locator=pl.lit("row"),
        )
    )


matrices = st.integers(3, 5).flatmap(
    lambda n: st.lists(
        st.lists(st.integers(1, 500), min_size=n, max_size=n), min_size=n, max_size=n
    )
)


@settings(deadline=None)
@given(matrices)
def test_dependence_is_share_times_openness(matrix):
    flows = world(matrix)
    gdp = product({f"S{i}": 100.0 * (i + 1) for i in range(len(matrix))})
    joined = (
        dependence(flows, gdp)
        .rename({"value": "dependence"})
        .join(partner_shares(flows), on=["state", "partner", "year", "flow"])
    )
    totals = directed(flows)
    for row in joined.iter_rows(named=True):
        own = totals.filter((pl.col("state") == row["state"]) | (pl.col("partner") == row["state"]))
        openness = own["value"].sum() / (100.0 * (int(row["state"][1:]) + 1))
        assert row["dependence"] == pytest.approx(row["value"] * openness)


def test_dependence_without_product_or_flow_is_null():
    flows = world([[0, 10], [20, 0]])
    found = dependence(flows, product({"S0": 100.0}))
    assert found.rows() == [
        ("S0", "S1", 2019, "both", 0.3, None, None, 3),
        ("S1", "S0", 2019, "both", None, None, None, 2),
    ]
    with pytest.raises(BadValue, match="'arms_imports'"):
        dependence(flows, product({}), flow="arms_imports")


def test_constant_dollars_are_not_divided_by_current_ones():
    flows = world([[0, 10], [20, 0]]).with_columns(unit=pl.lit("USD of 2010"))
    with pytest.raises(SchemaError, match="USD of 2010"):
        dependence(flows, product({"S0": 100.0}))


def test_the_last_release_of_the_product_counts():
    gdp = pl.concat(
        [product({"S0": 1.0}, source="factbook@2025"), product({"S0": 2.0}, source="wdi@1")]
    )
    assert gross_product(gdp)["gdp"].to_list() == [2.0]


def test_barbieri_by_hand():
    case = REFERENCE["barbieri"]
    # S0 trades 20 of 100 with S1; S1 trades 20 of 400 with S0
    flows = world([[0, 20, 80], [0, 0, 380], [0, 0, 0]])
    for part in ("salience", "symmetry", "interdependence"):
        found = interdependence(flows, part=part).filter(state_a="S0", state_b="S1")
        assert found["value"].item() == pytest.approx(case[part])
        assert found["n"].item() == 2


@settings(deadline=None)
@given(matrices)
def test_asymmetry_is_antisymmetric_and_interdependence_is_bounded(matrix):
    flows = world(matrix)
    for measure in ("log_ratio", "difference"):
        found = asymmetry(flows, measure=measure)
        value = {(s, p): v for s, p, _, _, v, *_ in found.iter_rows()}
        assert all(value[p, s] == pytest.approx(-v) for (s, p), v in value.items())
    assert interdependence(flows)["value"].is_between(0, 1).all()


def test_hirschman_compares_the_two_ends_of_one_flow():
    flows = world([[0, 20, 80], [5, 0, 95], [10, 30, 0]])
    found = asymmetry(flows, basis="exports", measure="difference")
    row = found.filter(state="S0", partner="S1")["value"].item()
    assert row == pytest.approx(20 / 100 - 20 / 50)
    ratio = asymmetry(flows, basis="exports").filter(state="S0", partner="S1")["value"].item()
    assert ratio == pytest.approx(math.log((20 / 100) / (20 / 50)))


@settings(deadline=None)
@given(matrices)
def test_intensity_equals_the_formula(matrix):
    x = np.array(matrix, dtype=float)
    np.fill_diagonal(x, 0)
    found = trade_intensity(world(matrix))
    preference = trade_intensity(world(matrix), measure="preference")
    total = x.sum()
    for (s, p, _, _, value, *_), (*_, other, _, _, _) in zip(
        found.iter_rows(), preference.iter_rows(), strict=True
    ):
        i, j = int(s[1:]), int(p[1:])
        share = x[i, j] / x[i].sum()
        assert value == pytest.approx(share / (x[:, j].sum() / (total - x[:, i].sum())))
        rest = np.delete(np.delete(x, i, axis=0), i, axis=1)
        v = (x[:, j].sum() - x[i, j]) / rest.sum()
        if 0 < v < 1:
            hi, he = share / v, (1 - share) / (1 - v)
            assert other == pytest.approx((hi - he) / (hi + he))


def test_breadth_by_hand():
    case = REFERENCE["breadth"]
    own, others = case["own"], case["others"]
    # three partners; the rest of the world's trade goes to them as 0.2, 0.5, 0.3
    flows = world([[0, *(100 * v for v in own)], [0, 0, 50, 0], [0, 20, 0, 30], [0, 0, 0, 0]])
    assert others == [0.2, 0.5, 0.3]
    assert breadth(flows).filter(state="S0")["value"].item() == pytest.approx(case["value"])


@settings(deadline=None)
@given(matrices)
def test_breadth_of_imports_is_that_of_exports_turned_round(matrix):
    turned = [list(line) for line in zip(*matrix, strict=True)]
    a = breadth(world(matrix), flow="imports")["value"].to_list()
    b = breadth(world(turned), flow="exports")["value"].to_list()
    assert a == pytest.approx(b)
    assert all(0 <= value <= 1 for value in a)


def test_mirror_reports_fill_what_has_no_own_report():
    flows = world([[0, 10], [20, 0]])
    imports = flows.filter(flow="imports")
    assert directed(imports).sort("state").rows() == directed(flows).sort("state").rows()


def test_options_are_checked_and_empty_is_empty():
    empty = FLOWS_TABLE.empty()
    for call in (interdependence, asymmetry, trade_intensity, breadth):
        assert call(empty).is_empty()
    assert dependence(empty, INDICATORS.empty()).is_empty()
    with pytest.raises(BadValue, match="'half'"):
        interdependence(empty, part="half")
    with pytest.raises(BadValue, match="basis='gdp'"):
        asymmetry(empty, basis="gdp")
    with pytest.raises(BadValue, match="'both'"):
        breadth(empty, flow="both")
    with pytest.raises(BadValue, match="'brown'"):
        trade_intensity(empty, measure="brown")

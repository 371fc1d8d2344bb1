"""Shares, concentration, effective partners: closed forms, bounds, properties."""

from __future__ import annotations

import itertools
import math
import tomllib
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivector.errors import BadValue, SchemaError
from multivector.measures import partners
from multivector.measures.partners import (
    concentration,
    dominance,
    effective_partners,
    partner_shares,
    trade,
    trade_values,
)

CASES = tomllib.loads(
    (Path(__file__).parent / "reference" / "partners.toml").read_text(encoding="utf-8")
)["case"]
INF = float("inf")


def flows(
    values: list[float | None],
    *,
    flow: str = "exports",
    unit: str = "USD",
    state: str = "KAZ",
    year: int = 2019,
    reported_by: str = "state",
    source: str = "specimen@1",
    product: str | None = None,
) -> pl.DataFrame:
    n = len(values)
    return pl.DataFrame(
        {
            "state": [state] * n,
            "partner": [f"P{i:02d}" for i in range(n)],
            "year": [year] * n,
            "flow": [flow] * n,
            "product": pl.Series([product] * n, dtype=pl.String),
            "value": pl.Series(values, dtype=pl.Float64),
            "unit": [unit] * n,
            "reported_by": [reported_by] * n,
            "source": [source] * n,
            "locator": ["row"] * n,
        }
    )


def values_of(frame: pl.DataFrame, flow: str = "exports") -> dict[str, float]:
    measured = {
        "hhi": concentration(frame, flow=flow),
        "normalised": concentration(frame, flow=flow, measure="normalised"),
        "hirschman": concentration(frame, flow=flow, measure="hirschman"),
        "dominance": dominance(frame, flow=flow),
        **{
            f"n{q}".replace(".0", ""): effective_partners(frame, flow=flow, order=q)
            for q in (0.0, 1.0, 2.0, INF)
        },
    }
    return {name: result["value"].item() for name, result in measured.items()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_reference_values(case):
    found = values_of(flows(case["shares"]))
    for name, expected in case["expected"].items():
        assert found[name] == pytest.approx(expected, abs=case["tolerance"]), name


@given(st.lists(st.floats(0.001, 1e6), min_size=1, max_size=12))
def test_profile_falls_with_the_order_and_stays_between_one_and_n(amounts):
    found = values_of(flows(amounts))
    profile = [found[name] for name in ("n0", "n1", "n2", "ninf")]
    assert profile == sorted(profile, reverse=True) or all(
        b <= a * (1 + 1e-9) for a, b in itertools.pairwise(profile)
    )
    assert profile[0] == len(amounts)
    assert profile[-1] >= 1 - 1e-9
    assert found["hhi"] == pytest.approx(1 / found["n2"])
    assert found["dominance"] == pytest.approx(1 / found["ninf"])


@given(st.lists(st.floats(0.001, 1e6), min_size=1, max_size=12), st.floats(1e-3, 1e3))
def test_shares_sum_to_one_whatever_the_currency(amounts, rate):
    shares = partner_shares(flows(amounts), flow="exports")["value"]
    assert shares.sum() == pytest.approx(1)
    other = partner_shares(flows([rate * a for a in amounts]), flow="exports")["value"]
    assert other.to_list() == pytest.approx(shares.to_list())


@given(
    st.lists(st.integers(1, 15), min_size=1, max_size=6).filter(lambda v: sum(v) <= 100),
    st.integers(1, 40),
    st.randoms(use_true_random=False),
)
def test_bounds_hold_for_every_way_to_fill_the_rest(printed, pieces, random):
    frame = flows([float(p) for p in printed], unit="percent")
    found = concentration(frame, flow="exports").row(0, named=True)
    least = min(printed) / 100
    rest = 1 - sum(printed) / 100
    filled = [p / 100 for p in printed]
    while rest > 1e-12:
        part = min(rest, least, random.uniform(0, 2 * least) if pieces > 0 else least)
        pieces -= 1
        filled.append(part)
        rest -= part
    truth = sum(s**2 for s in filled)
    assert found["low"] - 1e-12 <= truth <= found["high"] + 1e-9
    entropy = -sum(s * math.log(s) for s in filled if s > 0)
    low = effective_partners(frame, flow="exports", order=1).row(0, named=True)
    assert low["low"] <= math.exp(entropy) * (1 + 1e-9)
    count = effective_partners(frame, flow="exports", order=0).row(0, named=True)
    assert count["low"] <= len(filled) + 1e-9


def test_percent_lists_are_not_rescaled_and_bounded():
    frame = flows([40.0, 20.0, 10.0], unit="percent")
    shares = partner_shares(frame, flow="exports")
    assert shares["value"].to_list() == pytest.approx([0.4, 0.2, 0.1])
    assert shares["n"].unique().to_list() == [3]
    row = concentration(frame, flow="exports").row(0, named=True)
    assert row["value"] == row["low"] == pytest.approx(0.21)
    assert row["high"] == pytest.approx(0.21 + 3 * 0.01)
    n2 = effective_partners(frame, flow="exports").row(0, named=True)
    assert (n2["low"], n2["high"]) == pytest.approx((1 / 0.24, 1 / 0.21))
    n0 = effective_partners(frame, flow="exports", order=0).row(0, named=True)
    assert (n0["value"], n0["low"], n0["high"]) == (None, 6.0, None)
    largest = dominance(frame, flow="exports").row(0, named=True)
    assert (largest["value"], largest["low"], largest["high"]) == pytest.approx((0.4, 0.4, 0.4))


def test_both_directions_of_percentages_cannot_be_added():
    frame = pl.concat(
        [flows([40.0], unit="percent"), flows([60.0], flow="imports", unit="percent")]
    )
    assert partner_shares(frame)["value"].to_list() == [None]
    assert concentration(frame)["value"].to_list() == [None]


def test_missing_is_not_zero():
    frame = flows([30.0, None, 0.0, 10.0])
    shares = partner_shares(frame, flow="exports")
    assert shares["value"].to_list() == [0.75, None, 0.0, 0.25]
    assert shares["n"].unique().to_list() == [2]
    assert effective_partners(frame, flow="exports", order=0)["value"].item() == 2
    nothing = flows([0.0, None])
    assert partner_shares(nothing, flow="exports")["value"].to_list() == [None, None]
    row = concentration(nothing, flow="exports").row(0, named=True)
    assert (row["value"], row["n"]) == (None, 0)


def test_one_direction_missing_leaves_the_pair_out_of_both():
    frame = pl.concat([flows([30.0, 10.0]), flows([None, 60.0], flow="imports")])
    shares = partner_shares(frame)
    assert shares["value"].to_list() == [None, 0.7]


def test_products_add_up_unless_a_total_is_given():
    parts = pl.concat([flows([1.0, 2.0], product="27"), flows([3.0, 4.0], product="72")])
    assert partner_shares(parts, flow="exports")["value"].to_list() == [0.4, 0.6]
    whole = pl.concat([parts, flows([9.0], product=None)])
    assert partner_shares(whole, flow="exports")["value"].to_list() == [0.6, 0.4]


def test_reports_are_kept_apart():
    frame = pl.concat([flows([30.0, 10.0]), flows([10.0, 10.0], reported_by="partner")])
    assert partner_shares(frame, flow="exports")["value"].to_list() == [0.75, 0.25]
    mirror = partner_shares(frame, flow="exports", report="partner")
    assert mirror["value"].to_list() == [0.5, 0.5]


def test_the_last_release_of_a_source_counts_and_sources_are_not_mixed():
    frame = pl.concat([flows([1.0, 1.0], source="x@2015"), flows([3.0, 1.0], source="x@2025")])
    assert partner_shares(frame, flow="exports")["value"].to_list() == [0.75, 0.25]
    with pytest.raises(SchemaError, match="several sources: x, y"):
        partner_shares(pl.concat([frame, flows([1.0], source="y@1")]), flow="exports")
    with pytest.raises(SchemaError, match="several units: USD, percent"):
        partner_shares(pl.concat([flows([1.0]), flows([1.0], unit="percent")]), flow="exports")


def test_bad_input_is_one_clear_error():
    with pytest.raises(BadValue, match="negative, first KAZ exports P01 2019: -2"):
        partner_shares(flows([1.0, -2.0]), flow="exports")
    with pytest.raises(BadValue, match="'outward'"):
        partner_shares(flows([1.0]), flow="outward")
    with pytest.raises(BadValue, match="-1"):
        effective_partners(flows([1.0]), flow="exports", order=-1)
    with pytest.raises(BadValue, match="'gini'"):
        concentration(flows([1.0]), flow="exports", measure="gini")


def test_empty_input_gives_an_empty_answer():
    for measure in (partner_shares, concentration, effective_partners, dominance):
        assert measure(flows([])).is_empty()


def test_trade_tells_no_trade_from_no_report():
    frame = pl.concat([flows([5.0]), flows([1.0, 2.0], flow="imports"), flows([7.0], state="UZB")])
    table = trade(frame).sort("state", "partner")
    assert table.rows() == [
        ("KAZ", "P00", 2019, 5.0, 1.0, 6.0),
        ("KAZ", "P01", 2019, 0.0, 2.0, 2.0),
        ("UZB", "P00", 2019, 7.0, None, None),
    ]


def test_every_public_name_is_a_measure():
    assert set(partners.__all__) == {
        "concentration",
        "dominance",
        "effective_partners",
        "partner_shares",
        "trade_values",
    }


def test_values_add_products_and_keep_each_side_apart() -> None:
    rows = [
        ("KAZ", "CHN", 2019, "exports", "27", 30.0, "state"),
        ("KAZ", "CHN", 2019, "exports", "74", 10.0, "state"),
        ("KAZ", "CHN", 2019, "exports", None, 44.0, "partner"),
        ("KAZ", "RUS", 2019, "exports", "27", None, "state"),
    ]
    names = ["state", "partner", "year", "flow", "product", "value", "reported_by"]
    flows = pl.DataFrame(rows, schema=names, orient="row").with_columns(
        unit=pl.lit("USD"), source=pl.lit("x@1"), locator=pl.lit("row")
    )
    own = trade_values(flows, report="state")
    assert own.select("partner", "value", "n").rows() == [("CHN", 40.0, 2), ("RUS", None, 2)]
    assert trade_values(flows, report="partner")["value"].to_list() == [44.0]
    percent = flows.with_columns(unit=pl.lit("percent"))
    assert trade_values(percent).is_empty()

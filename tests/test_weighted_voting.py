"""Voting power: published games, brute force, properties, size."""

from __future__ import annotations

import math
import tomllib
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from multivector.errors import BadValue, MissingData
from multivector.measures import weighted_voting
from multivector.measures.weighted_voting import (
    _shapley_by_quadrature,
    _shapley_by_size,
    power,
    voting_power,
)
from multivector.tables import VOTING_RULES

CASES = tomllib.loads(
    (Path(__file__).parent / "reference" / "weighted_voting.toml").read_text(encoding="utf-8")
)["case"]


def members(weights) -> tuple[str, ...]:
    return tuple(f"M{i:03d}={weight}" for i, weight in enumerate(weights))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_reference_games(case):
    frame = voting_power(weights=members(case["weights"]), quota=case["quota"])
    for index in ("banzhaf", "shapley_shubik", "swings"):
        if index in case:
            found = frame.filter(index=index)["value"].to_list()
            assert found == [float(Fraction(value)) for value in case[index]], index
    if "coleman_act" in case:
        found = frame.filter(index="coleman_act")["value"].unique().to_list()
        assert found == [float(Fraction(case["coleman_act"]))]


def by_listing(weights: list[int], quota: int) -> tuple[list[int], list[Fraction], int]:
    n = len(weights)
    swings, shares, winning = [0] * n, [Fraction(0)] * n, 0
    for size in range(n + 1):
        for coalition in combinations(range(n), size):
            weight = sum(weights[i] for i in coalition)
            winning += weight >= quota
            for i in set(range(n)) - set(coalition):
                if weight < quota <= weight + weights[i]:
                    swings[i] += 1
                    shares[i] += Fraction(
                        math.factorial(size) * math.factorial(n - size - 1), math.factorial(n)
                    )
    return swings, shares, winning


games = st.lists(st.integers(0, 12), min_size=1, max_size=8).filter(lambda w: sum(w) > 0)


@settings(deadline=None)
@given(games, st.data())
def test_every_index_equals_listing_all_coalitions(weights, data):
    quota = data.draw(st.integers(1, sum(weights)))
    swings, shares, winning = by_listing(weights, quota)
    n, found = len(weights), power(weights, quota)
    assert found["swings"] == [float(eta) for eta in swings]
    assert found["shapley_shubik"] == [float(share) for share in shares]
    assert found["penrose"] == [eta / 2 ** (n - 1) for eta in swings]
    assert found["banzhaf"] == [float(Fraction(eta, sum(swings))) for eta in swings]
    assert found["coleman_prevent"] == [float(Fraction(eta, winning)) for eta in swings]
    assert found["coleman_act"] == [winning / 2**n] * n


@settings(deadline=None)
@given(games, st.data())
def test_quadrature_is_exact_up_to_rounding(weights, data):
    quota = data.draw(st.integers(1, sum(weights)))
    nodes = math.ceil(len(weights) / 2)
    found = _shapley_by_quadrature(weights, quota, nodes)
    assert np.allclose(found, _shapley_by_size(weights, quota), atol=1e-12)
    assert found.sum() == pytest.approx(1, abs=1e-12)


@settings(deadline=None)
@given(games, st.data())
def test_heavier_members_have_no_less_power_and_null_weights_none(weights, data):
    quota = data.draw(st.integers(1, sum(weights)))
    found = power(weights, quota)
    for index in ("banzhaf", "shapley_shubik"):
        pairs = sorted(zip(weights, found[index], strict=True))
        assert [value for _, value in pairs] == sorted(value for _, value in pairs)
        assert all(value == 0 for weight, value in pairs if weight == 0)


def test_equal_members_by_closed_form():
    n = 193
    found = power([1] * n, 97)
    assert found["penrose"][0] == pytest.approx(math.comb(192, 96) / 2**192, rel=1e-15)
    assert found["swings"][0] == float(math.comb(192, 96))
    assert found["shapley_shubik"][0] == pytest.approx(1 / n, rel=1e-15)


def test_193_members_at_weights_in_the_hundred_thousands_are_added_up_once_a_member(monkeypatch):
    """Steps grow with members, not with coalitions; `python -m benchmarks power` times them."""
    counted = {"_cumulative": 0, "_distribution": 0}

    def watched(name):
        of = getattr(weighted_voting, name)

        def call(*given):
            counted[name] += 1
            return of(*given)

        return call

    for name in counted:
        monkeypatch.setattr(weighted_voting, name, watched(name))
    rng = np.random.default_rng(3)
    weights = [int(1450 + 900_000 * u**30) for u in rng.random(193)]
    found = power(weights, sum(weights) * 85 // 100)
    assert counted == {"_cumulative": 7, "_distribution": 24}
    assert sum(found["shapley_shubik"]) == pytest.approx(1, abs=1e-9)
    assert sum(found["banzhaf"]) == pytest.approx(1, abs=1e-12)


def test_large_game_agrees_with_sampling():
    rng = np.random.default_rng(5)
    weights = [int(w) for w in rng.integers(1, 4000, size=60)]
    quota = sum(weights) * 6 // 10
    found = power(weights, quota)
    joins = rng.random((200_000, 60)) < 0.5
    others = joins[:, 1:] @ np.array(weights[1:])
    swings = (others < quota) & (others + weights[0] >= quota)
    assert found["penrose"][0] == pytest.approx(swings.mean(), abs=4e-3)


def test_rules_come_from_the_table_and_the_quota_can_be_given():
    rows = [("EAEC", "RUS", 40.0), ("EAEC", "KAZ", 20.0), ("EAEC", "BLR", 20.0)]
    frame = pl.DataFrame(rows, schema=["organisation", "state", "weight"], orient="row")
    rules = VOTING_RULES.conform(frame.with_columns(source=pl.lit("x@1"), locator=pl.lit("p")))
    found = voting_power(rules, index="banzhaf")
    assert found["value"].to_list() == [0.2, 0.2, 0.6]
    assert found["n"].to_list() == [3, 3, 3]
    tight = voting_power(rules, quota=80, index="banzhaf")
    assert tight["value"].to_list() == [pytest.approx(1 / 3)] * 3
    with pytest.raises(MissingData, match="no decision rule of SCO"):
        voting_power(rules, organisation="SCO")


def test_fractions_of_votes_and_common_factors_change_nothing():
    plain = voting_power(weights=("A=4", "B=2", "C=1"), quota=4, index="banzhaf")
    halves = voting_power(weights=("A=2", "B=1", "C=0.5"), quota=2, index="banzhaf")
    thirds = voting_power(weights=("A=4/3", "B=2/3", "C=1/3"), quota=0.57, index="banzhaf")
    assert plain["value"].to_list() == halves["value"].to_list() == thirds["value"].to_list()


@pytest.mark.parametrize(
    ("weights", "quota", "message"),
    [
        (("A=1", "B=2"), 4, "quota 4 cannot be met"),
        (("A=1", "B=2"), -1, "quota -1 cannot be met"),
        (("A=1", "B=-2"), 1, "are no game"),
        (("A=0", "B=0"), 1, "are no game"),
        (("A=1", "A=2"), 1, "A come twice"),
        (("A=many",), 1, "'A=many' is no member's weight"),
        (("A",), 1, "'A' is no member's weight"),
    ],
)
def test_impossible_games(weights, quota, message):
    with pytest.raises(BadValue, match=message):
        voting_power(weights=weights, quota=quota)


def test_weights_without_names_are_numbered():
    found = voting_power(weights=("4", "4", "4", "2", "2", "1"), quota=12, index="swings")
    assert found["state"].to_list() == ["1", "2", "3", "4", "5", "6"]
    assert found["value"].to_list() == [10, 10, 10, 6, 6, 0]
    assert voting_power(weights=(3, 2, 1), quota=4, index="swings")["value"].to_list() == [3, 1, 1]


def test_unknown_index_and_nothing_to_compute():
    with pytest.raises(BadValue, match="'holler'"):
        voting_power(weights=("A=1",), index="holler")
    with pytest.raises(MissingData):
        voting_power()
    assert voting_power(VOTING_RULES.empty()).is_empty()

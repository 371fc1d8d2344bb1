"""Brokerage and reliance: small networks whose answers are known."""

from __future__ import annotations

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from multivector.errors import BadValue, UnknownOrganisation
from multivector.measures.club_network import _betweenness, brokerage, projection, reliance
from multivector.measures.clubs import seats
from multivector.tables import MEMBERSHIPS


def clubs(**organisations: str) -> pl.DataFrame:
    rows = [(name, state) for name, states in organisations.items() for state in states.split()]
    frame = pl.DataFrame(rows, schema=["organisation", "state"], orient="row")
    return MEMBERSHIPS.conform(
        frame.with_columns(
            status=pl.lit("member"),
            start=pl.lit("1995"),
            source=pl.lit("x@1"),
            locator=pl.lit("p. 1"),
        )
    )


def value(frame: pl.DataFrame) -> dict[str, float]:
    return dict(frame.select("state", "value").rows())


def test_the_centre_of_a_star_is_on_every_path():
    star = clubs(O1="HUB A", O2="HUB B", O3="HUB C")
    assert value(brokerage(star)) == {"A": 0.0, "B": 0.0, "C": 0.0, "HUB": 1.0}
    constraint = value(brokerage(star, measure="constraint"))
    assert constraint["HUB"] == pytest.approx(1 / 3)
    assert constraint["A"] == pytest.approx(1.0)


def test_closed_triangle_is_constrained():
    triangle = clubs(O1="A B C")
    assert value(brokerage(triangle, measure="constraint"))["A"] == pytest.approx(9 / 8)
    assert set(value(brokerage(triangle)).values()) == {0.0}


def test_fewer_than_three_states_have_no_betweenness():
    pair = clubs(O1="A B")
    assert value(brokerage(pair)) == {"A": None, "B": None}
    alone = clubs(O1="A")
    assert value(brokerage(alone, measure="constraint")) == {"A": None}


def by_listing(ties: np.ndarray) -> list[float]:
    """Betweenness by listing every simple path."""
    n = len(ties)
    total = [0.0] * n
    for s, t in itertools.combinations(range(n), 2):
        best: dict[tuple[int, ...], float] = {}
        others = [v for v in range(n) if v not in (s, t)]
        for size in range(n - 1):
            for middle in itertools.permutations(others, size):
                path = (s, *middle, t)
                if all(ties[a, b] > 0 for a, b in itertools.pairwise(path)):
                    best[middle] = sum(1 / ties[a, b] for a, b in itertools.pairwise(path))
        if not best:
            continue
        least = min(best.values())
        shortest = [middle for middle, length in best.items() if length < least + 1e-9]
        for middle in shortest:
            for v in middle:
                total[v] += 1 / len(shortest)
    return [2 * value / ((n - 1) * (n - 2)) for value in total]


@settings(deadline=None, max_examples=60)
@given(st.integers(3, 5), st.data())
def test_betweenness_equals_listing_all_paths(n, data):
    ties = np.zeros((n, n))
    for a, b in itertools.combinations(range(n), 2):
        ties[a, b] = ties[b, a] = data.draw(st.integers(0, 3))
    assert _betweenness(ties) == pytest.approx(by_listing(ties))


def test_levels_and_left_out_organisations():
    table = clubs(UN="A B C", O1="A B")
    states, ties = projection(seats(table, 2000))
    assert states == ["A", "B", "C"]
    assert ties.tolist() == [[0, 2, 1], [2, 0, 1], [1, 1, 0]]
    assert value(brokerage(table, without=("UN",), measure="constraint")) == {"A": 1.0, "B": 1.0}


def test_reliance_by_hand():
    table = clubs(SCO="CHN KAZ RUS", CIS="KAZ RUS", CICA="CHN KAZ")
    found = {(a, b): v for a, b, _, v, *_ in reliance(table, organisation="SCO").iter_rows()}
    assert found == {("CHN", "KAZ"): 0.5, ("CHN", "RUS"): 1.0, ("KAZ", "RUS"): 0.5}
    # with the SCO: ties 2, 1, 2; without: a chain CHN-KAZ-RUS with ties 1 and 1
    rise = reliance(table, organisation="SCO", measure="resistance")
    before = 1 / (1 + 1 / (1 / 2 + 1 / 2))
    assert rise.filter(state_a="CHN", state_b="RUS")["value"].item() == pytest.approx(2 - before)


def test_a_tie_that_is_cut_is_null():
    table = clubs(SCO="CHN KAZ", CIS="KAZ RUS")
    row = reliance(table, organisation="SCO", measure="resistance").row(0, named=True)
    assert (row["state_a"], row["value"], row["n"]) == ("CHN", None, 1)


def test_options_are_checked_and_empty_is_empty():
    table = clubs(SCO="CHN KAZ")
    with pytest.raises(UnknownOrganisation, match="'NATO'"):
        reliance(table, organisation="NATO")
    with pytest.raises(BadValue, match="among those left out"):
        reliance(table, organisation="SCO", without=("SCO",))
    with pytest.raises(BadValue, match="'closeness'"):
        brokerage(table, measure="closeness")
    assert brokerage(MEMBERSHIPS.empty()).is_empty()
    assert reliance(MEMBERSHIPS.empty(), organisation="SCO").is_empty()

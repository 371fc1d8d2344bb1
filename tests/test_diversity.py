"""Diversity of portfolios of poles: reference vectors and the nine properties of the index."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from multivector.measures.diversity import (
    _climbed,
    ceiling,
    diversity,
    index,
    is_negative_type,
    partition,
)

D = np.array([[0.0, 0.7, 0.8], [0.7, 0.0, 0.1], [0.8, 0.1, 0.0]])
APART = 1 - np.eye(3)
ORDERS = (0.0, 0.5, 1.0, 2.0, 3.0, float("inf"))
sizes = st.integers(2, 6)


@st.composite
def portfolios(draw: st.DrawFn, size: int | None = None) -> np.ndarray:
    m = size or draw(sizes)
    raw = draw(hnp.arrays(float, m, elements=st.floats(0.0, 1.0)))
    raw = raw + 1e-6
    return raw / raw.sum()


@st.composite
def embedded(draw: st.DrawFn, size: int) -> np.ndarray:
    """Squared gaps of points, scaled to at most 1: distances of negative type."""
    points = draw(hnp.arrays(float, (size, 2), elements=st.floats(-1, 1)))
    gaps = ((points[:, None] - points[None]) ** 2).sum(-1)
    return gaps / max(gaps.max(), 1e-9)


@st.composite
def any_distances(draw: st.DrawFn, size: int) -> np.ndarray:
    values = draw(hnp.arrays(float, (size, size), elements=st.floats(0, 1)))
    both = np.triu(values, 1)
    return both + both.T


@st.composite
def cases(draw: st.DrawFn, kind=any_distances) -> tuple[np.ndarray, np.ndarray]:
    size = draw(sizes)
    return draw(portfolios(size)), draw(kind(size))


def test_reference_vectors() -> None:
    p = np.array([0.5, 0.3, 0.2])
    assert p @ D @ p == pytest.approx(0.382, abs=1e-12)
    assert diversity(p, D) == pytest.approx(1.618123, abs=5e-7)
    assert diversity(p, APART) == pytest.approx(2.631579, abs=5e-7)
    split = np.array([0.3, 0.2, 0.3, 0.2])
    twice = D[np.ix_([0, 0, 1, 2], [0, 0, 1, 2])]
    assert diversity(split, twice) == pytest.approx(1.618123, abs=5e-7)


def test_hill_profile() -> None:
    p = np.array([0.5, 0.3, 0.2])
    found = [float(diversity(p, APART, order=q)) for q in (0, 1, 2, np.inf)]
    assert found == pytest.approx([3, 2.800094, 2.631579, 2], abs=1e-6)


def test_partition_reference_vectors() -> None:
    assert np.array(partition(np.eye(3), APART)) == pytest.approx([1, 3, 3])
    even = np.full((3, 3), 1 / 3)
    assert np.array(partition(even, APART)) == pytest.approx([3, 1, 3])
    rows = np.array([[0.8, 0.1, 0.1], [0.1, 0.3, 0.6], [0.4, 0.3, 0.3]])
    expected = [1.359927, 1.201962, 1.634580]
    assert np.array(partition(rows, D)) == pytest.approx(expected, abs=1e-6)


def test_two_vectors_of_the_cis_table() -> None:
    for share, expected in ((0.9, 1.2195), (0.55, 1.9802), (0.27, 1.6507), (0.15, 1.3423)):
        found = diversity(np.array([share, 1 - share]), 1 - np.eye(2))
        assert found == pytest.approx(expected, abs=5e-5)


def test_kazakhstan_of_the_reference_from_its_printed_shares() -> None:
    far = np.zeros((4, 4))
    pairs = itertools.combinations(range(4), 2)
    for (i, j), d in zip(pairs, (0.668, 0.763, 0.412, 0.150, 0.339, 0.384), strict=True):
        far[i, j] = far[j, i] = d
    p = np.array([0.012, 0.244, 0.591, 0.153])
    assert ceiling(far) == pytest.approx(1.625, abs=5e-4)
    assert diversity(p, far) == pytest.approx(1.182, abs=5e-4)
    assert index(diversity(p, far), ceiling(far)) == pytest.approx(0.345, abs=5e-4)
    assert is_negative_type(far)


@given(st.data(), sizes)
def test_one_pole_is_one_vector(data: st.DataObject, size: int) -> None:
    far = data.draw(any_distances(size))
    for pole in range(size):
        for q in ORDERS:
            assert diversity(np.eye(size)[pole], far, order=q) == pytest.approx(1)


@given(st.integers(1, 12))
def test_distant_equal_poles_count_themselves(size: int) -> None:
    even = np.full(size, 1 / size)
    for q in ORDERS:
        assert diversity(even, 1 - np.eye(size), order=q) == pytest.approx(size)
    assert ceiling(1 - np.eye(size)) == pytest.approx(size)


@given(portfolios())
def test_unrelated_poles_give_one_over_the_herfindahl_index(p: np.ndarray) -> None:
    assert diversity(p, 1 - np.eye(len(p))) == pytest.approx(1 / (p**2).sum())


@given(cases(), st.data(), st.integers(1, 4))
def test_splitting_a_pole_into_copies_changes_nothing(case, data, copies: int) -> None:
    p, far = case
    pole = data.draw(st.integers(0, len(p) - 1))
    parts = data.draw(portfolios(copies + 1)) * p[pole]
    order = [i for i in range(len(p)) if i != pole] + [pole] * (copies + 1)
    split = np.concatenate([np.delete(p, pole), parts])
    twice = far[np.ix_(order, order)]
    for q in (1.0, 2.0, float("inf")):
        assert diversity(split, twice, order=q) == pytest.approx(diversity(p, far, order=q))
    assert ceiling(twice) == pytest.approx(ceiling(far))


def test_a_bloc_as_one_pole_or_twenty_seven() -> None:
    order = [0, 1] + [2] * 27
    split = np.concatenate([[0.5, 0.3], np.full(27, 0.2 / 27)])
    twice = D[np.ix_(order, order)]
    assert diversity(split, twice) == pytest.approx(1.618123, abs=5e-7)
    assert ceiling(twice) == pytest.approx(ceiling(D))


@given(cases(), st.randoms(use_true_random=False))
def test_order_of_poles_does_not_matter(case, random) -> None:
    p, far = case
    order = list(range(len(p)))
    random.shuffle(order)
    turned = far[np.ix_(order, order)]
    assert diversity(p[order], turned) == pytest.approx(diversity(p, far))
    assert ceiling(turned) == pytest.approx(ceiling(far))


@given(cases(), st.data(), st.floats(0, 1))
def test_farther_poles_never_lower_it(case, data, more: float) -> None:
    p, far = case
    i, j = data.draw(st.permutations(range(len(p))))[:2]
    wider = far.copy()
    wider[i, j] = wider[j, i] = far[i, j] + more * (1 - far[i, j])
    for q in (1.0, 2.0, float("inf")):
        assert diversity(p, wider, order=q) >= diversity(p, far, order=q) - 1e-9
    assert ceiling(wider) >= ceiling(far) - 1e-9


@given(cases(), st.floats(0, 1e-4))
def test_small_changes_of_distance_change_little(case, by: float) -> None:
    p, far = case
    moved = np.clip(far + by * (1 - np.eye(len(p))), 0, 1)
    assert abs(diversity(p, moved) - diversity(p, far)) <= len(p) ** 2 * by * 1.01 + 1e-9


@given(st.data(), sizes, st.integers(1, 4))
def test_beta_is_at_least_one_for_distances_of_negative_type(data, size, domains) -> None:
    far = data.draw(embedded(size))
    rows = np.array([data.draw(portfolios(size)) for _ in range(domains)])
    weights = data.draw(portfolios(domains))
    assert is_negative_type(far)
    parts = partition(rows, far, weights)
    assert parts.beta >= 1 - 1e-9
    assert parts.gamma == pytest.approx(parts.alpha * parts.beta)


def test_beta_below_one_where_distances_are_not_of_negative_type() -> None:
    far = np.array([[0.0, 0.1, 1.0], [0.1, 0.0, 0.1], [1.0, 0.1, 0.0]])
    assert not is_negative_type(far)
    rows = np.array([[0.5, 0.0, 0.5], [0.0, 1.0, 0.0]])
    gaps = [partition(rows, far, np.array([w, 1 - w])).beta for w in np.linspace(0.05, 0.95, 19)]
    assert min(gaps) < 1


@given(portfolios(), st.data())
def test_squared_ideal_point_gaps_give_the_variance(p: np.ndarray, data: st.DataObject) -> None:
    theta = data.draw(hnp.arrays(float, len(p), elements=st.floats(-3, 3)))
    far = 0.5 * (theta[:, None] - theta[None]) ** 2
    variance = float(p @ theta**2 - (p @ theta) ** 2)
    assert p @ far @ p == pytest.approx(variance, abs=1e-9)


def test_connectedness_of_the_reference() -> None:
    theta, p = np.array([2.69, 0.14, -0.33, 1.2]), np.array([0.1, 0.3, 0.4, 0.2])
    spread = p @ (0.5 * (theta[:, None] - theta[None]) ** 2) @ p
    assert spread == pytest.approx(0.885489, abs=5e-7)
    assert np.sqrt(spread) == pytest.approx(0.941004, abs=5e-7)


@given(st.floats(0, 1))
def test_hedging_band_of_two_opposed_poles(share: float) -> None:
    found = float(diversity(np.array([share, 1 - share]), 1 - np.eye(2)))
    inside = 0.45 <= share <= 0.55
    edge = min(abs(share - 0.45), abs(share - 0.55)) < 1e-6
    assert edge or inside == (found >= 1 / (0.45**2 + 0.55**2))
    assert pytest.approx(1.9802, abs=5e-5) == 1 / (0.45**2 + 0.55**2)


@settings(max_examples=30)
@given(cases())
def test_no_portfolio_beats_the_ceiling(case) -> None:
    p, far = case
    top = ceiling(far)
    assert diversity(p, far) <= top + 1e-9
    grid = np.random.default_rng(0).dirichlet(np.ones(len(p)), 2000)
    assert diversity(grid, far).max() <= top + 1e-9


@settings(max_examples=30)
@given(st.data(), st.integers(2, 7))
def test_both_ways_to_the_ceiling_agree(data: st.DataObject, size: int) -> None:
    far = data.draw(embedded(size))
    assert _climbed(far) == pytest.approx(ceiling(far), rel=1e-5)


def test_many_poles() -> None:
    assert ceiling(1 - np.eye(20)) == pytest.approx(20)


@given(cases(), st.sampled_from(ORDERS))
def test_index_lies_between_zero_and_one(case, q: float) -> None:
    p, far = case
    found = index(diversity(p, far, order=q), ceiling(far))
    assert np.isnan(found) or 0 <= found <= 1


def test_poles_at_no_distance_have_no_index() -> None:
    same = np.zeros((3, 3))
    assert ceiling(same) == 1
    assert np.isnan(index(diversity(np.full(3, 1 / 3), same), ceiling(same)))


def test_missing_shares_give_no_number() -> None:
    for q in ORDERS:
        assert np.isnan(diversity(np.full(3, np.nan), D, order=q))

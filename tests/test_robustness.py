"""Specifications of the index: ranks, dominance, Sobol' indices, seeds and time."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

import multivector as mv
from multivector.errors import BadValue
from multivector.measures import robustness
from multivector.measures.robustness import (
    FACTORS,
    _designed,
    _ranked,
    multivector_dominance,
    multivector_ranks,
    multivector_sensitivity,
    sobol,
)
from tests.panels import panel
from tests.test_multivector_index import POLES, TABLE, trade, votes

STATES = ("KAZ", "TUR", "UZB")
WORLD = {**TABLE, "TUR": TABLE["DEU"], "UZB": TABLE["CHN"]}
CENTRAL_ASIA = ("KAZ", "UZB", "TKM")


def test_ishigami() -> None:
    def model(u: np.ndarray) -> np.ndarray:
        x = np.pi * (2 * u - 1)
        return np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])

    first, total = sobol(*_designed(model, 3, 4096, np.random.default_rng(1)))
    assert first == pytest.approx([0.3139, 0.4424, 0], abs=0.02)
    assert total == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.02)


def test_ranks_count_from_the_largest_and_share_ties() -> None:
    values = np.array([[0.1, 0.5], [0.3, 0.5], [0.2, np.nan]])
    found = _ranked(values)
    assert found[:, 0].tolist() == [3, 1, 2]
    assert found[:2, 1].tolist() == [1.5, 1.5]
    assert np.isnan(found[2, 1])


def test_dominance_of_a_pair_sums_to_one() -> None:
    found = multivector_dominance(votes(WORLD), states=STATES, poles=POLES, draws=60)
    table = {(a, b): v for a, b, v in found.select("state_a", "state_b", "value").iter_rows()}
    for a, b in table:
        assert table[a, b] + table[b, a] == pytest.approx(1)


def test_intervals_hold_the_median_and_ranks_stay_in_range() -> None:
    found = multivector_ranks(votes(WORLD), states=STATES, poles=POLES, draws=60)
    for row in found.iter_rows(named=True):
        assert row["low"] <= row["value"] <= row["high"]
        assert 1 <= row["rank_low"] <= row["rank"] <= row["rank_high"] <= 3


def test_states_are_compared_in_the_domains_they_all_have() -> None:
    found = multivector_ranks(
        votes(WORLD), flows=trade(RUS=1, CHN=1), states=STATES, poles=POLES, draws=10
    )
    assert set(found["domains"]) == {"votes"}
    alone = multivector_ranks(
        votes(WORLD), flows=trade(RUS=1, CHN=1), states=("KAZ",), poles=POLES, draws=10
    )
    assert set(alone["domains"]) == {"votes;trade"}


def test_the_seed_decides() -> None:
    asked = {"states": STATES, "poles": POLES, "draws": 40}
    first = multivector_ranks(votes(WORLD), **asked, seed=3)
    assert first.equals(multivector_ranks(votes(WORLD), **asked, seed=3))
    assert not first.equals(multivector_ranks(votes(WORLD), **asked, seed=4))


def test_a_state_keeps_its_interval_whoever_stands_beside_it() -> None:
    asked = {"poles": POLES, "draws": 40}
    beside = multivector_ranks(votes(WORLD), states=("KAZ", "TUR"), **asked)
    alone = multivector_ranks(votes(WORLD), states=("KAZ",), **asked)
    keep = ["state", "value", "low", "high"]
    assert beside.filter(state="KAZ").select(keep).equals(alone.select(keep))


def test_choices_without_alternatives_have_no_sensitivity() -> None:
    found = multivector_sensitivity(votes(WORLD), state="KAZ", poles=POLES, points=64)
    table = dict(found.select("factor", "value").iter_rows())
    assert set(table) == set(FACTORS)
    assert table["weights"] is None
    assert table["distance"] is None
    assert table["sampling"] is not None


def test_bad_input() -> None:
    cast = votes(WORLD)
    with pytest.raises(BadValue, match="power of 2"):
        multivector_sensitivity(cast, state="KAZ", poles=POLES, points=100)
    with pytest.raises(BadValue, match="different states"):
        multivector_ranks(cast, states=("KAZ", "KAZ"), poles=POLES)
    with pytest.raises(BadValue, match="its own pole"):
        multivector_ranks(cast, states=("KAZ", "USA"), poles=POLES)
    with pytest.raises(BadValue, match="no domain in common"):
        multivector_ranks(
            votes({k: v for k, v in TABLE.items() if k != "KAZ"} | {"UZB": TABLE["CHN"]}),
            flows=trade(RUS=1, CHN=1), states=("KAZ", "UZB"), poles=POLES,
        )  # fmt: skip


def test_a_made_up_world_runs() -> None:
    from multivector.tables import FLOWS_TABLE, MEMBERSHIPS, ROLLCALLS, VOTES

    tables = {t.name: panel(t) for t in (VOTES, ROLLCALLS, FLOWS_TABLE, MEMBERSHIPS)}
    found = multivector_ranks(**tables, states=STATES, poles=("RUS", "CHN", "USA"), draws=30)
    assert found["domains"].unique().to_list() == ["votes;trade;institutions"]


def test_specifications_are_reckoned_by_kind_not_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ten times the draws ask for no further index: `python -m benchmarks vectors` times them."""
    asked = []
    index = robustness.kernel.index

    def counted(*given: Any) -> Any:
        asked.append(1)
        return index(*given)

    monkeypatch.setattr(robustness.kernel, "index", counted)
    calls = {}
    for draws in (1000, 10_000):
        asked.clear()
        multivector_ranks(votes(WORLD), states=STATES, poles=POLES, draws=draws, domains=("votes",))
        calls[draws] = len(asked)
    assert 0 < calls[1000] == calls[10_000] < 100


def test_thousand_specifications_over_thirty_years() -> None:
    found = mv.Workspace().compute(
        "multivector_ranks", states=("KAZ",), poles=("USA", "EU", "RUS", "CHN"),
        domains=("votes",), years=(1993, 2022), by="year", draws=1000,
    ).frame  # fmt: skip
    assert found.height == 30
    assert found["value"].null_count() == 0


def test_central_asia() -> None:
    asked = {"states": CENTRAL_ASIA, "poles": ("USA", "EU", "RUS", "CHN"), "years": (2014, 2020)}
    found = mv.Workspace().compute("multivector_dominance", **asked, draws=300).frame
    table = {(a, b): v for a, b, v in found.select("state_a", "state_b", "value").iter_rows()}
    assert table["KAZ", "UZB"] > 0.5
    assert isinstance(found, pl.DataFrame)

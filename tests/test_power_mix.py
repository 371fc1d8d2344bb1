"""The power mix: composition, evenness, balance, complementarity, drift, volume."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import multivector as mv
from multivector.errors import BadValue
from multivector.measures.power_mix import (
    power_balance,
    power_composition,
    power_evenness,
    power_volume,
)
from multivector.measures.power_shifts import (
    _firth,
    jensen_shannon,
    power_complementarity,
    power_drift,
)
from multivector.tables import DIMENSIONS, EVENTS, MODES

NAMES = ["date", "dimension", "mode"]


def acts(*rows: tuple[str | None, str, str | None], actors: str = "KAZ;TUR") -> pl.DataFrame:
    frame = pl.DataFrame(
        [(f"E{i:04}", *row) for i, row in enumerate(rows)],
        schema=dict.fromkeys(["event", *NAMES], pl.String),
        orient="row",
    )
    told = {"type": "other", "actors": actors, "source": "made@1", "locator": "made up"}
    return EVENTS.conform(frame.with_columns(**{k: pl.lit(v) for k, v in told.items()}))


def test_composition_by_hand() -> None:
    rows = [("2000", "economic", "induce")] * 3 + [("2001", "cultural", "attract")]
    found = power_composition(acts(*rows))
    assert found.select("category", "events", "value", "n").rows() == [
        ("cultural", 1, 0.25, 4),
        ("economic", 3, 0.75, 4),
    ]
    assert (found["low"] < found["value"]).all()
    by_year = power_composition(acts(*rows), by="year")
    assert by_year["value"].to_list() == [1, 1]
    assert by_year["high"].to_list() == [1, 1]


def test_evenness_by_hand() -> None:
    rows = [("2000", "economic", None), ("2000", "cultural", None)]
    found = power_evenness(acts(*rows), draws=0)["value"].item()
    assert found == pytest.approx((np.log(2) + 1 / 4) / np.log(len(DIMENSIONS)))
    many = acts(*(rows * 50))
    assert power_evenness(many, measure="hill", order=1, draws=0)["value"].item() == 2
    unbiased = power_evenness(many, measure="hill", draws=0)["value"].item()
    assert unbiased == pytest.approx(1 / (2 * 50 * 49 / (100 * 99)))
    assert power_evenness(acts(rows[0]), draws=0)["value"].item() is None


@given(st.lists(st.sampled_from(DIMENSIONS), min_size=2, max_size=30))
def test_evenness_stays_between_zero_and_one(kinds: list[str]) -> None:
    found = power_evenness(acts(*(("2000", kind, None) for kind in kinds)), draws=0)
    assert 0 <= found["value"].item() <= 1


@given(st.integers(0, 20), st.integers(0, 20))
def test_smartness_balance(hard: int, soft: int) -> None:
    rows = [("2000", "economic", "coerce")] * hard + [("2000", "economic", "attract")] * soft
    found = power_balance(acts(*rows, ("2000", "economic", None)))
    row = found.row(0, named=True)
    assert (row["hard"], row["soft"], row["uncoded"]) == (hard, soft, 1)
    if hard + soft == 0:
        assert row["value"] is None
        return
    assert row["value"] == pytest.approx(2 * min(hard, soft) / (hard + soft))
    assert row["low"] <= row["value"] <= row["high"]


def test_hard_is_never_told_from_the_dimension() -> None:
    rows = [("2000", "economic", "attract")] * 3 + [("2000", "cultural", "coerce")] * 3
    assert power_balance(acts(*rows)).select("hard", "soft").row(0) == (3, 3)
    plain = [("2000", dimension, None) for dimension in DIMENSIONS]
    assert power_balance(acts(*plain)).select("hard", "soft").row(0) == (0, 0)
    assert set(MODES) == {"coerce", "induce", "attract"}


def test_packages() -> None:
    together = [
        (f"2000-01-{day:02}", "economic", mode)
        for day in range(1, 21)
        for mode in ("induce", "attract")
    ]
    found = power_complementarity(acts(*together), permutations=300).row(0, named=True)
    assert found["n"] == 20
    assert found["value"] > found["high"]
    assert found["p_value"] < 0.01
    apart = [
        (f"2000-01-{day:02}", "economic", mode)
        for day in range(1, 21)
        for mode in (("induce",) * 2 if day % 2 else ("attract",) * 2)
    ]
    found = power_complementarity(acts(*apart), permutations=300).row(0, named=True)
    assert found["value"] < found["low"]
    vague = power_complementarity(acts(("2000", "economic", "induce"), ("2000", "economic", None)))
    assert vague.select("n", "value").row(0) == (0, None)


def test_a_relation_that_moved_and_one_that_did_not() -> None:
    moved = [(str(1992 + i), "cultural", None) for i in range(12)]
    moved += [(str(2004 + i), "economic", None) for i in range(12)]
    found = {r["statistic"]: r for r in power_drift(acts(*moved), split=2004).to_dicts()}
    assert found["trend"]["low"] > 0
    assert found["trend"]["p_value"] < 0.001
    assert (found["share_before"]["value"], found["share_after"]["value"]) == (0, 1)
    assert found["divergence"]["value"] == pytest.approx(1, abs=0.1)
    assert found["break"]["year"] == 2004
    still = [(str(1992 + i), kind, None) for i in range(24) for kind in ("cultural", "economic")]
    found = {r["statistic"]: r for r in power_drift(acts(*still)).to_dicts()}
    assert found["trend"]["low"] < 0 < found["trend"]["high"]
    assert found["divergence"]["p_value"] > 0.2
    assert found["break"]["p_value"] > 0.2


def test_shuffled_dates_are_found_moved_as_rarely_as_they_should() -> None:
    random = np.random.default_rng(5)
    low = 0
    for _ in range(40):
        kinds = random.permutation(["cultural"] * 10 + ["economic"] * 10)
        rows = [(str(1992 + i), str(kind), None) for i, kind in enumerate(kinds)]
        tests = power_drift(acts(*rows), permutations=99)
        low += tests.filter(statistic="trend")["p_value"].item() <= 0.1
    assert low <= 10


def test_firth_is_finite_where_groups_are_separated() -> None:
    slope, error = _firth(np.array([-1.0, -0.5, 0.5, 1.0]), np.array([False, False, True, True]))
    assert 0 < slope < 10
    assert np.isfinite(error)


def test_firth_of_a_balanced_table() -> None:
    x = np.array([-1.0] * 10 + [1.0] * 10)
    y = np.array([True] * 3 + [False] * 7 + [True] * 6 + [False] * 4)
    slope, _ = _firth(x, y)
    expected = 0.5 * (np.log(6.5 / 4.5) - np.log(3.5 / 7.5))
    assert slope == pytest.approx(expected)


def test_jensen_shannon() -> None:
    assert jensen_shannon(np.array([1.0, 1.0]), np.array([2.0, 2.0])) == 0
    assert jensen_shannon(np.array([1.0, 0.0]), np.array([0.0, 3.0])) == 1


def test_volume_is_a_share_of_the_corpus() -> None:
    rows = pl.concat(
        [
            acts(("2000", "economic", None)),
            acts(("2000", "economic", None), ("2001", "economic", None), actors="RUS;USA")
            .with_columns(event=pl.lit("R") + pl.col("event")),
        ]
    )  # fmt: skip
    found = power_volume(rows, state="KAZ")
    assert found.select("year", "events", "value", "n").rows() == [
        (2000, 1, 500, 2),
        (2001, 0, 0, 1),
    ]


def test_repeats_are_left_out_and_the_seed_decides() -> None:
    rows = acts(("2000", "economic", "induce"), ("2010", "cultural", "attract"))
    twice = rows.with_columns(duplicate_of=pl.Series([None, "E0000"], dtype=pl.String))
    assert power_composition(twice)["n"].to_list() == [1]
    many = acts(*((str(1990 + i), DIMENSIONS[i % 7], None) for i in range(30)))
    assert power_evenness(many, seed=1).equals(power_evenness(many, seed=1))
    assert not power_evenness(many, seed=1).equals(power_evenness(many, seed=2))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda e: power_composition(e, of="colour"), "of 'colour'"),
        (lambda e: power_composition(e, by="decade"), "by 'decade'"),
        (lambda e: power_evenness(e, order=-1), "order"),
        (lambda e: power_balance(e, reading="dimension"), "reading"),
        (lambda e: power_balance(e, level=2), "level"),
        (lambda e: power_drift(e, earlier=("cultural",), later=("cultural",)), "no drift"),
        (lambda e: power_drift(e, later=("money",)), "no drift"),
        (lambda e: power_drift(e, permutations=0), "permutations"),
        (lambda e: power_complementarity(e, within="hour"), "within"),
    ],
)
def test_bad_input(call, said: str) -> None:
    with pytest.raises(BadValue, match=said) as caught:
        call(acts(("2000", "economic", "induce")))
    assert "expected" in str(caught.value)


def test_thesis_of_paper_002() -> None:
    asked = {"state": "KAZ", "partner": "TUR", "source": "paper@002"}
    workspace = mv.Workspace()
    drift = workspace.compute("power_drift", split=2009, **asked).frame
    found = {row["statistic"]: row for row in drift.to_dicts()}
    assert found["trend"]["n"] == 14
    assert found["trend"]["value"] == pytest.approx(1.368, abs=0.01)
    assert found["trend"]["low"] < 0 < found["trend"]["high"]
    assert (found["share_before"]["value"], found["share_after"]["value"]) == (0.3, 1)
    text = workspace.compute("power_balance", reading="power", **asked).frame.row(0, named=True)
    coded = workspace.compute("power_balance", **asked).frame.row(0, named=True)
    assert text["value"] == pytest.approx(34 / 46)
    assert (coded["hard"], coded["soft"], coded["uncoded"]) == (3, 11, 32)

"""Break dates: exact segmentation, dates with a spread, placebo dates, drift."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from multivector.errors import BadValue, SchemaError
from multivector.measures._segments import Costs, noise_variance, optimal_cuts
from multivector.measures.changes import (
    agreement_changes,
    breaks,
    change_points,
    drift,
    placebo_dates,
)

# Annual flow of the Nile at Aswan, 1871-1970, 10^8 cubic metres: Cobb (1978), Biometrika 65(2).
NILE = (
    "1120 1160 963 1210 1160 1160 813 1230 1370 1140 995 935 1110 994 1020 960 1180 799 958 1140 "
    "1100 1210 1150 1250 1260 1220 1030 1100 774 840 874 694 940 833 701 916 692 1020 1050 969 "
    "831 726 456 824 702 1120 1100 832 764 821 768 845 864 862 698 845 744 796 1040 759 781 865 "
    "845 944 984 897 822 1010 771 676 649 846 812 742 801 1040 860 874 848 890 744 749 838 1050 "
    "918 986 797 923 975 815 1020 906 901 1170 912 746 919 718 714 740"
)


@pytest.fixture(scope="module")
def nile() -> pl.DataFrame:
    flow = [float(x) for x in NILE.split()]
    assert len(flow) == 100
    return pl.DataFrame({"year": range(1871, 1971), "value": flow})


def test_the_nile_has_one_break_after_1898(nile: pl.DataFrame) -> None:
    found = breaks(nile, null="exchange")
    assert found["year"].to_list() == [1899]
    row = found.row(0, named=True)
    assert row["before"] == pytest.approx(1097.75)
    assert row["after"] == pytest.approx(849.9722222)
    assert row["earliest"] <= 1899 <= row["latest"]
    assert row["latest"] - row["earliest"] <= 6
    assert row["support"] > 0.85
    assert row["p_value"] < 0.01


def test_the_nile_dam_is_a_date_like_no_other(nile: pl.DataFrame) -> None:
    row = placebo_dates(nile, 1899, window=10).row(0, named=True)
    assert row["rank"] == 1
    assert row["n"] == 81
    assert row["p_value"] == pytest.approx(1 / 81)
    quiet = placebo_dates(nile, 1930, window=10).row(0, named=True)
    assert quiet["p_value"] > 0.2
    assert placebo_dates(nile, 1872, window=10)["value"].to_list() == [None]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(-5, 5), min_size=6, max_size=11),
    st.sampled_from([0.5, 2.0, 8.0]),
    st.integers(1, 3),
)
def test_cuts_are_the_best_of_all(values: list[int], penalty: float, least: int) -> None:
    series = np.array(values, dtype=float)

    def price(cuts: tuple[int, ...]) -> float:
        ends = [0, *cuts, series.size]
        stretches = [series[a:b] for a, b in pairwise(ends)]
        if min(len(s) for s in stretches) < least:
            return np.inf
        return float(sum(((s - s.mean()) ** 2).sum() for s in stretches)) + penalty * len(cuts)

    both = np.stack([series, series[::-1]])
    cuts = optimal_cuts(both, np.ones(series.size), "mean", 1.0, penalty=penalty, least=least)
    found, mirrored = map(tuple, cuts)
    every = (cuts for k in range(series.size) for cuts in combinations(range(1, series.size), k))
    assert price(found) == pytest.approx(min(price(cuts) for cuts in every))
    turned = tuple(sorted(series.size - cut for cut in mirrored))
    assert price(turned) == pytest.approx(price(found))


def test_binomial_cost_is_the_deviance() -> None:
    yes, n = np.array([3.0, 8.0, 5.0]), np.array([10.0, 10.0, 20.0])
    costs = Costs(yes / n, n, "binomial", 1.0)

    def loglik(p: np.ndarray) -> float:
        return float((yes * np.log(p) + (n - yes) * np.log(1 - p)).sum())

    whole = costs.of(0, 3)
    assert whole == pytest.approx(2 * (loglik(yes / n) - loglik(np.full(3, 16 / 40))))
    flat = Costs(np.array([0.0, 0.0]), np.array([4.0, 5.0]), "binomial", 1.0)
    assert flat.of(0, 2) == 0.0


def test_noise_is_read_from_steps_not_levels() -> None:
    random = np.random.default_rng(4)
    series = np.where(np.arange(400) < 200, 0.0, 50.0) + random.normal(0, 2.0, 400)
    assert noise_variance(series, np.ones(400)) == pytest.approx(4.0, rel=0.35)
    assert noise_variance(np.zeros(5), np.ones(5)) == 1.0


def test_flat_noise_has_no_break() -> None:
    random = np.random.default_rng(7)
    frame = pl.DataFrame({"year": range(1950, 2010), "value": random.normal(size=60)})
    assert breaks(frame).is_empty()


def test_wide_intervals_spread_the_date() -> None:
    level = [0.0] * 10 + [0.6] * 10
    frame = pl.DataFrame({"year": range(2000, 2020), "value": level})
    sure = breaks(frame.with_columns(low=pl.col("value") - 0.05, high=pl.col("value") + 0.05))
    vague = breaks(frame.with_columns(low=pl.col("value") - 0.6, high=pl.col("value") + 0.6))
    width = {k: f["latest"][0] - f["earliest"][0] for k, f in (("sure", sure), ("vague", vague))}
    assert sure["year"][0] == vague["year"][0] == 2010
    assert width["sure"] == 0 < width["vague"]


def joint_counts(same: list[int], total: int = 70) -> pl.DataFrame:
    cells = [f"{a}_{b}" for a in ("yes", "abstain", "no") for b in ("yes", "abstain", "no")]
    return pl.DataFrame({"year": range(2000, 2000 + len(same)), "yes_yes": same}).with_columns(
        yes_no=total - pl.col("yes_yes"),
        state=pl.lit("KAZ"),
        pole=pl.lit("USA"),
        universe=pl.lit("all contested"),
        issue=pl.lit("all"),
        **{cell: pl.lit(0) for cell in cells if cell not in ("yes_yes", "yes_no")},
    )


def test_agreement_breaks_where_the_share_does() -> None:
    found = agreement_changes(joint_counts([60, 61, 62, 60, 20, 22, 21, 19]), state="KAZ")
    row = found.row(0, named=True)
    assert (row["state"], row["pole"], row["year"]) == ("KAZ", "USA", 2004)
    assert row["value"] == pytest.approx(82 / 280 - 243 / 280)
    assert row["p_value"] is not None
    assert agreement_changes(joint_counts([35, 36, 34, 35, 36, 35]), state="KAZ").is_empty()
    assert agreement_changes(joint_counts([60, 61]), state="RUS").is_empty()


def test_same_seed_same_dates_and_groups_stand_alone(nile: pl.DataFrame) -> None:
    two = pl.concat([nile.with_columns(river=pl.lit(name)) for name in ("a", "b")])
    first, second = (
        breaks(two, by=("river",), resamples=30, permutations=30, seed=3) for _ in range(2)
    )
    assert first.equals(second)
    assert first["river"].to_list() == ["a", "b"]


def test_drift_is_the_median_slope() -> None:
    rows = pl.DataFrame(
        {
            "state": ["KAZ"] * 5 + ["UZB"] * 2,
            "session": [50, 51, 52, 53, 54, 50, 51],
            "year": [1995, 1996, 1997, 1998, 1999, 1995, 1996],
            "value": [0.0, 0.1, 0.2, 5.0, 0.4, 1.0, 2.0],
            "low": 0.0,
            "high": 0.0,
            "n": 60,
        }
    )
    found = drift(rows)
    assert found["value"].to_list() == [pytest.approx(1.0), None]
    assert found["change"].to_list() == [pytest.approx(0.4), pytest.approx(1.0)]
    assert drift(rows, state="KAZ", years=(1995, 1997))["year"].to_list() == [1997]


def test_change_points_of_one_state() -> None:
    value = [-1.5] * 6 + [1.2] * 6
    rows = pl.DataFrame(
        {"state": "POL", "session": range(39, 51), "year": range(1984, 1996), "value": value}
    ).with_columns(low=pl.col("value") - 0.1, high=pl.col("value") + 0.1, n=70)
    found = change_points(rows, state="POL")
    assert found.select("year", "earliest", "latest", "support").row(0) == (1990, 1990, 1990, 1.0)
    assert found["p_value"].to_list() == [None]
    assert change_points(rows, state="KAZ").is_empty()


def test_errors_name_the_fault(nile: pl.DataFrame) -> None:
    with pytest.raises(SchemaError, match="no column n"):
        breaks(nile, model="binomial")
    with pytest.raises(BadValue, match="expected shares between 0 and 1"):
        breaks(nile.with_columns(n=pl.lit(10)), model="binomial")
    with pytest.raises(BadValue, match="least is 0"):
        breaks(nile, least=0)
    with pytest.raises(BadValue, match="expected mean or binomial"):
        breaks(nile, model="variance")  # type: ignore[arg-type]
    with pytest.raises(BadValue, match="window is 0"):
        placebo_dates(nile, 1900, window=0)

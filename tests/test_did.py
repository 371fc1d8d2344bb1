"""Group-time effects: the published example, brute force, pyfixest and properties."""

from __future__ import annotations

import tomllib
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from multivector.errors import BadValue
from multivector.measures.did import Panel, aggregate, covariance, group_time, panel_of

REFERENCE = Path(__file__).parent / "reference"
KNOWN = tomllib.loads((REFERENCE / "did.toml").read_text())


@pytest.fixture(scope="module")
def counties() -> pl.DataFrame:
    wide = pl.read_csv(REFERENCE / "mpdta.tsv", separator="\t")
    return wide.unpivot(
        index=["county", "first_treated"], variable_name="year", value_name="value"
    ).with_columns(pl.col("year").cast(pl.Int64))


@pytest.fixture(scope="module")
def panel(counties: pl.DataFrame) -> Panel:
    return panel_of(counties, unit="county", group="first_treated")


@pytest.mark.parametrize("case", KNOWN["effect"], ids=lambda case: str(case["group"]))
def test_published_effects(case: dict[str, Any], panel: Panel) -> None:
    rows = group_time(panel).effects.filter(pl.col("group") == case["group"]).sort("year")
    assert rows["year"].to_list() == case["years"]
    assert rows["value"].to_list() == pytest.approx(case["values"], abs=5.1e-5)


@pytest.mark.parametrize("case", KNOWN["aggregate"], ids=lambda case: case["aggregation"])
def test_published_aggregates(case: dict[str, Any], panel: Panel) -> None:
    rows = aggregate(group_time(panel)).filter(pl.col("aggregation") == case["aggregation"])
    value = dict(zip(rows["at"], rows["value"], strict=True))
    for at, expected in case["values"].items():
        digits = 5.1e-6 if at == "all" else 5.1e-5
        assert value[at] == pytest.approx(expected, abs=digits), at


def test_errors_like_a_bootstrap(panel: Panel) -> None:
    rng = np.random.default_rng(11)
    drawn = []
    for _ in range(200):
        rows = rng.integers(0, panel.group.size, panel.group.size)
        again = Panel(panel.outcome[rows], panel.years, panel.group[rows])
        drawn.append(aggregate(group_time(again)).row(0, named=True)["value"])
    se = aggregate(group_time(panel)).row(0, named=True)["se"]
    assert se == pytest.approx(float(np.std(drawn, ddof=1)), rel=0.15)


def test_imputation_of_pyfixest_is_close(counties: pl.DataFrame) -> None:
    pyfixest = pytest.importorskip("pyfixest")
    counties = counties.filter(pl.col("first_treated") != 2004)
    panel = panel_of(counties, unit="county", group="first_treated")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = pyfixest.event_study(
            counties.to_pandas(), "value", "county", "year", "first_treated", estimator="did2s"
        )
        theirs = float(fit.tidy()["Estimate"].iloc[0])
    ours = aggregate(group_time(panel)).row(0, named=True)
    assert abs(theirs - ours["value"]) < 2 * ours["se"]


def test_a_known_effect_is_found_whatever_the_trend() -> None:
    years = np.arange(2000, 2008)
    group = np.array([0, 0, 2003, 2005, 2005])
    trend = 0.3 * (years - 2000)
    level = np.arange(5.0)[:, None]
    treated = (group[:, None] > 0) & (years[None, :] >= group[:, None])
    found = group_time(Panel(level + trend + 2.0 * treated, years, group))
    after = found.effects.filter(pl.col("year") >= pl.col("group"))
    assert after["value"].to_list() == pytest.approx([2.0] * after.height)
    before = found.effects.filter(pl.col("year") < pl.col("group"))
    assert before["value"].to_list() == pytest.approx([0.0] * before.height, abs=1e-12)
    everyone = group_time(found.panel, control="not_yet", base="universal")
    assert everyone.effects["value"].max() == pytest.approx(2.0)


def test_missing_outcomes_and_no_controls_are_null() -> None:
    years = np.array([2000, 2001, 2002])
    outcome = np.array([[1.0, np.nan, 3.0], [1.0, 1.0, np.nan]])
    found = group_time(Panel(outcome, years, np.array([2001, 0])))
    assert found.effects["value"].to_list() == [None, None]
    assert aggregate(found).row(0, named=True)["value"] is None
    always = group_time(Panel(outcome, years, np.array([2000, 0])))
    assert always.effects.is_empty()


def test_pairs_that_share_a_state_count_as_dependent() -> None:
    rng = np.random.default_rng(5)
    first, second = np.triu_indices(20, 1)
    shock = rng.normal(size=(20, 6))
    outcome = shock[first] + shock[second] + 0.1 * rng.normal(size=(first.size, 6))
    group = np.where((first < 4) & (second >= 4), 2003, 0)
    panel = Panel(outcome, np.arange(2000, 2006), group, first, second)
    alone = Panel(outcome, panel.years, group)
    together = aggregate(group_time(panel)).row(0, named=True)["se"]
    assert together > aggregate(group_time(alone)).row(0, named=True)["se"]
    moved = np.eye(first.size)[:, :2]
    assert covariance(panel, moved)[0, 1] == pytest.approx(1.0)


def test_bad_input(panel: Panel) -> None:
    with pytest.raises(BadValue, match="expected"):
        group_time(panel, control="nobody")  # type: ignore[arg-type]
    twice = pl.DataFrame({"unit": [1, 1], "year": [1, 1], "value": [1.0, 2.0], "group": [0, 0]})
    with pytest.raises(BadValue, match="several rows"):
        panel_of(twice, unit="unit", group="group")
    split = twice.with_columns(year=pl.Series([1, 2]), group=pl.Series([0, 2]))
    with pytest.raises(BadValue, match="several groups"):
        panel_of(split, unit="unit", group="group")

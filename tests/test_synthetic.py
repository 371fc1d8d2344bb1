"""Synthetic control: known mixtures, brute force over the simplex, placebos."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from multivector.errors import BadValue, MissingData
from multivector.measures.synthetic import synthetic_control

BEFORE = np.arange(12) < 8


def world(seed: int = 0, donors: int = 6) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    outcomes = np.cumsum(rng.normal(size=(12, donors)), axis=0)
    treated = 0.6 * outcomes[:, 0] + 0.4 * outcomes[:, 3] + 2.0 * ~BEFORE
    return treated, outcomes


def test_a_known_mixture_is_found() -> None:
    found = synthetic_control(*world(), BEFORE)
    assert found.weights == pytest.approx([0.6, 0, 0, 0.4, 0, 0], abs=1e-4)
    assert found.effect == pytest.approx(2.0, abs=1e-3)
    assert found.fit < 1e-3


def test_weights_are_the_best_on_the_simplex() -> None:
    outcomes = world(3)[1][:, :3]
    treated = outcomes @ [0.2, 0.5, 0.3] + np.random.default_rng(8).normal(0, 0.5, 12)
    found = synthetic_control(treated, outcomes, BEFORE)
    steps = np.linspace(0, 1, 101)
    grid = [(a, b, 1 - a - b) for a in steps for b in steps if a + b <= 1]
    errors = [np.sum((treated - outcomes @ np.array(w))[BEFORE] ** 2) for w in grid]
    own = np.sum((treated - outcomes @ found.weights)[BEFORE] ** 2)
    assert own <= min(errors) + 1e-9


def test_predictors_choose_what_matters() -> None:
    rng = np.random.default_rng(1)
    treated, outcomes = world(1)
    mix = np.array([0.6, 0, 0, 0.4, 0, 0])
    useful = rng.normal(size=(4, 6))
    noise = rng.normal(size=(2, 6))
    predictors = (np.append(useful @ mix, [3.0, -3.0]), np.vstack([useful, noise]))
    found = synthetic_control(treated, outcomes, BEFORE, predictors=predictors)
    assert found.weights.sum() == pytest.approx(1)
    assert found.importance is not None
    assert found.fit < 0.2
    assert found.effect == pytest.approx(2.0, abs=0.5)


def test_p_value_counts_placebos() -> None:
    treated, outcomes = world(5, 20)
    outcomes = outcomes + np.random.default_rng(0).normal(0, 0.5, outcomes.shape)
    found = synthetic_control(treated + 30 * ~BEFORE, outcomes, BEFORE, nearest=4)
    assert found.p_value == pytest.approx(1 / 21)
    none = synthetic_control(outcomes[:, 0], outcomes[:, 1:], BEFORE, nearest=4)
    assert none.p_value is not None
    assert none.p_value > 0.05
    assert (found.weights > 0).sum() <= 4


def test_bad_input() -> None:
    treated, outcomes = world()
    with pytest.raises(MissingData, match="expected"):
        synthetic_control(treated, outcomes[:, :1], BEFORE)
    with pytest.raises(MissingData, match="expected"):
        synthetic_control(treated, outcomes, np.ones(12, dtype=bool))
    with pytest.raises(BadValue, match="missing"):
        synthetic_control(np.where(BEFORE, treated, np.nan), outcomes, BEFORE)


GERMANY = Path(__file__).parent / "reference" / "germany.tsv"
PUBLISHED = tomllib.loads(GERMANY.with_name("synthetic.toml").read_text())["weights"]
PYSYNCON = {
    "Austria": 0.414522,
    "United States": 0.216250,
    "Japan": 0.163161,
    "Switzerland": 0.107655,
    "Netherlands": 0.098412,
}


def predictors(rows: pl.DataFrame, country: str, decade: int, invested: str) -> list[float]:
    own = rows.filter(pl.col("country") == country)
    years = own.filter(pl.col("year").is_between(decade, decade + 9))
    schooled = own.filter(pl.col("year").is_in([decade - 1, decade + 4]))
    means = [years[name].mean() for name in ("gdp", "trade", "inflation", "industry")]
    return [*means, schooled["schooling"].mean(), own[invested].drop_nulls().item()]


def test_west_germany() -> None:
    """Abadie, Diamond and Hainmueller (2015), Table 1: weights to the printed decimals."""
    rows = pl.read_csv(GERMANY, separator="\t")
    wide = rows.pivot(on="country", index="year", values="gdp").sort("year")
    donors = sorted(set(rows["country"]) - {"West Germany"})
    treated = wide["West Germany"].cast(pl.Float64).to_numpy()
    outcomes = wide.select(donors).cast(pl.Float64).to_numpy()
    years = wide["year"].to_numpy()

    def both(decade: int, invested: str) -> tuple[np.ndarray, np.ndarray]:
        own = np.array(predictors(rows, "West Germany", decade, invested))
        return own, np.column_stack([predictors(rows, c, decade, invested) for c in donors])

    trained = synthetic_control(
        treated,
        outcomes,
        years < 1990,
        predictors=both(1971, "invest70"),
        fitted=(years > 1980) & (years <= 1990),
        placebos=0,
    )
    found = synthetic_control(
        treated,
        outcomes,
        years < 1990,
        predictors=both(1981, "invest80"),
        importance=trained.importance,
        placebos=0,
    )
    weight = dict(zip(donors, found.weights, strict=True))
    for country, expected in PUBLISHED.items():
        assert weight.pop(country) == pytest.approx(expected, abs=0.005), country
    assert max(weight.values()) < 0.005
    assert found.effect == pytest.approx(-1555.13, rel=0.03)
    peer = np.array([PYSYNCON.get(country, 0.0) for country in donors])
    gap = (treated - outcomes @ peer)[years >= 1990].mean()
    assert gap == pytest.approx(-1555.13, abs=0.01)
    assert np.abs(found.weights - peer).max() < 0.0065

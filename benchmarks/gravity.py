"""Bias of three-way gravity with and without the correction, and how long fits take.

Run: python benchmarks/gravity.py [--states 20] [--years 5] [--replicates 500] [--seed 2021]
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from numpy.typing import NDArray

from multivector.measures import _ppml

Array = NDArray[np.float64]
ERRORS = ("inverse square", "inverse", "constant", "depends on the regressor")


def draw(
    rng: np.random.Generator, states: int, years: int, errors: int
) -> tuple[Array, Array, NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return outcome, regressor, exporter, importer and year of a made-up world, true effect 1.

    The regressor follows the fixed effects and its own past; the error is log-normal around one,
    correlated over time by 0.3, its variance one of four functions of the mean, after the design
    of Weidner and Zylkin (2021).
    """
    first, second = np.nonzero(~np.eye(states, dtype=bool))
    alpha, gamma = rng.normal(0, 0.25, (2, states, years))
    eta = rng.normal(0, 0.25, first.size)
    x = np.zeros((first.size, years))
    past = eta
    for t in range(years):
        fresh = rng.normal(0, np.sqrt(0.5), first.size)
        past = past / 2 + alpha[first, t] + gamma[second, t] + fresh
        x[:, t] = past
    mean = np.exp(x + alpha[first] + gamma[second] + eta[:, None])
    variance = (mean**-2, 1 / mean, np.ones_like(mean), 0.5 / mean + 0.5 * np.exp(2 * x))[errors]
    noise = np.zeros_like(mean)
    noise[:, 0] = rng.normal(size=first.size)
    for t in range(1, years):
        noise[:, t] = 0.3 * noise[:, t - 1] + np.sqrt(0.91) * rng.normal(size=first.size)
    scale = np.log1p(variance)
    outcome = mean * np.exp(np.sqrt(scale) * noise - scale / 2)
    time_of = np.tile(np.arange(years), first.size)
    return (
        outcome.ravel(),
        x.reshape(-1, 1),
        np.repeat(first, years),
        np.repeat(second, years),
        time_of,
    )


def one(rng: np.random.Generator, states: int, years: int, errors: int) -> tuple[float, ...]:
    """Return estimate, estimated bias, standard error and corrected standard error."""
    y, x, first, second, times = draw(rng, states, years, errors)
    pair = first * states + second
    fit = _ppml.ppml(y, x, [first * years + times, second * years + times, pair])
    fixed = _ppml.three_way_bias(fit, first[fit.rows], second[fit.rows], times[fit.rows])
    plain = _ppml.clustered(fit, _ppml.codes(pair[fit.rows]))
    return (
        float(fit.coefficients[0]),
        float(fixed.bias[0]),
        float(np.sqrt(plain[0, 0])),
        float(np.sqrt(fixed.covariance[0, 0])),
    )


def simulate(
    states: int, years: int, errors: int, *, replicates: int, seed: int
) -> dict[str, float]:
    """Return bias in percent, ratio of mean standard error to spread, and coverage of 95 %."""
    rng = np.random.default_rng(seed)
    drawn = np.array([one(rng, states, years, errors) for _ in range(replicates)])
    value, bias, se, corrected = drawn.T
    better = value - bias
    return {
        "bias": 100 * float(value.mean() - 1),
        "bias_corrected": 100 * float(better.mean() - 1),
        "monte_carlo_se": 100 * float(value.std(ddof=1)) / replicates**0.5,
        "se_ratio": float(se.mean() / value.std(ddof=1)),
        "se_ratio_corrected": float(corrected.mean() / better.std(ddof=1)),
        "coverage": float(np.mean(np.abs(value - 1) < 1.96 * se)),
        "coverage_corrected": float(np.mean(np.abs(better - 1) < 1.96 * corrected)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--states", type=int, default=20)
    parser.add_argument("--years", type=int, default=5)
    parser.add_argument("--replicates", type=int, default=500)
    parser.add_argument("--seed", type=int, default=2021)
    given = parser.parse_args()
    for errors, name in enumerate(ERRORS):
        begun = time.perf_counter()
        found = simulate(
            given.states, given.years, errors, replicates=given.replicates, seed=given.seed
        )
        told = " ".join(f"{key}={value:.3f}" for key, value in found.items())
        print(f"{name}: {told} seconds={time.perf_counter() - begun:.1f}", flush=True)


if __name__ == "__main__":
    main()

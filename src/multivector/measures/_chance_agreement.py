"""Agreement corrected for chance: what the coefficients of `reliability` have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypedDict, Unpack

import numpy as np
import polars as pl

from multivector.measures._options import Default, given
from multivector.measures._ratings import (
    Estimator,
    Floats,
    Ratings,
    check_draws,
    estimate,
    ratings_of,
)
from multivector.tables import RELIABILITIES


class CodingOptions(TypedDict, total=False):
    """Which codings count, and how the interval is drawn.

    Parameters
    ----------
    codings : Codings
        Who gave which unit which value.
    variable : str, optional
        One variable of the scheme; all if not given.
    coders : tuple of str, optional
        These coders only.
    bootstrap, level, seed
        Draws of units for the interval, its coverage, and the seed.
    """

    variable: Annotated[str | None, Default(None)]
    coders: Annotated[tuple[str, ...] | None, Default(None)]
    bootstrap: Annotated[int, Default(1000)]
    level: Annotated[float, Default(0.95)]
    seed: Annotated[int, Default(0)]


def draws_of(asked: CodingOptions) -> dict[str, Any]:
    """Return how the interval is drawn, if it can be."""
    check_draws(asked["bootstrap"], asked["level"])
    return {"bootstrap": asked["bootstrap"], "level": asked["level"], "seed": asked["seed"]}


def observed_agreement(given: Floats, weight: Floats) -> float:
    """Return the mean over units of the share of pairs of coders that agree."""
    counts = given.sum(axis=0)
    m = counts.sum(axis=1)
    use = m >= 2
    if weight[use].sum() <= 0:
        return float("nan")
    agree = (counts[use] * (counts[use] - 1)).sum(axis=1) / (m[use] * (m[use] - 1))
    return float(weight[use] @ agree / weight[use].sum())


def category_shares(given: Floats, weight: Floats) -> Floats:
    """Return the mean over units of each category's share of the unit's ratings."""
    counts = given.sum(axis=0)
    m = counts.sum(axis=1)
    use = m >= 1
    return np.asarray(weight[use] @ (counts[use] / m[use][:, None]) / weight[use].sum())


def corrected(chance: Estimator) -> Estimator:
    """Return the coefficient that corrects observed agreement for ``chance``."""

    def coefficient(given: Floats, weight: Floats) -> float:
        observed = observed_agreement(given, weight)
        expected = chance(given, weight)
        if not np.isfinite(observed + expected) or expected >= 1 - 1e-12:
            return float("nan")
        return float((observed - expected) / (1 - expected))

    return coefficient


def chance_fleiss(given: Floats, weight: Floats) -> float:
    """Return the agreement chance gives where coders share one distribution."""
    return float((category_shares(given, weight) ** 2).sum())


def chance_gwet(given: Floats, weight: Floats) -> float:
    """Return the agreement chance gives by Gwet's account of guessing."""
    q = given.shape[2]
    share = category_shares(given, weight)
    return float((share * (1 - share)).sum() / (q - 1)) if q > 1 else float("nan")


def chance_even(given: Floats, weight: Floats) -> float:
    """Return the agreement chance gives where all categories are as likely."""
    return 1.0 / float(given.shape[2])


def chance_conger(given: Floats, weight: Floats) -> float:
    """Return the agreement chance gives where each coder has a distribution."""
    each = np.einsum("gik,i->gk", given, weight)
    total = each.sum(axis=1, keepdims=True)
    if len(each) < 2 or (total == 0).any():
        return float("nan")
    share = each / total
    return float((share.mean(axis=0) ** 2 - share.var(axis=0, ddof=1) / len(share)).sum())


def _se(ratings: Ratings, value: float, expected: float, slope: Floats) -> float | None:
    """Return the linearised standard error; ``slope`` is the gradient of chance in the shares."""
    counts = ratings.counts
    m = counts.sum(axis=1)
    units, twice = len(counts), m >= 2
    if units < 2:
        return None
    agree = np.zeros(units)
    agree[twice] = ((counts * (counts - 1)).sum(axis=1) / np.maximum(m * (m - 1), 1))[twice]
    own = (units / twice.sum()) * np.where(twice, agree - expected, 0.0) / (1 - expected)
    share = counts / m[:, None]
    pull = share @ slope - category_shares(ratings.given, np.ones(units)) @ slope
    own = own - (1 - value) * pull / (1 - expected)
    return float(np.sqrt(((own - value) ** 2).sum() / (units * (units - 1))))


def reliability_row(
    ratings: Ratings, estimator: Estimator, se: Callable[[float], float | None] | None, draws: Any
) -> dict[str, object]:
    """Return a row of the table of reliabilities."""
    value, low, high = estimate(ratings, estimator, **draws)
    units = ratings.given.shape[1]
    observed = observed_agreement(ratings.given, np.ones(units))
    return {
        "variable": ratings.variable,
        "value": value,
        "low": low,
        "high": high,
        "se": None if se is None or value is None else se(value),
        "observed": observed if np.isfinite(observed) else None,
        "coders": len(ratings.coders),
        "units": units,
        "n": ratings.paired,
    }


def reliabilities(rows: list[dict[str, object]]) -> pl.DataFrame:
    """Return rows as the table of reliabilities."""
    return RELIABILITIES.conform(pl.DataFrame(rows, schema=RELIABILITIES.schema))


def chance_corrected(
    codings: pl.DataFrame,
    chance: Estimator,
    slope: Callable[[Floats], Floats] | None,
    categories: tuple[str, ...] | None = None,
    **which: Unpack[CodingOptions],
) -> pl.DataFrame:
    """Return a coefficient corrected for ``chance`` for each variable."""
    o = given(CodingOptions, which)
    draws = draws_of(o)
    rows = []
    variable, coders = o["variable"], o["coders"]
    for ratings in ratings_of(codings, variable=variable, coders=coders, categories=categories):
        ones = np.ones(ratings.given.shape[1])

        def se(value: float, ratings: Ratings = ratings, ones: Floats = ones) -> float | None:
            if slope is None:
                return None
            share = category_shares(ratings.given, ones)
            return _se(ratings, value, chance(ratings.given, ones), slope(share))

        rows.append(reliability_row(ratings, corrected(chance), se, draws))
    return reliabilities(rows)

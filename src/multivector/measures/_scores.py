"""Formulas of similarity on tables of joint choices; arrays in, arrays out, NaN where undefined.

A table is an array of shape ``(..., K, K)``: how often (or with how much weight) the first state
chose category a and the second category b. Distances are a ``(K, K)`` array, 0 on the diagonal.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

VOTE_LEVELS = (1.0, 2.0, 3.0)
POWERS = {"nominal": 0, "linear": 1, "quadratic": 2, "absolute": 1, "squared": 2}


def distances(levels: Sequence[float], power: int, maximum: float | None = None) -> Array:
    """Return distances between categories: 0 or 1 for power 0, else (|a - b| / maximum) ** power.

    ``maximum`` is the largest distance possible, by default that between the levels given; it is
    never taken from the choices observed.
    """
    values = np.asarray(levels, dtype=np.float64)
    gaps = np.abs(values[:, None] - values[None, :])
    if power == 0:
        return (gaps > 0).astype(np.float64)
    return np.asarray((gaps / (gaps.max() if maximum is None else maximum)) ** power)


def totals(tables: Array) -> Array:
    """Return the weight of each table."""
    return np.asarray(tables.sum(axis=(-2, -1)))


def _ratio(top: Array, bottom: Array) -> Array:
    out = np.full(np.broadcast(top, bottom).shape, np.nan)
    return np.asarray(np.divide(top, bottom, out=out, where=bottom > 0))


def _observed(tables: Array, d: Array) -> Array:
    flat = tables.reshape(*tables.shape[:-2], -1)
    return np.asarray(flat @ d.ravel())


def _expected(rows: Array, columns: Array, d: Array) -> Array:
    return np.asarray(((rows @ d) * columns).sum(axis=-1))


def mean_distance(tables: Array, d: Array) -> Array:
    """Return the mean distance between the two states' choices."""
    return _ratio(_observed(tables, d), totals(tables))


def agreement(tables: Array, d: Array) -> Array:
    """Return 1 - the mean distance."""
    return np.asarray(1 - mean_distance(tables, d))


def s_score(tables: Array, d: Array) -> Array:
    """Return 1 - 2 times the mean distance."""
    return np.asarray(1 - 2 * mean_distance(tables, d))


def euclidean(tables: Array, d: Array) -> Array:
    """Return 1 - 2 times the root of the mean squared distance; ``d`` holds the squares."""
    return np.asarray(1 - 2 * np.sqrt(mean_distance(tables, d)))


def coincidence(tables: Array, credit: float | None = None) -> Array:
    """Return identical yes or no votes as a share; half steps count ``credit`` or not at all."""
    same = tables[..., 0, 0] + tables[..., 2, 2]
    opposite = tables[..., 0, 2] + tables[..., 2, 0]
    if credit is None:
        return _ratio(same, same + opposite)
    half = tables[..., 0, 1] + tables[..., 1, 0] + tables[..., 1, 2] + tables[..., 2, 1]
    return _ratio(same + credit * half, same + opposite + half)


def kappa(tables: Array, d: Array) -> Array:
    """Return chance-corrected similarity with each state's own margins."""
    rows, columns = tables.sum(axis=-1), tables.sum(axis=-2)
    expected = _expected(rows, columns, d)
    return np.asarray(1 - _ratio(_observed(tables, d) * totals(tables), expected))


def scott_pi(tables: Array, d: Array) -> Array:
    """Return chance-corrected similarity with the margins averaged."""
    pooled = tables.sum(axis=-1) + tables.sum(axis=-2)
    expected = _expected(pooled, pooled, d)
    return np.asarray(1 - _ratio(4 * _observed(tables, d) * totals(tables), expected))


def alpha(tables: Array, d: Array) -> Array:
    """Return chance-corrected similarity with pooled margins, drawn without replacement."""
    pi = scott_pi(tables, d)
    n = totals(tables)
    return np.asarray(pi + _ratio(1 - pi, 2 * n))


def ac1(tables: Array) -> Array:
    """Return nominal agreement corrected for the chance of a random choice."""
    n = totals(tables)
    k = tables.shape[-1]
    share = _ratio(tables.sum(axis=-1) + tables.sum(axis=-2), 2 * n[..., None])
    chance = (share * (1 - share)).sum(axis=-1) / (k - 1)
    same = _ratio(np.trace(tables, axis1=-2, axis2=-1), n)
    return np.asarray(_ratio(same - chance, 1 - chance))


def benati_a(tables: Array, d: Array) -> Array:
    """Return S observed minus S expected if the two chose independently."""
    n = totals(tables)
    rows, columns = tables.sum(axis=-1), tables.sum(axis=-2)
    expected = _ratio(_expected(rows, columns, d), n * n)
    return np.asarray(2 * (expected - mean_distance(tables, d)))


def tau_b(tables: Array) -> Array:
    """Return Kendall's rank correlation with its correction for ties."""
    k = tables.shape[-1]
    surplus = np.zeros(tables.shape[:-2])
    for a in range(k - 1):
        for b in range(k):
            beyond = tables[..., a + 1 :, b + 1 :].sum(axis=(-2, -1))
            before = tables[..., a + 1 :, :b].sum(axis=(-2, -1))
            surplus += tables[..., a, b] * (beyond - before)
    pairs = totals(tables) ** 2
    free_rows = pairs - (tables.sum(axis=-1) ** 2).sum(axis=-1)
    free_columns = pairs - (tables.sum(axis=-2) ** 2).sum(axis=-1)
    return _ratio(2 * surplus, np.sqrt(free_rows * free_columns))

"""Formulas of similarity on tables of joint choices; arrays in, arrays out, NaN where undefined.

A table is an array of shape ``(K, K, ...)``: how often (or with how much weight) the first state
chose category a and the second category b, for as many pairs as the remaining axes hold. Distances
are a ``(K, K)`` array, 0 on the diagonal.
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
    return _added(_added(tables))


def _added(parts: Array) -> Array:
    total = np.array(parts[0], dtype=np.float64)
    for part in parts[1:]:
        total += part
    return total


def _margins(tables: Array) -> tuple[Array, Array]:
    rows = np.stack([_added(row) for row in tables])
    columns = np.stack([_added(column) for column in tables.swapaxes(0, 1)])
    return rows, columns


def _ratio(top: Array, bottom: Array) -> Array:
    out = np.full(np.broadcast(top, bottom).shape, np.nan)
    return np.asarray(np.divide(top, bottom, out=out, where=bottom > 0))


def _observed(tables: Array, d: Array) -> Array:
    total = np.zeros(tables.shape[2:])
    for a, b in np.argwhere(d):
        total += d[a, b] * tables[a, b]
    return total


def _expected(rows: Array, columns: Array, d: Array) -> Array:
    total = np.zeros(rows.shape[1:])
    for a, b in np.argwhere(d):
        total += d[a, b] * rows[a] * columns[b]
    return total


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
    same = tables[0, 0] + tables[2, 2]
    opposite = tables[0, 2] + tables[2, 0]
    if credit is None:
        return _ratio(same, same + opposite)
    half = tables[0, 1] + tables[1, 0] + tables[1, 2] + tables[2, 1]
    return _ratio(same + credit * half, same + opposite + half)


def kappa(tables: Array, d: Array) -> Array:
    """Return chance-corrected similarity with each state's own margins."""
    rows, columns = _margins(tables)
    expected = _expected(rows, columns, d)
    return np.asarray(1 - _ratio(_observed(tables, d) * _added(rows), expected))


def scott_pi(tables: Array, d: Array) -> Array:
    """Return chance-corrected similarity with the margins averaged."""
    rows, columns = _margins(tables)
    pooled = rows + columns
    expected = _expected(pooled, pooled, d)
    return np.asarray(1 - _ratio(4 * _observed(tables, d) * _added(rows), expected))


def alpha(tables: Array, d: Array) -> Array:
    """Return chance-corrected similarity with pooled margins, drawn without replacement."""
    pi = scott_pi(tables, d)
    return np.asarray(pi + _ratio(1 - pi, 2 * totals(tables)))


def ac1(tables: Array) -> Array:
    """Return nominal agreement corrected for the chance of a random choice."""
    k = len(tables)
    rows, columns = _margins(tables)
    n = _added(rows)
    chance = np.zeros(n.shape)
    for row, column in zip(rows, columns, strict=True):
        share = _ratio(row + column, 2 * n)
        chance += share * (1 - share) / (k - 1)
    same = _ratio(_added(np.stack([tables[a, a] for a in range(k)])), n)
    return np.asarray(_ratio(same - chance, 1 - chance))


def benati_a(tables: Array, d: Array) -> Array:
    """Return S observed minus S expected if the two chose independently."""
    rows, columns = _margins(tables)
    n = _added(rows)
    expected = _ratio(_expected(rows, columns, d), n * n)
    return np.asarray(2 * (expected - _ratio(_observed(tables, d), n)))


def tau_b(tables: Array) -> Array:
    """Return Kendall's rank correlation with its correction for ties."""
    k = len(tables)
    rows, columns = _margins(tables)
    surplus = np.zeros(tables.shape[2:])
    for a in range(k - 1):
        below = np.stack([_added(tables[a + 1 :, b]) for b in range(k)])
        for b in range(k):
            net = below[b + 1 :].sum(axis=0) - below[:b].sum(axis=0)
            surplus += tables[a, b] * net
    pairs = _added(rows) ** 2
    free_rows = pairs - _added(rows**2)
    free_columns = pairs - _added(columns**2)
    return _ratio(2 * surplus, np.sqrt(free_rows * free_columns))

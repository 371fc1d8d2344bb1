r"""Diversity of a portfolio whose parts may be alike: effective numbers after Leinster and Cobbold.

A state that spreads itself over three powers that always stand together has one vector, not three.
So a portfolio is two things: shares :math:`p` over :math:`m` poles, and how far the poles are from
one another, :math:`D = (d_{ij})` with 0 for the same and 1 for unrelated. With similarities
:math:`Z = 1 - D` the effective number of distinct poles of order :math:`q` is

.. math:: {}^qD = \Bigl(\sum_i p_i (Zp)_i^{q-1}\Bigr)^{1/(1-q)}, \qquad
          {}^2D = \frac{1}{1 - p'Dp}

and :math:`p'Dp` is Rao's quadratic entropy. Three poles at distance 1 with equal shares count 3;
with distances 0 they count 1; replacing a pole by copies of itself changes nothing.

Everything here takes arrays: shares (..., m), which must sum to 1, and distances (m, m) in [0, 1]
with 0 on the diagonal. Nothing is checked here; that is done once, where data come in.
"""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Partition", "ceiling", "diversity", "index", "is_negative_type", "partition"]

Array = NDArray[np.float64]
_ENUMERATED = 12
_CLOSE = 1e-12


class Partition(NamedTuple):
    """Diversity within domains (alpha), between them (beta) and of all together (gamma)."""

    alpha: Array
    beta: Array
    gamma: Array


def diversity(shares: Array, distances: Array, *, order: float = 2.0) -> Array:
    r"""Effective number of distinct poles of a portfolio, of order q.

    Parameters
    ----------
    shares : array (..., m)
        Portfolios that sum to 1.
    distances : array (m, m) or (..., m, m)
        Distances between the poles, in [0, 1], 0 on the diagonal.
    order : float
        The order q ≥ 0; 1 and ``inf`` are limits.

    Returns
    -------
    array (...)
        In [1, m], a number of poles; NaN where a share is.

    References
    ----------
    Leinster, T. and Cobbold, C. A. (2012). Measuring diversity: the importance of species
        similarity. Ecology 93(3).
    Rao, C. R. (1982). Diversity and dissimilarity coefficients: a unified approach. Theoretical
        Population Biology 21(1).

    Examples
    --------
    >>> d = np.array([[0, 0.7, 0.8], [0.7, 0, 0.1], [0.8, 0.1, 0]])
    >>> print(round(float(diversity(np.array([0.5, 0.3, 0.2]), d)), 6))
    1.618123
    """
    ordinary = np.clip(np.einsum("...ij,...j->...i", 1.0 - distances, shares), _CLOSE, 1.0)
    held = ~(shares <= 0)
    if order == 1:
        found = np.exp(-np.sum(shares * np.log(ordinary), axis=-1))
    elif np.isinf(order):
        found = 1.0 / np.max(np.where(held, ordinary, 0.0), axis=-1)
    else:
        power = np.where(held, ordinary, 1.0) ** (order - 1.0)
        found = np.sum(shares * power, axis=-1) ** (1.0 / (1.0 - order))
    return np.asarray(np.maximum(found, 1.0), dtype=np.float64)


def partition(
    shares: Array, distances: Array, weights: Array | None = None, *, order: float = 2.0
) -> Partition:
    r"""Diversity within domains, of all domains together, and between them.

    .. math::

        D_\gamma = {}^qD\Bigl(\sum_k w_k p_k\Bigr), \qquad
        D_\alpha = \Bigl(\sum_k w_k D_k^{1-q}\Bigr)^{1/(1-q)}, \qquad
        \beta = D_\gamma / D_\alpha

    For order 2 that is :math:`D_\alpha = 1 / (1 - \sum_k w_k p_k'Dp_k)`. :math:`\beta` is 1 where
    every domain is spread alike and grows as each domain leans to another pole; it can fall below
    1 only if the distances are not of negative type.

    Parameters
    ----------
    shares : array (..., k, m)
        A portfolio a domain.
    distances : array (m, m) or (..., m, m)
        Distances between the poles.
    weights : array (..., k), optional
        Weights of the domains that sum to 1; equal if not given.
    order : float
        The order q.

    Returns
    -------
    Partition
        ``alpha``, ``beta`` and ``gamma``, each an array (...).

    References
    ----------
    Reeve, R., Leinster, T., Cobbold, C. A., Thompson, J., Brummitt, N., Mitchell, S. N. and
        Matthews, L. (2016). How to partition diversity. arXiv 1404.6520.

    Examples
    --------
    >>> found = partition(np.eye(3), 1 - np.eye(3))
    >>> print(*(round(float(value), 6) for value in found))
    1.0 3.0 3.0
    """
    size = shares.shape[-2]
    weight = np.full(size, 1.0 / size) if weights is None else weights
    pooled = np.sum(weight[..., None] * shares, axis=-2)
    gamma = diversity(pooled, distances, order=order)
    within = diversity(shares, np.expand_dims(distances, -3), order=order)
    if order == 1:
        alpha = np.exp(np.sum(weight * np.log(within), axis=-1))
    elif np.isinf(order):
        alpha = 1.0 / np.max(np.where(weight > 0, 1.0 / within, 0.0), axis=-1)
    else:
        alpha = np.sum(weight * within ** (1.0 - order), axis=-1) ** (1.0 / (1.0 - order))
    return Partition(np.asarray(alpha), np.asarray(gamma / alpha), gamma)


def ceiling(distances: Array) -> float:
    r"""Return the largest effective number any portfolio of these poles can have.

    .. math:: D_{\max} = \max_p \frac{1}{1 - p'Dp}

    It is the same for every order. Up to twelve distinct poles it is found exactly, by solving
    :math:`Z_B w = 1` on every set B of poles; the largest :math:`\sum w` with :math:`w \ge 0` is
    the answer. Beyond, by moving shares between pairs of poles until nothing is gained.

    Parameters
    ----------
    distances : array (m, m)
        Distances between the poles.

    Returns
    -------
    float
        In [1, m]; 1 where all poles are one.

    References
    ----------
    Leinster, T. and Meckes, M. W. (2016). Maximizing diversity in biology and beyond. Entropy
        18(3).

    Examples
    --------
    >>> round(ceiling(1 - np.eye(3)), 6)
    3.0
    """
    distinct = _distinct(np.asarray(distances, dtype=np.float64))
    if len(distinct) == 1:
        return 1.0
    if len(distinct) > _ENUMERATED:
        return _climbed(distinct)
    similar, best = 1.0 - distinct, 1.0
    for size in range(2, len(distinct) + 1):
        sets = np.array(list(combinations(range(len(distinct)), size)))
        blocks = similar[sets[:, :, None], sets[:, None, :]]
        usable = np.abs(np.linalg.det(blocks)) > _CLOSE
        if not usable.any():
            continue
        weight = np.linalg.solve(blocks[usable], np.ones((int(usable.sum()), size, 1)))[..., 0]
        kept = (weight >= -1e-9).all(axis=1)
        total = weight[kept].sum(axis=1)
        reached = total[total <= size + 1e-6]
        best = max(best, float(reached.max(initial=1.0)))
    return best


def index(gamma: Array, limit: Array | float) -> Array:
    r"""Return the place of a diversity between one vector and the ceiling, on a log scale.

    .. math:: \mathrm{MVI} = \ln D_\gamma / \ln D_{\max}

    Parameters
    ----------
    gamma : array
        Diversities of whole portfolios.
    limit : array or float
        The ceiling.

    Returns
    -------
    array
        In [0, 1]; NaN where the ceiling is 1: no rivalry between the poles, nothing to hedge.

    Examples
    --------
    >>> print(float(index(np.array(2.0), 4.0)))
    0.5
    """
    top = np.log(np.asarray(limit, dtype=np.float64))
    open_ = top > 1e-9
    ratio = np.log(gamma) / np.where(open_, top, 1.0)
    return np.where(open_, np.clip(ratio, 0.0, 1.0), np.nan)


def is_negative_type(distances: Array) -> bool:
    """Return whether distances are those of points whose squared gaps they are.

    Only then is the diversity of a mixture never below that of its parts, so that beta is at
    least 1. Tested by the eigenvalues of the doubly centred matrix.

    Examples
    --------
    >>> is_negative_type(1 - np.eye(3))
    True
    >>> is_negative_type(np.array([[0, 0.1, 1.0], [0.1, 0, 0.1], [1.0, 0.1, 0]]))
    False
    """
    size = len(distances)
    centre = np.eye(size) - 1.0 / size
    lowest = np.linalg.eigvalsh(-centre @ distances @ centre)[0]
    return bool(lowest >= -1e-9)


def _distinct(distances: Array) -> Array:
    """Return the distances with each group of identical poles kept once."""
    kept: list[int] = []
    for pole in range(len(distances)):
        if not any(
            distances[pole, other] <= 1e-9
            and np.allclose(distances[pole], distances[other], rtol=0, atol=1e-9)
            for other in kept
        ):
            kept.append(pole)
    return distances[np.ix_(kept, kept)]


def _climbed(distances: Array) -> float:
    """Return the ceiling by exact line searches over pairs, from several starts."""
    size = len(distances)
    starts = [np.full(size, 1.0 / size)]
    starts += [0.5 * np.eye(size)[i] + 0.5 * np.eye(size)[distances[i].argmax()] for i in (0, -1)]
    return max(_ascended(distances, start) for start in starts)


def _ascended(distances: Array, shares: Array) -> float:
    for _ in range(10_000):
        slope = distances @ shares
        up = int(slope.argmax())
        down = int(np.where(shares > 0, slope, np.inf).argmin())
        gain = slope[up] - slope[down]
        if gain < 1e-10:
            break
        distance = distances[up, down]
        step = shares[down] if distance <= _CLOSE else min(shares[down], gain / (2 * distance))
        shares = shares.copy()
        shares[up] += step
        shares[down] = max(shares[down] - step, 0.0)
    return float(1.0 / (1.0 - shares @ distances @ shares))

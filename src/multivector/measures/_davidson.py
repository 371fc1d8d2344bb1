"""Bradley, Terry and Davidson's model fitted to many tables of paired comparisons at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from multivector.errors import NotConverged

Array = NDArray[np.float64]
Pairs = tuple[tuple[int, int], ...]

_PRIOR = 3.0
_STEPS = 200


def fit(counts: Array, pairs: Pairs, size: int) -> tuple[Array, Array]:
    r"""Return weights that sum to 1, and the tie parameter, for each table of comparisons.

    The penalised likelihood of :math:`P(i) = \pi_i / (\pi_i + \pi_j + \nu\sqrt{\pi_i\pi_j})` with
    the prior N(0, 3²) on each :math:`\log\pi_i` (and on :math:`\log\nu` where all or none are
    ties) is climbed by Newton's method for all tables together.

    Parameters
    ----------
    counts : array (tables, pairs, 3)
        How often the first, the second and neither of each pair was joined.
    pairs : tuple of pairs
        Positions of the two poles of each pair.
    size : int
        How many poles there are.

    Returns
    -------
    weights : array (tables, size)
        NaN for tables without a single comparison.
    ties : array (tables,)
        The parameter ν.
    """
    seen = np.asarray(counts, dtype=np.float64)
    filled = seen.sum(axis=(1, 2)) > 0
    weights, ties = np.full((len(seen), size), np.nan), np.full(len(seen), np.nan)
    if filled.any():
        found = _climbed(seen[filled], _design(pairs, size))
        height = np.exp(found[:, :size] - found[:, :size].max(axis=1, keepdims=True))
        weights[filled] = height / height.sum(axis=1, keepdims=True)
        ties[filled] = np.exp(found[:, size])
    return weights, ties


def _design(pairs: Pairs, size: int) -> Array:
    design = np.zeros((len(pairs), 3, size + 1))
    for k, (i, j) in enumerate(pairs):
        design[k, 0, i] = design[k, 1, j] = design[k, 2, size] = 1.0
        design[k, 2, i] = design[k, 2, j] = 0.5
    return design


def _climbed(seen: Array, design: Array) -> Array:
    """Return log weights and log tie parameter (tables, size + 1) at the top."""
    size = design.shape[2]
    total = seen.sum(axis=2)
    ties = seen[:, :, 2].sum(axis=1)
    tied = (ties > 0) & (ties < total.sum(axis=1))
    prior = np.full((len(seen), size), 1 / _PRIOR**2)
    prior[tied, size - 1] = 0.0
    products = np.einsum("kcp,kcq->kcpq", design, design)
    x = np.zeros((len(seen), size))
    for _ in range(_STEPS):
        z = np.einsum("kcp,tp->tkc", design, x)
        share = np.exp(z - z.max(axis=2, keepdims=True))
        share /= share.sum(axis=2, keepdims=True)
        mean = np.einsum("tkc,kcp->tkp", share, design)
        expected = np.einsum("tk,tkp->tp", total, mean)
        slope = np.einsum("tkc,kcp->tp", seen, design) - expected - prior * x
        bend = np.einsum("tkc,kcpq->tpq", total[:, :, None] * share, products)
        bend -= np.einsum("tk,tkp,tkq->tpq", total, mean, mean)
        bend[:, np.arange(size), np.arange(size)] += prior
        step = np.linalg.solve(bend, slope[..., None])[..., 0]
        longest = np.abs(step).max(axis=1)
        x = x + step * np.minimum(1.0, 2.0 / np.maximum(longest, 1e-12))[:, None]
        if longest.max() < 1e-10:
            return np.asarray(x, dtype=np.float64)
    raise NotConverged(
        "the weights of the poles did not settle; expected a fit within 200 steps; ask for more "
        "years or fewer poles"
    )

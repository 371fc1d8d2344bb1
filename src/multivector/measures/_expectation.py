"""What size and place let one expect: dense gravity of one year, and a fit of seats."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from multivector.errors import NotConverged

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

_STEPS = 60
_HALVES = 20
_SWEEPS = 500
_RIDGE = 1e-10


def gravity(flows: Array, regressors: Array, known: Mask, tolerance: float = 1e-10) -> Array:
    r"""Return the flows expected of a year: Poisson, with effects of exporters and importers.

    .. math:: \hat G_{ij} = \exp(a_i + b_j + x_{ij}'\beta)

    Parameters
    ----------
    flows : array (states, states)
        From the row's state to the column's; 0 where none is known.
    regressors : array (terms, states, states)
        What stands between two states.
    known : array of bool (states, states)
        Pairs of which the regressors are known; the others are not a number in the answer, and
        so are those of a state that sells or buys nothing.

    Raises
    ------
    NotConverged
        If the fit does not settle.
    """
    found = np.full(flows.shape, np.nan)
    sold = np.where(known, flows, 0.0)
    out, into = sold.sum(axis=1) > 0, sold.sum(axis=0) > 0
    if not out.any():
        return found
    y = sold[np.ix_(out, into)]
    seen = known[np.ix_(out, into)].astype(float)
    scale = y.sum() / seen.sum()
    x = regressors[:, out][:, :, into] * seen
    fitted = _poisson(y / scale, x, seen, tolerance) * scale
    found[np.ix_(out, into)] = np.where(seen > 0, fitted, np.nan)
    return found


def _poisson(y: Array, x: Array, seen: Array, tolerance: float) -> Array:
    """Return the fitted means: effects by proportional fitting, coefficients by Newton's steps."""
    slopes = np.zeros(len(x))
    right = np.ones(y.shape[1])
    moved = x.copy()
    mean, right = _scaled(y, seen, right)
    last = _likelihood(y, mean)
    for _ in range(_STEPS):
        moved = _projected(moved, mean)
        bend = np.array([[float((mean * a * b).sum()) for b in moved] for a in moved])
        bend[np.diag_indices_from(bend)] += _RIDGE
        step = np.linalg.solve(bend, np.array([float((a * (y - mean)).sum()) for a in x]))
        for _ in range(_HALVES):
            tied = np.exp(np.clip(np.tensordot(slopes + step, x, 1), -50.0, 50.0)) * seen
            mean, right = _scaled(y, tied, right)
            likely = _likelihood(y, mean)
            if likely >= last - tolerance * abs(last):
                break
            step /= 2
        slopes = slopes + step
        if abs(likely - last) <= tolerance * abs(last):
            return mean
        last = likely
    raise NotConverged(
        f"the likelihood did not settle in {_STEPS} steps; expected flows that the model can fit; "
        "take other flows or other years"
    )


def _likelihood(y: Array, mean: Array) -> float:
    some = y > 0
    return float((y[some] * np.log(mean[some])).sum() - mean.sum())


def _scaled(y: Array, tied: Array, right: Array) -> tuple[Array, Array]:
    """Return the ties scaled by row and column to the sums of the flows, and columns' scale."""
    out, into = y.sum(axis=1), y.sum(axis=0)
    for _ in range(_SWEEPS):
        # einsum and not @: on a busy machine threads of a product this small wait for one another
        left = out / np.einsum("ij,j->i", tied, right)
        new = into / np.einsum("ij,i->j", tied, left)
        if np.abs(new - right).max() <= 1e-10 * np.abs(new).max():
            right = new
            break
        right = new
    return left[:, None] * tied * right[None, :], right


def _projected(x: Array, weight: Array) -> Array:
    """Return regressors less what effects of rows and columns explain of them."""
    rows, columns = weight.sum(axis=1), weight.sum(axis=0)
    for _ in range(_SWEEPS):
        x = x - (np.einsum("kij,ij->ki", x, weight) / rows)[:, :, None]
        by_column = np.einsum("kij,ij->kj", x, weight) / columns
        x = x - by_column[:, None, :]
        if np.abs(by_column).max() <= 1e-7:
            break
    return x


def residual(values: Array, regressors: Array, base: Mask) -> Array:
    """Return values less their least-squares fit on regressors (terms first), fitted on the base.

    Cells with anything missing are not a number, and so is everything where the base is too small.
    """
    terms = np.concatenate([np.ones((1, *values.shape)), regressors])
    known = np.isfinite(values) & np.isfinite(terms).all(axis=0)
    rows = known & base
    if rows.sum() <= len(terms):
        return np.where(known, values - _mean(values[known]), np.nan)
    slopes = np.linalg.lstsq(terms[:, rows].T, values[rows], rcond=None)[0]
    return np.where(known, values - np.tensordot(slopes, np.nan_to_num(terms), 1), np.nan)


def standardised(values: Array, base: Mask) -> Array:
    """Return values (draws, years, states) by each draw's own mean and sd over the base."""
    rows = values[:, base & np.isfinite(values[0])]
    if rows.shape[1] < 2 or not float(rows[0].std()) > 0:
        return np.where(np.isfinite(values), 0.0, np.nan)
    mean, spread = rows.mean(axis=1), np.maximum(rows.std(axis=1), 1e-9)
    return np.asarray((values - mean[:, None, None]) / spread[:, None, None])


def _mean(values: Array) -> float:
    return float(values.mean()) if values.size else 0.0
